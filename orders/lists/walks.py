"""Walking an index of orders in the order of a list, so that every page costs the same however many there are.

A source gives the keys of the next orders of a list from some place on. One that gives exactly what is asked for is
asked for a page. Of another some may be passed over: a few at first, then thousands, then the page ends where the
walk did and says so; the next one goes on from there. Nothing walks to the end of a million orders.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from accounts import keyset
from accounts.keyset import FIRST, Cursor, Page, Turn
from orders.models import Order

WINDOW = 5_000
"""So many orders are looked at for one page before it ends short."""
FIRST_LOOK = 4
"""The first look is so many pages wide: mostly it is enough."""

Wanted = QuerySet[Order]


@dataclass(frozen=True)
class Listed:
    """The orders of a queryset, which an index has in this order."""

    found: Wanted
    key: str
    is_exact: bool = True
    width: int = 1

    def keys(self, start: Cursor | None, descending: bool, count: int) -> Any:
        """The primary keys of the next ones, as a subquery."""
        return keyset.after(self.found, self.key, start, descending).values("pk")[:count]

    def last(self, start: Cursor | None, descending: bool, count: int) -> Cursor | None:
        """Where the `count`th one stands; None where there are fewer."""
        rows = keyset.after(self.found, self.key, start, descending).values_list(self.key, "pk")
        return next((Cursor(*row) for row in rows[count - 1 : count]), None)


@dataclass(frozen=True)
class Merged:
    """Several stretches of an index merged: one for each row of `each`, whose columns the condition may name.

    All of it is our own SQL; what came from outside is in `values`.
    """

    key: str
    table: str
    pk: str
    each: str
    where: str
    values: Mapping[str, Any]
    width: int
    is_exact: bool = False
    within: str = field(default="")

    def keys(self, start: Cursor | None, descending: bool, count: int) -> Any:
        return Numbered(*self._walk("merged.pk", start, descending, count))

    def last(self, start: Cursor | None, descending: bool, count: int) -> Cursor | None:
        sql, values = self._walk("merged.value, merged.pk", start, descending, count)
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} OFFSET {count - 1}", values)
            row = cursor.fetchone()
        return Cursor(*row) if row else None

    def _walk(
        self, wanted: str, start: Cursor | None, descending: bool, count: int
    ) -> tuple[str, Mapping[str, Any]]:
        way, compare = ("DESC", "<") if descending else ("ASC", ">")
        beyond = f"AND ({self.key}, {self.pk}) {compare} (%(start_value)s, %(start_pk)s)" if start else ""
        place = {"start_value": start.value, "start_pk": start.pk} if start else {}
        sql = f"""
            SELECT {wanted} FROM {self.each} CROSS JOIN LATERAL (
                SELECT {self.pk} AS pk, {self.key} AS value FROM {self.table}
                WHERE {self.where} {self.within} {beyond}
                ORDER BY {self.key} {way}, {self.pk} {way} LIMIT {count}
            ) AS merged GROUP BY merged.value, merged.pk
            ORDER BY merged.value {way}, merged.pk {way} LIMIT {count}"""  # noqa: S608 - see the class
        return sql, {**self.values, **place}


class Numbered(RawSQL):
    """A raw subquery whose values are named; Django takes them by place."""

    def __init__(self, sql: str, values: Mapping[str, Any]) -> None:
        with connection.cursor() as cursor:
            whole = cursor.mogrify(sql, values)
        super().__init__(whole.decode().replace("%", "%%"), ())


Source = Listed | Merged


@dataclass(frozen=True)
class Walked:
    """A page, and whether the walk ended before it was full."""

    page: Page[Order]
    is_cut: bool = False


def page(source: Source, wanted: Wanted, turn: Turn, size: int, *, descending: bool) -> Walked:
    """One page of those orders of the source that are wanted, in the source's order or against it.

    Going up past the beginning, or down past the end, gives the first page, as accounts.keyset does.
    """
    upward = turn.at_end or turn.above is not None
    start = turn.above or turn.below
    rows, stop = _walk(source, wanted, start, descending != upward, size + 1)
    has_more, rows = len(rows) > size, rows[:size]
    if start and stop is None and not rows and not source.is_exact and not upward:
        # Where nothing was left after a walk that was cut: the first page would look like the next one.
        return Walked(Page([], None, None), is_cut=True)
    if start and stop is None and (not rows or (upward and len(rows) < size)):
        return page(source, wanted, FIRST, size, descending=descending)
    if upward:
        rows.reverse()
    beyond = _cursor(rows[0 if upward else -1], source.key) if has_more else stop
    behind = (_cursor(rows[-1 if upward else 0], source.key) if rows else start) if start else None
    if turn.at_end:
        behind = None
    return Walked(
        Page(rows, previous=beyond if upward else behind, next=behind if upward else beyond), stop is not None
    )


def reachable(source: Source, wanted: Wanted, most: int, *, descending: bool) -> Wanted:
    """The wanted ones among the first of the source: at most so many are looked at, for a count that is capped."""
    return wanted.filter(pk__in=source.keys(None, descending, most))


def _walk(
    source: Source, wanted: Wanted, start: Cursor | None, descending: bool, count: int
) -> tuple[list[Order], Cursor | None]:
    """So many rows from the start on, and where the walk ended if it was not to the end."""
    way = "-" if descending else ""
    rows: list[Order] = []
    window = count
    for window in _windows(source, count):
        among = wanted.filter(pk__in=source.keys(start, descending, window))
        rows = list(among.order_by(f"{way}{source.key}", f"{way}pk")[:count])
        if len(rows) == count:
            return rows, None
    return rows, None if source.is_exact else source.last(start, descending, window)


def _windows(source: Source, count: int) -> Iterator[int]:
    """How many to look at, at first and then."""
    if source.is_exact:
        yield count
        return
    yield min(FIRST_LOOK * count, WINDOW)
    yield max(FIRST_LOOK * count, WINDOW // source.width)


def _cursor(row: Order, key: str) -> Cursor:
    value: datetime = getattr(row, key)
    return Cursor(value, row.pk)


def rows_of(names: Sequence[str], kinds: Sequence[str]) -> str:
    """Arrays as rows: unnest of so many, each row's columns by name."""
    arrays = ", ".join(f"%({name})s::{kind}[]" for name, kind in zip(names, kinds, strict=True))
    return f"unnest({arrays}) AS each({', '.join(names)})"
