"""What happens to the demo's orders: each act is one of the portal's own operations, at a moment."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from accounts import calendars
from accounts.actors import Actor
from accounts.models import Right
from demo import parcels
from demo.market import Shop
from demo.stage import Stage
from inventory.models import Fulfilment
from orders import cancel_requests, lifecycle, packages, shipping
from orders.models import Order, OrderItem
from orders.packages import Contents, Parcel
from orders.states import CancelReason

Act = Callable[[Stage, Shop, Order, datetime], None]
BUYER = Actor.buyer()
STAFF = Actor.staff(None)


def shipper(stage: Stage, shop: Shop, order: Order) -> Actor:
    """Who confirms the shipment: the marketplace, where it fulfils (O21)."""
    return STAFF if order.fulfilment == Fulfilment.AFN else shop.someone(Right.SHIP, stage.rng)


def ship(stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    """All that is open, in one package."""
    _confirm(stage, shop, order, now, lambda items: [parcels.everything(items)])


def ship_in_two(stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    """All that is open, in two packages confirmed together."""
    _confirm(stage, shop, order, now, parcels.halves)


def ship_one_unit(stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    """A single unit; the buyer is charged for the whole order (O15)."""
    _confirm(stage, shop, order, now, lambda items: [parcels.one_unit(items)])


def ship_by_other(stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    """By a carrier that is on no list."""
    today = calendars.local_date(now, shop.marketplace.time_zone)
    contents = parcels.everything(list(order.items.all()))
    _send(stage, shop, order, now, [(parcels.by_other_carrier(today, stage.rng), contents)])


def _confirm(
    stage: Stage,
    shop: Shop,
    order: Order,
    now: datetime,
    pack: Callable[[list[OrderItem]], Sequence[Contents]],
) -> None:
    today = calendars.local_date(now, shop.marketplace.time_zone)
    packed = pack(list(order.items.all()))
    country = shop.marketplace.country
    _send(stage, shop, order, now, [(parcels.parcel(country, today, stage.rng), each) for each in packed])


def _send(
    stage: Stage, shop: Shop, order: Order, now: datetime, sent: Sequence[tuple[Parcel, Contents]]
) -> None:
    key = uuid.UUID(int=stage.rng.getrandbits(128), version=4)
    confirmation = shipping.confirm_shipment(order, sent, key=key, actor=shipper(stage, shop, order), now=now)
    if confirmation.is_waiting:
        stage.after_calls([])


def edit_package(stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    """The tracking number of the last package was mistyped."""
    package = order.packages.order_by("number").last()
    if package is None:
        return
    corrected = parcels.corrected(Parcel.of(package), stage.rng)
    packages.edit(package, corrected, actor=shipper(stage, shop, order), now=now)


def cancel_by_seller(reason: CancelReason) -> Act:
    """The seller cancels for that reason."""
    return partial(_cancel_by_seller, reason)


def _cancel_by_seller(reason: CancelReason, stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    actor = shop.someone(Right.CANCEL, stage.rng)
    lifecycle.cancel(order, reason=reason, actor=actor, now=now)
    stage.after_calls([])


def cancel_by_buyer(stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    """The buyer cancels by themselves, inside the window (O9)."""
    lifecycle.cancel(order, reason=CancelReason.BUYER_CANCELED, actor=BUYER, now=now)
    stage.after_calls([])


def cancel_by_marketplace(stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    """The marketplace's customer service cancels."""
    lifecycle.cancel(order, reason=CancelReason.GENERAL_ADJUSTMENT, actor=STAFF, now=now)
    stage.after_calls([])


def cancel_one_unit(stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    """One unit of the first item is not there (O12)."""
    units = parcels.one_unit(list(order.items.all()))
    actor = shop.someone(Right.CANCEL, stage.rng)
    lifecycle.cancel_units(order, units, reason=CancelReason.NO_INVENTORY, actor=actor, now=now)
    stage.after_calls([])


def ask(note: str) -> Act:
    """The buyer asks to cancel, in these words (O10)."""
    return partial(_ask, note)


def _ask(note: str, stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    cancel_requests.ask(order, note=note, actor=BUYER, now=now)


def accept(stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    """The seller cancels as the buyer asked."""
    cancel_requests.accept(order, actor=shop.someone(Right.CANCEL, stage.rng), now=now)
    stage.after_calls([])


def decline(stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    """The seller goes on with the order."""
    cancel_requests.decline(order, actor=shop.someone(Right.CANCEL, stage.rng), now=now)
