"""Performance rates: what share of a seller's orders went as it should, with targets and the orders behind (H2).

The days are those of the marketplace, today the last of them. How many orders there were comes from the kept figures,
which orders count against the seller from small partial indexes: a rate costs a large seller what it costs a small one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import calendars, moments
from accounts.models import Seller
from inventory.models import Fulfilment
from orders import tracking
from orders.figures import tallies
from orders.figures.tallies import ONE_DAY, Kept
from orders.models import Order, Package
from orders.states import OPEN, CancelReason

LONGEST = 30


@dataclass(frozen=True)
class Tally:
    """So many of so many count against the seller."""

    against: int
    of: int

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.against + other.against, self.of + other.of)


NOTHING = Tally(0, 0)


@dataclass(frozen=True)
class Period:
    """Days of one seller, and the orders placed on them."""

    seller: Seller
    first: date
    last: date
    now: datetime
    rows: Sequence[Kept] = ()

    @property
    def zone(self) -> str:
        """Where the days are counted."""
        return self.seller.marketplace.time_zone

    def of_last(self, days: int) -> "Period":
        """The last days of the period."""
        return replace(self, first=self.last - (days - 1) * ONE_DAY)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The last moment before the first day, and the last one of the last day."""
        return (
            calendars.end_of_day(self.first - ONE_DAY, self.zone),
            calendars.end_of_day(self.last, self.zone),
        )


Notes = Mapping[int, str]


def _of_orders(number: int) -> str:
    return ngettext("%(against)s of %(of)s order", "%(against)s of %(of)s orders", number)


@dataclass(frozen=True)
class Rate:
    """A rate: what it says, its target, and where its figures and orders come from.

    The share is that of the orders against the seller, or the rest of it where `is_good`.
    """

    slug: str
    label: Any
    means: Any
    behind_label: Any
    limit: Fraction
    spans: tuple[int, ...]
    by_day: Callable[[Period], Mapping[date, Tally]]
    behind: Callable[[Period], QuerySet[Order]]
    notes: Callable[[Period, Sequence[Order]], Notes]
    figures: Callable[[int], str] = _of_orders
    is_good: bool = False
    key: str = "-placed_at"

    def share(self, tally: Tally) -> Fraction | None:
        """The exact share; None where there is nothing to judge.

        All of it, where something counts against the seller and there is nothing to compare it with.
        """
        if not tally.of and not tally.against:
            return None
        against = min(Fraction(tally.against, tally.of), Fraction(1)) if tally.of else Fraction(1)
        return 1 - against if self.is_good else against

    def is_met(self, share: Fraction) -> bool:
        """Better than the target; on it is not."""
        return share > self.limit if self.is_good else share < self.limit


def all_rates() -> list[Rate]:
    """The rates of orders, then those of the apps above (ADR 10)."""
    return [LATE, CANCELED, TRACED, *(import_string(name) for name in settings.SLOTS["rates"])]


def period(seller: Seller, days: int, now: datetime) -> Period:
    """The last days, today among them, with what was ordered on them."""
    last = calendars.local_date(now, seller.marketplace.time_zone)
    first = last - (days - 1) * ONE_DAY
    return Period(seller, first, last, now, tallies.kept(seller, first, last))


def together(by_day: Mapping[date, Tally], last: date, days: int) -> Tally:
    """The tally of so many days up to the last."""
    return sum((by_day.get(last - n * ONE_DAY, NOTHING) for n in range(days)), NOTHING)


def _tallies(against: Mapping[date, int], of: Mapping[date, int]) -> dict[date, Tally]:
    return {day: Tally(against.get(day, 0), of.get(day, 0)) for day in {*against, *of}}


def _placed_within(asked: Period) -> QuerySet[Order]:
    after, until = asked.bounds
    return asked.seller.orders.filter(placed_at__gt=after, placed_at__lte=until)


def _late_by_day(asked: Period) -> dict[date, Tally]:
    """Confirmed late, or late now and still to confirm (O17)."""
    after, until = asked.bounds
    waiting = asked.seller.orders.late(asked.now).filter(placed_at__gt=after, placed_at__lte=until)
    against = dict(waiting.values_list("placed_on").annotate(Count("pk")).order_by())
    for day, number in tallies.per_day(asked.rows, _is_late).items():
        against[day] = against.get(day, 0) + number
    return _tallies(against, tallies.per_day(asked.rows, lambda row: row.is_wanted))


