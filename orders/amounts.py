"""The amounts of an order as texts: what is kept of each line after units were canceled (O12)."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.money import Money
from orders import charges, extra_facts, standing
from orders.charges import COMPONENTS
from orders.extra_facts import ItemExtras
from orders.models import Order, OrderItem
from orders.states import OrderStatus


@dataclass(frozen=True)
class ItemLine:
    """One item with its line totals; `ordered` is what they came to before units were canceled, if any.

    The extras are there while the order is to be shipped, or was (O2, O13).
    """

    item: OrderItem
    price: str
    tax: str
    shipping: str
    shipping_tax: str
    total: str
    ordered: str
    extras: ItemExtras | None


@dataclass(frozen=True)
class Totals:
    """The sums of all lines."""

    price: str
    tax: str
    shipping: str
    shipping_tax: str
    total: str


def lines(order: Order, items: Sequence[OrderItem]) -> list[ItemLine]:
    """Each item with its amounts; those of a canceled order as they were ordered, for the record (O13)."""
    return [_line(order, item) for item in items]


def totals(order: Order, items: Sequence[OrderItem]) -> Totals:
    """The sums, each component by itself and all together."""
    sums = {name: sum(_amount(order, item, name) for item in items) for name in COMPONENTS}
    return Totals(**_texts(order, sums), total=str(Money(sum(sums.values()), order.currency)))


def _line(order: Order, item: OrderItem) -> ItemLine:
    amounts = {name: _amount(order, item, name) for name in COMPONENTS}
    total = sum(amounts.values())
    ordered = charges.ordered(item)
    return ItemLine(
        item=item,
        **_texts(order, amounts),
        total=str(Money(total, order.currency)),
        ordered="" if total == ordered else str(Money(ordered, order.currency)),
        extras=extra_facts.of_item(order, item) if standing.shows_ship_to(order) else None,
    )


def _amount(order: Order, item: OrderItem, component: str) -> int:
    if order.status == OrderStatus.CANCELED:
        amount: int = getattr(item, component)
        return amount
    return charges.kept(item, component)


def _texts(order: Order, amounts: dict[str, int]) -> dict[str, str]:
    return {name: str(Money(amount, order.currency)) for name, amount in amounts.items()}
