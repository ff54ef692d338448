"""How many orders stand on each list: exact from the kept counts, or counted up to a cap."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel.numbers import format_decimal
from django.db import connection
from django.db.models import QuerySet, Sum

from accounts.locales import babel_locale
from accounts.models import Seller
from orders.models import OrderCount
from orders.states import TAB_STATUSES, OrderStatus, Tab

CAP = 1000
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """What was ordered on one day of the marketplace, and how much of it was canceled since."""

    day: date
    sold: int
    canceled: int


def by_tab(seller: Seller, first: date | None = None, last: date | None = None) -> dict[str, int]:
    """The exact number of orders on each tab, of all days or of those placed on these days (O1)."""
    rows = _kept(seller, first, last).values_list("status").annotate(Sum("change"))
    found = dict(rows.order_by())
    return {tab: sum(found.get(status, 0) for status in TAB_STATUSES[tab]) for tab in Tab.values}


def by_day(seller: Seller, first: date, last: date) -> list[Day]:
    """Each day from the first to the last, also those on which nothing was ordered."""
    rows = _kept(seller, first, last).values_list("placed_on", "status").annotate(Sum("change")).order_by()
    sold: dict[date, int] = {}
    canceled: dict[date, int] = {}
    for day, status, number in rows:
        figures = canceled if status == OrderStatus.CANCELED else sold
        figures[day] = figures.get(day, 0) + number
    days = (first + n * ONE_DAY for n in range((last - first).days + 1))
    return [Day(day, sold.get(day, 0), canceled.get(day, 0)) for day in days]


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
    """A count as the reader writes numbers; beyond the cap, as "1,000+" where `capped` made it."""
    return format_decimal(number, locale=babel_locale())


def written_capped(number: int) -> str:
    """What `capped` counted, as "37" or "1,000+"."""
    return f"{written(CAP)}+" if number > CAP else written(number)


def _kept(seller: Seller, first: date | None, last: date | None) -> QuerySet[OrderCount]:
    rows = OrderCount.objects.filter(seller=seller)
    rows = rows if first is None else rows.filter(placed_on__gte=first)
    return rows if last is None else rows.filter(placed_on__lte=last)
