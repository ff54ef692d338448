"""The steps of the walk: each does one thing as a person or a job would, and writes it on the paper.

A step asks for what is allowed and, now and then, for what is not; an operation that does the latter ends the walk.
To add a step, write a function of the world and put it into a list of steps (test_walk.py).
"""

import uuid
from datetime import timedelta

from accounts.actors import Actor
from inventory import stock
from inventory.models import Listing, MovementKind
from orders import lifecycle, shipping, sweeps
from orders.entry import cart, intake
from orders.models import Order
from orders.states import SELLER_REASONS, CancelReason, OrderStatus
from payments import statements
from refunds import shortages
from refunds import sweeps as refund_sweeps
from refunds.models import Refund
from tests.helpers import CHANNEL, SYSTEM, new_order, parcel
from tests.refunds.walk.paper import Item, Place, Unit
from tests.refunds.walk.world import World

TOKENS = [
    *["tok_approve"] * 4,
    "tok_capture_timeout",
    "tok_capture_declined_late",
    "tok_refund_fails",
    "tok_refund_times_out",
    "tok_refund_declined_late",
    "tok_hold_7_days",
]


def new_item(world: World, sku: str, units: int, *, is_free: bool) -> cart.Item:
    """A line at prices that don't divide: free, of some cents only, gift-wrapped, or less a promotion."""
    chance = world.chance
    if is_free:
        return cart.Item(sku, units, 0, item_discount=units * 100, shipping_discount=chance.choice([0, 500]))
    price = chance.choice([chance.randint(1, units), *[units + chance.randint(100, 4_000)] * 9])
    tax, wrap = chance.randint(0, 300), chance.choice([0, 0, min(350, price)])
    return cart.Item(
        sku,
        units,
        price,
        tax=tax,
        shipping=chance.choice([0, chance.randint(1, 900)]),
        shipping_tax=chance.randint(0, 60),
        gift_wrap_price=wrap,
        gift_wrap_tax=min(tax, 28) if wrap else 0,
        gift_wrap_type="Red paper" if wrap else "",
        gift_message="Happy birthday!" if wrap else "",
        item_discount=chance.choice([0, 0, 200]),
    )


def place(world: World) -> None:
    """A channel hands in an order of one or two lines; now and then one of them is free, or all (B7)."""
    chance = world.chance
    units = [
        (listing, chance.randint(1, 4)) for listing in chance.sample(world.listings, chance.randint(1, 2))
    ]
    free = chance.choice([0, 0, 0, 0.5, 1])
    items = tuple(
        new_item(world, listing.sku, count, is_free=chance.random() < free) for listing, count in units
    )
    new = new_order(*units, now=world.now, items=items, payment_token=chance.choice(TOKENS))
    shared = {"seller": world.seller, "channel": world.channel, "actor": CHANNEL, "now": world.now}
    (result,) = intake.place([new], **shared)
    fits = all(count <= world.paper.shelves[listing.pk].available for listing, count in units)
    assert isinstance(result, intake.Placed) == fits
    if isinstance(result, intake.Placed):
        world.done["place"] += 1
        for item in result.order.items.all():
            shelf = world.paper.shelves[item.listing_id]
            shelf.reserved += item.quantity
            held = [Unit() for _unit in range(item.quantity)]
            world.paper.items[item.pk] = Item(result.order.pk, shelf, held)


def authorize(world: World) -> None:
    """The provider answers what is due: authorizations, charges, holds."""
    now = world.wait(timedelta(minutes=10))
    world.done["authorize"] += sweeps.run(sweeps.finish_provider_calls, now=now, actor=SYSTEM)


def send_refunds(world: World) -> None:
    """Refunds whose grace is over are sent, and what was sent is asked about."""
    now = world.wait(timedelta(minutes=31))
    world.done["send refunds"] += sweeps.run(refund_sweeps.send_refunds, now=now, actor=SYSTEM)


def close_statements(world: World) -> None:
    """Three weeks pass; what became available is paid out."""
    if world.chance.random() < 0.2:
        statements.sweep(world.wait(timedelta(days=21)))
        world.done["statement"] += 1


def deliver(world: World) -> None:
    """New goods come to the shelf."""
    listing = world.chance.choice(world.listings)
    units = world.chance.randint(1, 8)
    stock.add(listing, units, kind=MovementKind.EDIT, now=world.now, actor=world.member)
    world.paper.shelves[listing.pk].on_hand += units
    world.done["deliver"] += 1


def count_stock(world: World) -> None:
    """What is on the shelf is what there is, whatever was promised."""
    listing = world.chance.choice(world.listings)
    on_hand = world.paper.shelves[listing.pk].on_hand
    _count(world, listing, world.chance.randint(max(on_hand - 4, 0), on_hand))


def _count(world: World, listing: Listing, there: int) -> None:
    listing.refresh_from_db()
    shared = {"seen_version": listing.version, "kind": MovementKind.COUNT, "reason": "counted"}
    assert world.attempt(stock.set_on_hand, listing, there, **shared)
    world.paper.shelves[listing.pk].on_hand = there


