"""What no event tells: shipments that became late, stock that ran low or is oversold. Each is told once.

The row that says "told" is written with the notice; two workers at once meet at its key, or at the notice's.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from inventory.models import Listing
from notifications import notices
from notifications.models import LateOrder, StockWatch
from notifications.notices import News
from notifications.states import Kind
from orders.models import Order

BATCH = 100
NEWLY_LATE = timedelta(days=30)
"""An order that has been late for longer was late before anybody watched, and is told by the pages alone."""


def look(now: datetime) -> int:
    """Find a batch of each and tell it; returns how many. Repeat it until that is none."""
    return sum(sweep(now) for sweep in SWEEPS)


@transaction.atomic(durable=True)
def late(now: datetime) -> int:
    """Tell of orders whose ship-by date has passed unconfirmed (O17)."""
    found = Order.objects.late(now).filter(ship_by__gte=now - NEWLY_LATE)
    untold = found.exclude(pk__in=LateOrder.objects.values("order"))
    orders = untold.order_by("ship_by").lock_due(BATCH)
    LateOrder.objects.bulk_create(
        [LateOrder(order=order, told_at=now) for order in orders], ignore_conflicts=True
    )
    told = [
        News(f"late:{order.pk}", Kind.LATE, order.seller_id, order.ship_by or now, order=order.pk)
        for order in orders
    ]
    notices.tell(told, now)
    return len(orders)


@transaction.atomic(durable=True)
def new_listings(now: datetime) -> int:
    """Begin to watch listings: how they stand on the first day is not a crossing, so nothing is told of it."""
    fresh = Listing.objects.filter(watch=None).order_by("pk")[:BATCH]
    watches = [StockWatch(listing=each, is_low=_stands_low(each)) for each in fresh]
    return len(StockWatch.objects.bulk_create(watches, ignore_conflicts=True))


@transaction.atomic(durable=True)
def ran_low(now: datetime) -> int:
    """Tell of active listings whose available units fell to a few."""
    return _crossed(StockWatch.objects.filter(_low(), is_low=False), Kind.LOW_STOCK, "is_low", now)


@transaction.atomic(durable=True)
def became_oversold(now: datetime) -> int:
    """Tell of listings that orders hold more units of than there are (I4 of the rule book)."""
    return _crossed(
        StockWatch.objects.filter(_oversold(), is_oversold=False), Kind.OVERSOLD, "is_oversold", now
    )


@transaction.atomic(durable=True)
def recovered(now: datetime) -> int:
    """What is well again can cross the line again."""
    return _back(~_low(), "is_low") + _back(~_oversold(), "is_oversold")


def _crossed(found: QuerySet[StockWatch], kind: Kind, mark: str, now: datetime) -> int:
    rows = found.select_related("listing").order_by("pk")
    held = list(rows.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    StockWatch.objects.filter(pk__in=[each.pk for each in held]).update(**{mark: True})
    told = [
        News(f"{kind}:{each.pk}:{each.crossings}", kind, each.listing.seller_id, now, listing=each.pk)
        for each in held
    ]
    notices.tell(told, now)
    return len(held)


def _back(is_well: Q, mark: str) -> int:
    rows = StockWatch.objects.filter(is_well, **{mark: True}).order_by("pk")
    held = [each.pk for each in rows.select_for_update(of=("self",), skip_locked=True)[:BATCH]]
    return StockWatch.objects.filter(pk__in=held).update(**{mark: False}, crossings=F("crossings") + 1)


def _low() -> Q:
    available = Q(listing__on_hand__lte=F("listing__reserved") + F("listing__low_stock_at"))
    return Q(listing__is_active=True) & available


def _oversold() -> Q:
    return Q(listing__reserved__gt=F("listing__on_hand"))


def _stands_low(listing: Listing) -> bool:
    return listing.is_active and listing.available <= listing.low_stock_at


SWEEPS: tuple[Callable[[datetime], int], ...] = (late, new_listings, ran_low, became_oversold, recovered)
