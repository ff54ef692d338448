"""What happens in the demo after a parcel has left: refunds and returns, by the portal's own operations."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from accounts.actors import Actor
from accounts.models import Right
from demo.acts import BUYER, Act
from demo.market import Shop
from demo.stage import Stage
from orders.models import Order, OrderItem
from refunds import amounts, refunds, returns
from refunds.asks import Ask
from refunds.models import ReturnLine
from refunds.returns import Received
from refunds.states import Condition, RefundReason, ReturnReason


def refund_in_full(reason: RefundReason, memo: str = "", note: str = "") -> Act:
    """All that is left of the order goes back."""
    return partial(_refund, reason, memo, note, 100)


def refund_in_part(reason: RefundReason, percent: int, memo: str = "", note: str = "") -> Act:
    """Some of the price of the first item goes back, with its tax."""
    return partial(_refund, reason, memo, note, percent)


def _refund(
    reason: RefundReason,
    memo: str,
    note: str,
    percent: int,
    stage: Stage,
    shop: Shop,
    order: Order,
    now: datetime,
) -> None:
    items = list(order.items.select_related("refunds"))
    asks = [_rest(item) for item in items] if percent == 100 else [_part(items[0], percent)]
    refund = refunds.request(
        order,
        asks,
        key=_key(stage),
        reason=reason,
        memo=memo,
        note=note,
        actor=shop.someone(Right.REFUND, stage.rng),
        now=now,
    )
    stage.diary.job_at(refund.due_at, stage.send_refunds)


def _rest(item: OrderItem) -> Ask:
    of_item = amounts.of_item(item)
    left = amounts.rest(of_item)
    return Ask(item.pk, left.price, left.tax, left.shipping, left.shipping_tax, of_item.units_left)


def _part(item: OrderItem, percent: int) -> Ask:
    return Ask(item.pk, item.price * percent // 100)


def take_back(stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    """The seller thought better of it, in time."""
    refund = order.refunds.latest("pk")
    refunds.take_back(refund, actor=_handler(stage, shop), now=now)


def ask_return(reason: ReturnReason, note: str) -> Act:
    """The buyer wants to send the first item back, in these words."""
    return partial(_ask_return, reason, note)


def _ask_return(
    reason: ReturnReason, note: str, stage: Stage, shop: Shop, order: Order, now: datetime
) -> None:
    free = {pk: units for pk, units in returns.returnable(order).items() if units > 0}
    first = dict(list(free.items())[:1])
    returns.ask(order, first, key=_key(stage), reason=reason, note=note, actor=BUYER, now=now)


def authorise_return(stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    """The buyer may send the goods."""
    returns.authorise(order.returns.latest("pk"), actor=_handler(stage, shop), now=now)


def receive_return(condition: Condition, *, restock: bool) -> Act:
    """The goods came back, as good as that."""
    return partial(_receive_return, condition, restock)


def _receive_return(
    condition: Condition, restock: bool, stage: Stage, shop: Shop, order: Order, now: datetime
) -> None:
    opened = order.returns.latest("pk")
    came = {
        line.item_id: Received(line.units, condition, line.units if restock else 0)
        for line in opened.lines.all()
    }
    returns.receive(opened, came, actor=_handler(stage, shop), now=now)


def refund_return(stage: Stage, shop: Shop, order: Order, now: datetime) -> None:
    """What came back is paid back, and the refund names its return."""
    opened = order.returns.latest("pk")
    asks = _asks_of(opened.lines.select_related("item__refunds"))
    refund = refunds.request(
        order,
        asks,
        key=_key(stage),
        reason=RefundReason.CUSTOMER_RETURN,
        memo="Thank you for sending it back.",
        return_=opened,
        actor=_handler(stage, shop),
        now=now,
    )
    stage.diary.job_at(refund.due_at, stage.send_refunds)


def _asks_of(lines: Iterable[ReturnLine]) -> list[Ask]:
    asks = []
    for line in lines:
        split = amounts.of_units(amounts.of_item(line.item), line.units)
        asks.append(Ask(line.item_id, split.price, split.tax, split.shipping, split.shipping_tax, line.units))
    return asks


def _handler(stage: Stage, shop: Shop) -> Actor:
    return shop.someone(Right.REFUND, stage.rng)


def _key(stage: Stage) -> uuid.UUID:
    return uuid.UUID(int=stage.rng.getrandbits(128), version=4)
