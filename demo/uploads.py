"""The feeds of the demo: stock as counted, one row of which is refused, and parcels that were only tried."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.core.files.base import ContentFile

from accounts import calendars, clock
from accounts.models import Membership, Right
from batches import engine
from demo.market import Shop
from demo.stage import Stage
from inventory.models import Fulfilment
from orders.states import OrderStatus
from reports.feeds import operations, reading
from reports.feeds.models import Feed

UNKNOWN = "LP-OUT-O9"
"""A SKU with the letter O where a zero belongs: there is no such listing."""

PARCELS, COUNTED = 3, 4
MORE = 24


def hand_in(stage: Stage, shop: Shop, now: datetime) -> None:
    """A file of stock is done, a file of parcels waits after its dry run."""
    member = next(each for each in shop.members if each.may(Right.SHIP))
    upload = partial(_upload, stage, member)
    _work(upload("stock-count.txt", _stock(shop), is_at_once=True))
    _work(upload("parcels.txt", _parcels(stage, shop, now), is_at_once=False))


def _stock(shop: Shop) -> Iterable[tuple[object, ...]]:
    """More of some goods than there was, and a typing error."""
    counted = shop.seller.listings.filter(sku__in=shop.skus()).order_by("sku")[:COUNTED]
    yield "sku", "price", "quantity", "handling-time"
    for listing in counted:
        yield listing.sku, "", listing.on_hand + MORE, ""
    yield UNKNOWN, "", 12, ""


def _parcels(stage: Stage, shop: Shop, now: datetime) -> Iterable[tuple[object, ...]]:
    """Orders that are to be shipped next, and one that was canceled."""
    own = shop.seller.orders.filter(fulfilment=Fulfilment.MFN)
    ready = own.filter(status=OrderStatus.UNSHIPPED, cancel_window_ends_at__lt=now, confirm_deadline__gt=now)
    canceled = own.filter(status=OrderStatus.CANCELED).order_by("-pk")
    today = calendars.local_date(now, shop.marketplace.time_zone)
    yield "order-id", "ship-date", "carrier-code", "tracking-number"
    for order in [*ready.order_by("-ship_by", "pk")[:PARCELS], *canceled[:1]]:
        yield order.number, f"{today:%Y-%m-%d}", "UPS", f"1Z999AA1{stage.rng.randrange(10**10):010d}"


def _upload(
    stage: Stage, member: Membership, name: str, rows: Iterable[tuple[object, ...]], *, is_at_once: bool
) -> Feed:
    lines = ["\t".join(map(str, row)) for row in rows]
    return operations.upload(
        member.seller,
        ContentFile("\n".join([*lines, ""]).encode(), name=name),
        key=uuid.UUID(int=stage.rng.getrandbits(128), version=4),
        is_at_once=is_at_once,
        user=member.user,
        may=member.may,
        now=clock.now(),
    )


def _work(feed: Feed) -> None:
    """As a worker would have done it."""
    reading.read(feed.pk)
    feed.refresh_from_db()
    if batch := feed.at_work:
        engine.finish(batch.pk)
    operations.settle(feed, clock.now())