def ship_some(world: World, order: Order | None = None) -> None:
    """Confirm a package with some units, now and then with more than are to be shipped."""
    order = order or world.some_order(OrderStatus.UNSHIPPED, OrderStatus.PARTIALLY_SHIPPED)
    if order is None:
        return
    items = world.paper.of(order.pk)
    most = {pk: len(item.at(Place.HELD)) + (world.chance.random() < 0.1) for pk, item in items.items()}
    contents = {pk: world.chance.randint(0, count) for pk, count in most.items()}
    contents = {pk: count for pk, count in contents.items() if count}
    is_possible = all(count <= len(items[pk].at(Place.HELD)) for pk, count in contents.items())
    key = uuid.uuid4()
    packed = [(parcel(order.placed_on), contents)]
    done = world.attempt(shipping.confirm_shipment, order, packed, key=key)
    assert not done or is_possible, "more units shipped than were to be shipped"
    if done and done.is_waiting:
        world.paper.waiting[key] = contents
    elif done:
        for pk, count in contents.items():
            world.paper.move(pk, count, Place.SHIPPED)


def complete(world: World) -> None:
    """Confirm that nothing more ships, whether or not that is so."""
    order = world.some_order(OrderStatus.PARTIALLY_SHIPPED)
    if order is None:
        return
    is_over = not any(item.at(Place.HELD) for item in world.paper.of(order.pk).values())
    assert bool(world.attempt(shipping.complete, order)) == is_over


def cancel(world: World) -> None:
    """The seller or the buyer cancels the whole order."""
    order = world.some_order(OrderStatus.UNSHIPPED, OrderStatus.PARTIALLY_SHIPPED, OrderStatus.SHIPPED)
    if order is None:
        return
    reason = world.chance.choice(SELLER_REASONS)
    if world.attempt(lifecycle.cancel, order, reason=reason):
        assert order.status == OrderStatus.UNSHIPPED
        for pk, item in world.paper.of(order.pk).items():
            _canceled(world, pk, len(item.at(Place.HELD)), reason)


def cancel_units(world: World) -> None:
    """Single units are canceled before the first shipment, now and then more than there are."""
    order = world.some_order(OrderStatus.UNSHIPPED, OrderStatus.PARTIALLY_SHIPPED)
    if order is None:
        return
    pk, item = world.some_item(order)
    units, held = world.chance.randint(1, 2), len(item.at(Place.HELD))
    reason = world.chance.choice(SELLER_REASONS)
    if world.attempt(lifecycle.cancel_units, order, {pk: units}, reason=reason):
        assert units <= held and order.status == OrderStatus.UNSHIPPED
        _canceled(world, pk, units, reason)


def _canceled(world: World, pk: int, units: int, reason: str) -> None:
    world.paper.drop(pk, units, Place.CANCELED, is_there=reason != CancelReason.NO_INVENTORY)


def settle_shortage(world: World) -> None:
    """Oversold: the newest order that cannot be met, in one step; it gives back at most the units that are missing."""
    listing = world.chance.choice(world.listings)
    shelf = world.paper.shelves[listing.pk]
    if 0 < shelf.reserved <= shelf.on_hand and world.chance.random() < 0.5:
        _count(world, listing, shelf.reserved - 1)  # one that was promised is not there
    listing.refresh_from_db()
    unmet = shortages.unmet(listing)
    assert sum(each.short for each in unmet) == max(shelf.reserved - shelf.on_hand, 0)
    for holding in unmet[:1]:
        pk, key = holding.item.pk, uuid.uuid4()
        units = holding.short + (world.chance.random() < 0.2)
        step = shortages.Step(units, holding.item.units_open, holding.is_charged, "Sorry", key)
        done = world.attempt(shortages.settle, listing, holding.item, step)
        assert not done or units == holding.short, "more was given back than is missing"
        if done and not holding.is_charged:
            world.paper.drop(pk, units, Place.CANCELED, is_there=False)
        elif done:
            given_up = world.paper.drop(pk, units, Place.GIVEN_UP, is_there=False)
            refund = Refund.objects.filter(key=key).first()
            if refund:
                world.paper.pay_back(refund.pk, given_up, with_shipping=True)
            else:
                world.paper.items[pk].had_amounts = True


def buyer_cancels(world: World) -> None:
    """The buyer cancels while their time lasts."""
    order = world.some_order(OrderStatus.UNSHIPPED)
    if order is None:
        return
    world.member, seller = Actor.buyer(), world.member
    done = world.attempt(lifecycle.cancel, order, reason=CancelReason.BUYER_CANCELED)
    world.member = seller
    if done:
        for pk, item in world.paper.of(order.pk).items():
            _canceled(world, pk, len(item.at(Place.HELD)), CancelReason.BUYER_CANCELED)
