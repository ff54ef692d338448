"""How many orders stand on each list, exactly, from the kept counts."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet, Sum

from accounts.models import Seller
from orders.models import OrderCount
from orders.states import TAB_STATUSES, OrderStatus, Tab

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


def _kept(seller: Seller, first: date | None, last: date | None) -> QuerySet[OrderCount]:
    rows = OrderCount.objects.filter(seller=seller)
    rows = rows if first is None else rows.filter(placed_on__gte=first)
    return rows if last is None else rows.filter(placed_on__lte=last)
