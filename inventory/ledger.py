"""The stock ledger of one listing as a page shows it: lines with their balance, and its last days (I5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThanOrEqual
from django.db.models.functions import TruncDate

from accounts import calendars, keyset, moments
from accounts.keyset import Page, Turn
from inventory import sentences
from inventory.models import Listing, MovementKind, StockMovement

SIZE = 25
DAYS = 30
NEWEST = "-at"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """One movement in words, with what there was after it."""

    when: str
    kind: str
    order_number: str
    why: str
    who: str
    whence: str
    on_hand: str
    reserved: str
    on_hand_after: int
    reserved_after: int


@dataclass(frozen=True)
class Day:
    """How much there was at the end of a day of the marketplace; of today, now."""

    day: date
    on_hand: int
    reserved: int


def page(listing: Listing, turn: Turn) -> Page[StockMovement]:
    """Some movements, newest first."""
    return keyset.page(listing.movements.select_related("actor"), NEWEST, turn, SIZE)


def lines(listing: Listing, movements: Sequence[StockMovement], zone: str) -> list[Line]:
    """The movements of a page in words; the balance is the ledger's own sum up to each."""
    if not movements:
        return []
    on_hand, reserved = _sum_up_to(listing, movements[0])
    found = []
    for movement in movements:
        found.append(_line(movement, on_hand, reserved, zone))
        on_hand, reserved = on_hand - movement.on_hand, reserved - movement.reserved
    return found


def days(listing: Listing, now: datetime, zone: str) -> list[Day]:
    """The last days up to today: what there is now, less what has moved since each."""
    today = calendars.local_date(now, zone)
    first = today - (DAYS - 1) * ONE_DAY
    since = listing.movements.filter(at__gt=calendars.end_of_day(first - ONE_DAY, zone))
    by_day = since.annotate(day=TruncDate("at", tzinfo=ZoneInfo(zone))).values("day").order_by("day")
    moved = {row["day"]: row for row in by_day.annotate(on=Sum("on_hand"), held=Sum("reserved"))}
    on_hand, reserved, found = listing.on_hand, listing.reserved, []
    for ago in range(DAYS):
        day = today - ago * ONE_DAY
        found.append(Day(day, max(on_hand, 0), max(reserved, 0)))
        row = moved.get(day, {"on": 0, "held": 0})
        on_hand, reserved = on_hand - row["on"], reserved - row["held"]
    return found[::-1]


def _sum_up_to(listing: Listing, last: StockMovement) -> tuple[int, int]:
    """What all movements up to this one add up to."""
    until = TupleLessThanOrEqual(Tuple("at", "id"), (last.at, last.pk))
    sums = listing.movements.filter(Q(until)).aggregate(on=Sum("on_hand"), held=Sum("reserved"))
    return sums["on"], sums["held"]


def _line(movement: StockMovement, on_hand: int, reserved: int, zone: str) -> Line:
    return Line(
        when=moments.text(movement.at, zone),
        kind=str(MovementKind(movement.kind).label),
        order_number=movement.order_number,
        why=sentences.why(movement),
        who=sentences.who(movement),
        whence=sentences.whence(movement),
        on_hand=sentences.signed(movement.on_hand),
        reserved=sentences.signed(movement.reserved),
        on_hand_after=on_hand,
        reserved_after=reserved,
    )
