"""An order is what its history says: replayed from its events it comes out the same, on the page too (G3)."""

import contextlib
import random
import re
import uuid

import pytest

from accounts.actors import Actor
from orders import cancel_requests, lifecycle, sentences, shipping, sweeps
from orders.entry import intake
from orders.models import Order, OrderEvent
from orders.refusals import Refused
from orders.states import SELLER_REASONS, EventKind, OrderStatus
from tests.factories import NOON, ChannelFactory, ListingFactory, UserFactory
from tests.helpers import CHANNEL, SYSTEM, new_order, parcel
from tests.orders.replaying import as_stored, history_of, replay

ORDERS = 1_000
TOKENS = ["tok_approve", "tok_approve", "tok_approve", "tok_decline", "tok_pend_then_approve"]


def live(dice: random.Random, order: Order, member: Actor) -> None:
    """Some of the things that can happen to an order, in any order; what is refused did not happen."""
    for _ in range(dice.randint(0, 4)):
        step = dice.choice([ship_some, cancel, cancel_some, ask, decline])
        with contextlib.suppress(Refused):
            step(dice, order, member)
        order.refresh_from_db()


def ship_some(dice: random.Random, order: Order, member: Actor) -> None:
    contents = {item.pk: dice.randint(0, item.units_open) for item in order.items.all()}
    parcels = [(parcel(), {pk: units for pk, units in contents.items() if units})]
    shipping.confirm_shipment(order, parcels, key=uuid.uuid4(), actor=member, now=NOON)


def cancel(dice: random.Random, order: Order, member: Actor) -> None:
    actor = dice.choice([member, Actor.buyer()])
    lifecycle.cancel(order, reason=dice.choice(SELLER_REASONS), actor=actor, now=NOON)


def cancel_some(dice: random.Random, order: Order, member: Actor) -> None:
    item = dice.choice(list(order.items.all()))
    lifecycle.cancel_units(order, {item.pk: 1}, reason=dice.choice(SELLER_REASONS), actor=member, now=NOON)


def ask(dice: random.Random, order: Order, member: Actor) -> None:
    cancel_requests.ask(order, note="", actor=CHANNEL, now=NOON)


def decline(dice: random.Random, order: Order, member: Actor) -> None:
    cancel_requests.decline(order, actor=member, now=NOON)


@pytest.fixture
def orders(db, seller) -> list[Order]:
    """So many orders of random lives; the same ones each time."""
    dice, member = random.Random(7), Actor.seller(UserFactory())
    listings = [ListingFactory(seller=seller, on_hand=9_000) for _ in range(3)]
    channel = ChannelFactory(marketplace=seller.marketplace)
    carts = [
        new_order(
            *[(listing, dice.randint(1, 3)) for listing in dice.sample(listings, dice.randint(1, 3))],
            payment_token=dice.choice(TOKENS),
        )
        for _ in range(ORDERS)
    ]
    placed = []
    for start in range(0, ORDERS, 100):
        batch = carts[start : start + 100]
        placed += intake.place(batch, seller=seller, channel=channel, actor=CHANNEL, now=NOON)
    sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
    found = [result.order for result in placed]
    for order in found:
        order.refresh_from_db()
        live(dice, order, member)
    return list(Order.objects.select_related("payment").prefetch_related("items", "events"))


def test_g3_a_thousand_orders_are_what_their_histories_say(orders, alice, at):
    assert len(orders) == ORDERS
    assert [order.number for order in orders if history_of(order) != as_stored(order)] == []
    assert {order.status for order in orders} == set(OrderStatus.values)
    for order in orders[:20]:
        shown = alice.get(f"/orders/{order.number}/").content.decode()
        lines = re.findall(r'<p class="history-text">(.*?)</p>', shown)
        told = [line.sentence for line in sentences.timeline(order.events.all())]
        assert [line.replace("&#x27;", "'") for line in lines] == told
    control_with_an_event_left_out_an_order_comes_out_otherwise(orders)


def control_with_an_event_left_out_an_order_comes_out_otherwise(orders: list[Order]) -> None:
    """So the replay stands on each event that changes the order; on the same orders, which take long to live."""
    kinds = {EventKind.UNITS_CANCELED, EventKind.SHIPMENT_CONFIRMED, EventKind.CHARGED, EventKind.CANCELED}
    changes = [(order, event) for order in orders for event in order.events.all() if event.kind in kinds]
    assert len(changes) > ORDERS / 2
    told = [change for change in changes if not _is_overtaken(*change)]
    assert [event.pk for order, event in told if _comes_out_the_same(order, without=event)] == []


def _comes_out_the_same(order: Order, without: OrderEvent) -> bool:
    ordered = {item.sku: item.quantity for item in order.items.all()}
    rest = [event for event in order.events.order_by("pk") if event != without]
    try:
        return replay(rest, ordered) == as_stored(order)
    except AssertionError:
        return False


def _is_overtaken(order: Order, event: OrderEvent) -> bool:
    """Units that were canceled before the whole order was make no difference to what is left of it."""
    return event.kind == EventKind.UNITS_CANCELED and order.status == OrderStatus.CANCELED
