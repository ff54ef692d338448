"""The steps of the walk that give money back, and those of returns; see steps.py."""

import uuid
from typing import Any

from orders import changes
from orders.models import Order
from refunds import amounts, refunds, returns
from refunds.models import Refund, Return
from refunds.refunds import Ask
from refunds.returns import Received
from refunds.states import OUT_OF_STOCK, RefundReason, RefundState
from tests.refunds.walk import steps
from tests.refunds.walk.paper import Parcel, Place, Unit
from tests.refunds.walk.world import CHARGED, World


def refund_units(world: World, order: Order | None = None, **seen: Any) -> Refund | None:
    """Refund whole units, less shipping or with it; now and then units that would be refunded and still ship."""
    order = order or world.some_order(*CHARGED)
    if order is None:
        return None
    pk, item = world.some_item(order)
    held, others = len(item.at(Place.HELD)), item.refundable()
    not_shipped = world.chance.randint(0, held)
    shipped = world.chance.randint(0, len(others) + (world.chance.random() < 0.2))
    units, with_shipping = not_shipped + shipped, world.chance.random() < 0.6
    # Now and then it says of one unit less that it won't ship.
    given_up = max(not_shipped - (world.chance.random() < 0.2), 0)
    split = amounts.of_units(amounts.of_order(order)[pk], units, with_shipping=with_shipping)
    claimed = {pk: given_up} if given_up else {}
    done = _request(world, order, {pk: (split, units)}, claimed, with_shipping, **seen)
    if done:
        assert units - given_up <= len(others), "a unit was refunded that still ships, or was refunded before"
        _given_back(world, done, pk, given_up, others[: units - given_up], with_shipping)
    return done


def refund_units_by_default(world: World) -> None:
    """A refund that doesn't say which units: those that have not shipped come first, and won't."""
    order = world.some_order(*CHARGED)
    if order is None:
        return
    pk, item = world.some_item(order)
    held, others = len(item.at(Place.HELD)), item.refundable()
    units = world.chance.randint(1, held + len(others) + 1)
    split = amounts.of_units(amounts.of_order(order)[pk], units)
    done = _request(world, order, {pk: (split, units)}, None, is_with_shipping=True)
    if done:
        assert units <= held + len(others)
        given_up = min(units, held)
        _given_back(world, done, pk, given_up, others[: units - given_up], True)


def refund_amount(world: World, order: Order | None = None, **seen: Any) -> Refund | None:
    """Refund a part of the price and of the shipping: the buyer keeps the goods."""
    order = order or world.some_order(*CHARGED)
    if order is None or world.chance.random() < 0.5:
        return None
    pk, item = world.some_item(order)
    found = amounts.of_order(order)[pk]
    split = amounts.of_price(
        found, world.chance.randint(0, found.left.price), world.chance.randint(0, found.left.shipping)
    )
    done = _request(world, order, {pk: (split, 0)}, {}, is_with_shipping=True, **seen)
    item.had_amounts |= done is not None
    return done


def refund_rest(world: World) -> None:
    """All that is left of an order: nothing of it ships any more."""
    order = world.some_order(*CHARGED)
    if order is None or world.chance.random() < 0.6:
        return
    found = {pk: each for pk, each in amounts.of_order(order).items() if each.left.total}
    parts = {pk: (each.left, each.units_left) for pk, each in found.items()}
    items = world.paper.of(order.pk)
    held = {pk: len(items[pk].at(Place.HELD)) for pk in found}
    done = _request(world, order, parts, {pk: count for pk, count in held.items() if count}, True)
    for pk in found if done else ():
        items[pk].had_amounts = True
        _given_back(world, done, pk, held[pk], items[pk].refundable(), True)


def refund_from_an_old_page(world: World) -> None:
    """A colleague ships or refunds between the page and the click: then nothing is refunded."""
    order = world.some_order(*CHARGED)
    if order is None:
        return
    mark, before = changes.mark(order), (world.paper.snapshot(order.pk), order.refunds.count())
    world.chance.choice([steps.ship_some, refund_units, refund_amount])(world, order)
    after = (world.paper.snapshot(order.pk), order.refunds.count())
    done = world.chance.choice([refund_units, refund_amount])(world, order, seen_event=mark)
    assert not done or before == after, "refunded from a page that showed another order"


