"""How many there are: counted up to a cap, and written as the reader writes numbers."""

from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal
from django.db import connection
from django.db.models import QuerySet

from accounts.locales import babel_locale

CAP = 1000


def capped(lists: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """How many rows each of these lists has, in one query that stops looking at CAP + 1."""
    parts: list[str] = []
    values: list[Any] = []
    for found in lists.values():
        sql, params = found.order_by().values("pk")[: CAP + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS found)")  # noqa: S608 - Django's own SQL
        values += params
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), values)
        return dict(zip(lists, cursor.fetchone(), strict=True))


def written(number: int) -> str:
    """A number as the reader writes it; beyond the cap, as "1,000+" where `capped` made it."""
    return format_decimal(number, locale=babel_locale())


def written_capped(number: int) -> str:
    """What `capped` counted, as "37" or "1,000+"."""
    return f"{written(CAP)}+" if number > CAP else written(number)
