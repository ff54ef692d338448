"""How many orders stand on each list, exactly, from the kept counts."""

from datetime import date

from django.db.models import QuerySet, Sum

from accounts.models import Seller
from orders.models import OrderCount
from orders.states import TAB_STATUSES, Tab


def by_tab(seller: Seller, first: date | None = None, last: date | None = None) -> dict[str, int]:
    """The exact number of orders on each tab, of all days or of those placed on these days (O1)."""
    rows = _kept(seller, first, last).values_list("status").annotate(Sum("change"))
    found = dict(rows.order_by())
    return {tab: sum(found.get(status, 0) for status in TAB_STATUSES[tab]) for tab in Tab.values}


def _kept(seller: Seller, first: date | None, last: date | None) -> QuerySet[OrderCount]:
    rows = OrderCount.objects.filter(seller=seller)
    rows = rows if first is None else rows.filter(placed_on__gte=first)
    return rows if last is None else rows.filter(placed_on__lte=last)