def undo(world: World) -> None:
    """The last refund is taken back while its time lasts."""
    refund = Refund.objects.filter(seller=world.seller, state=RefundState.REQUESTED).last()
    if refund and world.attempt(refunds.take_back, refund):
        assert refund.due_at > world.now


def retry(world: World) -> None:
    """A failed refund is tried again; it pays for units that nothing paid for meanwhile."""
    failed = list(Refund.objects.filter(seller=world.seller, state=RefundState.FAILED).order_by("-pk")[:3])
    if not failed:
        return
    refund = world.chance.choice(failed)
    if world.attempt(refunds.retry, refund) is None:
        return
    for line in refund.lines.all():
        free = world.paper.items[line.item_id].refundable()
        assert line.units <= len(free), "tried again, it pays twice for a unit"
        world.paper.pay_back(refund.pk, free[: line.units], with_shipping=line.shipping > 0)
        world.paper.items[line.item_id].had_amounts = True


def ask_return(world: World) -> None:
    """Shipped units are to come back; never more than the buyer has and no other return holds."""
    order = world.some_order(*CHARGED)
    if order is None:
        return
    pk, item = world.some_item(order)
    units = world.chance.randint(1, 3)
    reason = {"key": uuid.uuid4(), "reason": "defective"}
    done = world.attempt(returns.ask, order, {pk: units}, **reason)
    open_ones = [each for each in world.paper.returns.values() if each.item == pk and not each.is_closed]
    free = len(item.at(Place.SHIPPED)) - sum(each.awaited for each in open_ones)
    assert bool(done) == (units <= free)
    if done:
        world.paper.returns[done.pk] = Parcel(pk, units)


def receive_return(world: World) -> None:
    """A delivery brings some of the units, now and then more than are awaited; some go back on the shelf."""
    found = _some_return(world)
    if found is None:
        return
    pk, paper = found
    units = world.chance.randint(1, 2)
    restock = world.chance.randint(0, units)
    came = {paper.item: Received(units, "used", restock)}
    done = world.attempt(returns.receive, Return.objects.get(pk=pk), came)
    assert bool(done) == (not paper.is_closed and units <= paper.awaited)
    if done:
        paper.came += units
        item = world.paper.items[paper.item]
        item.shelf.on_hand += restock
        for unit in sorted(item.at(Place.SHIPPED), key=lambda unit: unit.refund is None)[:units]:
            unit.place = Place.RETURNED


def close_return(world: World) -> None:
    """Close a return, or reopen a closed one."""
    found = _some_return(world)
    if found is None:
        return
    pk, paper = found
    each = Return.objects.get(pk=pk)
    if not paper.is_closed:
        paper.is_closed = world.attempt(returns.close, each, reason="completed") is not None
    elif world.attempt(returns.reopen, each):
        paper.is_closed = False


def _some_return(world: World) -> tuple[int, Parcel] | None:
    known = list(world.paper.returns.items())
    return world.chance.choice(known[-4:]) if known else None


def _request(
    world: World,
    order: Order,
    parts: dict[int, tuple[amounts.Split, int]],
    given_up: dict[int, int] | None,
    is_with_shipping: bool,
    **seen: Any,
) -> Refund | None:
    """Ask for the refund, twice with the same key: it is one."""
    asks = [
        Ask(pk, split.price, split.tax, split.shipping, split.shipping_tax, units)
        for pk, (split, units) in parts.items()
    ]
    words = {"key": uuid.uuid4(), "reason": world.chance.choice(RefundReason.values), "memo": "Sorry"}
    words |= {"is_less_shipping": not is_with_shipping, "unsupplied": given_up, **seen}
    done: Refund | None = world.attempt(refunds.request, order, asks, **words)
    if done:
        assert world.attempt(refunds.request, order, asks, **words) == done
    return done


def _given_back(
    world: World, refund: Refund, pk: int, given_up: int, others: list[Unit], with_shipping: bool
) -> None:
    """Write down which units the refund paid back, and that those which had not shipped won't."""
    is_there = refund.reason not in OUT_OF_STOCK
    units = world.paper.drop(pk, given_up, Place.GIVEN_UP, is_there=is_there) if given_up else []
    world.paper.pay_back(refund.pk, [*units, *others], with_shipping=with_shipping)
