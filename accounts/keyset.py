"""Long lists in pages by key: each costs the same wherever it lies; no row comes twice or is passed over."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, Self, TypeVar

from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

SIZE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
Record = TypeVar("Record", bound=Model)
Value = datetime | int | str
WRITTEN = re.compile(r"(-?[0-9]{1,17}|[A-Za-z0-9_=-]{0,800})\.([0-9]{1,18})")
WHOLE = re.compile(r"-?[0-9]{1,17}")


@dataclass(frozen=True)
class Cursor:
    """A place in a list: at the row with this value of its key and this id."""

    value: Value
    pk: int

    @classmethod
    def read(cls, text: str, kind: type[Value] = datetime) -> Self:
        """What `str()` wrote of a key of this kind. Raises ValueError for anything else."""
        found = WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(text)
        return cls(_read(found[1], kind), int(found[2]))

    def __str__(self) -> str:
        return f"{_written(self.value)}.{self.pk}"


def _read(text: str, kind: type[Value]) -> Value:
    """The value of a key as the address of a page holds it."""
    if kind is str:
        return _read_words(text)
    if not WHOLE.fullmatch(text) or (kind is datetime and text.startswith("-")):
        raise ValueError(text)
    return int(text) if kind is int else EPOCH + int(text) * MICROSECOND


def _read_words(text: str) -> str:
    try:
        words = base64.urlsafe_b64decode(text.encode()).decode()
    except binascii.Error as error:
        raise ValueError(text) from error
    if "\0" in words:
        raise ValueError(text)
    return words


def _written(value: Value) -> str:
    if isinstance(value, datetime):
        return str((value - EPOCH) // MICROSECOND)
    return str(value) if isinstance(value, int) else base64.urlsafe_b64encode(value.encode()).decode()


@dataclass(frozen=True)
class Turn:
    """Which page is asked for: the first, the one below or above a row, or the last."""

    below: Cursor | None = None
    above: Cursor | None = None
    at_end: bool = False


FIRST = Turn()


@dataclass(frozen=True)
class Page(Generic[Record]):
    """Some rows of a list, and the places where the neighbouring pages begin."""

    rows: list[Record]
    previous: Cursor | None
    next: Cursor | None


def page(found: QuerySet[Record], key: str, turn: Turn, size: int = SIZE) -> Page[Record]:
    """One page in the order of the key and the id ("-placed_at": newest first).

    Going up past the beginning, or down past the end, gives the first page.
    """
    name = key.removeprefix("-")
    upward = turn.at_end or turn.above is not None
    start = turn.above or turn.below
    descending = key.startswith("-") != upward
    rows = list(after(found, name, start, descending)[: size + 1])
    has_more, rows = len(rows) > size, rows[:size]
    if start and (not rows or (upward and len(rows) < size)):
        return page(found, key, FIRST, size)
    if upward:
        rows.reverse()
    has_previous = has_more if upward else start is not None
    has_next = turn.above is not None if upward else has_more
    return Page(
        rows,
        previous=_cursor(rows[0], name) if has_previous else None,
        next=_cursor(rows[-1], name) if has_next else None,
    )


def after(found: QuerySet[Record], name: str, start: Cursor | None, descending: bool) -> QuerySet[Record]:
    """In order of the key, from the start on; by the comparison of pairs PostgreSQL begins there in the index."""
    if start:
        compare = TupleLessThan if descending else TupleGreaterThan
        found = found.filter(compare(Tuple(F(name), F("id")), (start.value, start.pk)))
    return found.order_by(*((f"-{name}", "-id") if descending else (name, "id")))


def _cursor(row: Record, name: str) -> Cursor:
    return Cursor(getattr(row, name), row.pk)
