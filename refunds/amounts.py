"""What can be refunded of each item, and what a part of it comes to, to the minor unit (R2, R3, R5).

Tax follows the price it was charged on, and shipping tax the shipping, in proportion to all that is refunded so
far: so parts add up to the whole, and the last one takes the remainder.
"""

from dataclasses import dataclass
from typing import Self

from accounts.money import share
from orders import charges
from orders.models import Order, OrderItem
from refunds.models import ItemRefunds


@dataclass(frozen=True)
class Split:
    """An amount by its components, in minor units."""

    price: int = 0
    tax: int = 0
    shipping: int = 0
    shipping_tax: int = 0

    @property
    def total(self) -> int:
        return self.price + self.tax + self.shipping + self.shipping_tax

    def __add__(self, other: Self) -> "Split":
        return Split(*[getattr(self, part) + getattr(other, part) for part in charges.COMPONENTS])

    def __sub__(self, other: Self) -> "Split":
        return Split(*[getattr(self, part) - getattr(other, part) for part in charges.COMPONENTS])


@dataclass(frozen=True)
class ItemAmounts:
    """What was charged for an item, and what of it is refunded: done, or on its way."""

    charged: Split
    refunded: Split
    units_charged: int
    units_refunded: int

    @property
    def left(self) -> Split:
        """What can still be refunded (R3)."""
        return self.charged - self.refunded

    @property
    def units_left(self) -> int:
        """Units that no refund has paid back as whole units yet."""
        return self.units_charged - self.units_refunded


def of_order(order: Order) -> dict[int, ItemAmounts]:
    """{item pk: its amounts}, of an order that was charged; two queries."""
    items = order.items.select_related("refunds")
    return {item.pk: of_item(item) for item in items}


def of_item(item: OrderItem) -> ItemAmounts:
    """One item's amounts; without a row of its own nothing of it was refunded."""
    kept: ItemRefunds | None = getattr(item, "refunds", None)
    charged = Split(*[charges.kept(item, part) for part in charges.COMPONENTS])
    if kept is None:
        return ItemAmounts(charged, Split(), item.units_kept, 0)
    refunded = Split(*[getattr(kept, f"refunded_{part}") for part in charges.COMPONENTS])
    return ItemAmounts(charged, refunded, item.units_kept, kept.units_refunded)


def left(order: Order) -> dict[int, Split]:
    """{item pk: what can still be refunded of it} (R3)."""
    return {pk: item.left for pk, item in of_order(order).items()}


def refunded(order: Order) -> int:
    """All that is refunded of the order, done or on its way: what a form carries as `seen`."""
    return sum(item.refunded.total for item in of_order(order).values())


def of_price(
    item: ItemAmounts,
    price: int,
    shipping: int = 0,
    *,
    tax: int | None = None,
    shipping_tax: int | None = None,
) -> Split:
    """So much of the price and of the shipping, each with its tax: in proportion, or as much as is given.

    Never checks what is left: `refunds.request` does, under the lock.
    """
    if tax is None:
        tax = _follows(price, item.charged.price, item.refunded.price, item.charged.tax, item.refunded.tax)
    if shipping_tax is None:
        charged, gone = item.charged, item.refunded
        shipping_tax = _follows(
            shipping, charged.shipping, gone.shipping, charged.shipping_tax, gone.shipping_tax
        )
    return Split(price, tax, shipping, shipping_tax)


def of_units(item: ItemAmounts, units: int, *, with_shipping: bool = True) -> Split:
    """What whole units cost; the last of them takes the remainder. Never more than is left."""
    after = min(item.units_refunded + units, item.units_charged)
    if after == item.units_charged:
        return rest(item, is_less_shipping=not with_shipping)

    def part(component: str) -> int:
        charged = getattr(item.charged, component)
        before = share(charged, item.units_refunded, item.units_charged)
        return min(share(charged, after, item.units_charged) - before, getattr(item.left, component))

    return of_price(item, part("price"), part("shipping") if with_shipping else 0)


def rest(item: ItemAmounts, *, is_less_shipping: bool = False) -> Split:
    """All that is left of the item; less the shipping and its tax for a parcel that came back (R5)."""
    if is_less_shipping:
        return Split(price=item.left.price, tax=item.left.tax)
    return item.left


def _follows(base: int, charged: int, refunded: int, tax: int, tax_refunded: int) -> int:
    """The tax on so much more of its base: the share of all that is refunded then, less what went before."""
    if base <= 0 or charged <= 0:
        return 0
    due = share(tax, min(refunded + base, charged), charged)
    return max(due - tax_refunded, 0)
