"""What a seller's days came to, from the kept figures: orders, money, and how the orders went (H2)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from accounts.models import Seller
from inventory.models import Fulfilment
from orders.models.day import OrderDay
from orders.states import OPEN, OrderStatus

ONE_DAY = timedelta(days=1)
SENT = (OrderStatus.PARTIALLY_SHIPPED, OrderStatus.SHIPPED)


@dataclass(frozen=True, slots=True)
class Kept:
    """Orders of one day that went alike: how many, and their money in minor units."""

    day: date
    channel: int
    fulfilment: str
    status: str
    is_shipped_late: bool
    is_untraced: bool
    orders: int
    amount: int

    @property
    def is_own(self) -> bool:
        """The seller's to ship, and no longer Pending; canceled since or not, also while they were."""
        return self.fulfilment == Fulfilment.MFN and self.status != OrderStatus.PENDING

    @property
    def is_wanted(self) -> bool:
        """The seller's to ship or shipped by them, and not canceled."""
        return self.is_own and self.status in (*OPEN, OrderStatus.SHIPPED)

    @property
    def is_sent(self) -> bool:
        """With a package that the seller has confirmed."""
        return self.is_own and self.status in SENT


@dataclass(frozen=True, slots=True)
class Sales:
    """What was ordered on one day and not canceled since; and what was canceled."""

    day: date
    orders: int
    amount: int
    canceled: int


COLUMNS = ("placed_on", "channel_id", "fulfilment", "status", "is_shipped_late", "is_untraced")


def kept(seller: Seller, first: date, last: date) -> list[Kept]:
    """The orders placed on these days of the marketplace, alike ones together; one query, however many they are."""
    rows = OrderDay.objects.filter(seller=seller, placed_on__range=(first, last))
    summed = rows.values_list(*COLUMNS).annotate(Sum("orders"), Sum("amount")).order_by()
    return [Kept(*row) for row in summed if row[-2]]


def days(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


def per_day(rows: Iterable[Kept], counts: Callable[[Kept], bool]) -> dict[date, int]:
    """How many orders of each day count."""
    found: dict[date, int] = {}
    for row in rows:
        if counts(row):
            found[row.day] = found.get(row.day, 0) + row.orders
    return found


def sales(rows: Sequence[Kept], first: date, last: date, channel: int | None = None) -> list[Sales]:
    """Each day from the first to the last, also those on which nothing was ordered; of all channels or of one."""
    own = [row for row in rows if channel is None or row.channel == channel]
    canceled = per_day(own, lambda row: row.status == OrderStatus.CANCELED)
    orders = per_day(own, lambda row: row.status != OrderStatus.CANCELED)
    amounts: dict[date, int] = {}
    for row in own:
        if row.status != OrderStatus.CANCELED:
            amounts[row.day] = amounts.get(row.day, 0) + row.amount
    return [
        Sales(day, orders.get(day, 0), amounts.get(day, 0), canceled.get(day, 0)) for day in days(first, last)
    ]