def _is_late(row: Kept) -> bool:
    return row.is_wanted and row.is_shipped_late


def _late(asked: Period) -> QuerySet[Order]:
    waits = Q(status__in=OPEN, fulfilment=Fulfilment.MFN, ship_by__lt=asked.now)
    return _placed_within(asked).filter(Q(is_shipped_late=True) | waits)


def _late_notes(asked: Period, orders: Sequence[Order]) -> Notes:
    return {order.pk: _late_note(order, asked.now) for order in orders if order.ship_by}


def _late_note(order: Order, now: datetime) -> str:
    by = moments.left((order.shipped_at or now) - order.ship_by)  # type: ignore[operator]
    if order.status in OPEN:
        return _("Not confirmed yet, late by %(time)s") % {"time": by}
    return _("Confirmed late by %(time)s") % {"time": by}


def _canceled_by_day(asked: Period) -> dict[date, Tally]:
    """By the day of the cancellation: those canceled unconfirmed are so long after they were placed (O18)."""
    day = TruncDate("canceled_at", tzinfo=ZoneInfo(asked.zone))
    against = dict(_canceled(asked).annotate(day=day).values_list("day").annotate(Count("pk")).order_by())
    return _tallies(against, tallies.per_day(asked.rows, lambda row: row.is_own))


def _canceled(asked: Period) -> QuerySet[Order]:
    after, until = asked.bounds
    return asked.seller.orders.filter(is_cancel_defect=True, canceled_at__gt=after, canceled_at__lte=until)


def _canceled_notes(asked: Period, orders: Sequence[Order]) -> Notes:
    return {order.pk: str(CancelReason(order.cancel_reason).label) for order in orders}


def _traced_by_day(asked: Period) -> dict[date, Tally]:
    against = tallies.per_day(asked.rows, lambda row: row.is_sent and row.is_untraced)
    return _tallies(against, tallies.per_day(asked.rows, lambda row: row.is_sent))


def _untraced(asked: Period) -> QuerySet[Order]:
    return _placed_within(asked).filter(is_untraced=True, fulfilment=Fulfilment.MFN)


def _untraced_notes(asked: Period, orders: Sequence[Order]) -> Notes:
    """What is wrong with the first number that cannot be one."""
    notes: dict[int, str] = {}
    confirmed = Package.objects.filter(order__in=[order.pk for order in orders], confirmed_at__isnull=False)
    for package in confirmed.order_by("order_id", "number"):
        wrong = tracking.problem(package.carrier, package.tracking_number)
        notes.setdefault(package.order_id, wrong) if wrong else None
    return notes


LATE = Rate(
    slug="late-shipment",
    label=gettext_lazy("Late shipment rate"),
    means=gettext_lazy(
        "Orders that you ship yourself, placed on these days and not canceled: how many of them were confirmed after "
        "their ship-by date, or are past it and not wholly confirmed. The moment of confirming counts, not the ship "
        "date that was typed."
    ),
    behind_label=gettext_lazy("Late shipments"),
    limit=Fraction(4, 100),
    spans=(10, 30),
    by_day=_late_by_day,
    behind=_late,
    notes=_late_notes,
)
CANCELED = Rate(
    slug="cancellation",
    label=gettext_lazy("Cancellation rate"),
    means=gettext_lazy(
        "Orders that you canceled on these days, and those canceled because no shipment was confirmed in time, "
        "compared with the orders placed on the same days that you ship yourself. A buyer's request that you "
        "accepted does not count, nor does what the buyer or the marketplace canceled."
    ),
    behind_label=gettext_lazy("Cancellations that count"),
    limit=Fraction(25, 1000),
    spans=(7,),
    by_day=_canceled_by_day,
    behind=_canceled,
    notes=_canceled_notes,
    key="-canceled_at",
)
TRACED = Rate(
    slug="valid-tracking",
    label=gettext_lazy("Valid tracking rate"),
    means=gettext_lazy(
        "Orders placed on these days with a shipment that you confirmed: how many have for each package a tracking "
        "number that can be one of its carrier, by its length and its check digit. Correct a number on the order, and "
        "it counts at once."
    ),
    behind_label=gettext_lazy("Orders without valid tracking"),
    limit=Fraction(95, 100),
    spans=(7, 30),
    by_day=_traced_by_day,
    behind=_untraced,
    notes=_untraced_notes,
    is_good=True,
)
