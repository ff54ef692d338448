"""What can be refunded of each item, and what a part of it comes to, to the minor unit (R2, R3, R5).

Each amount is the difference of two proportional shares, that of all refunded then and that of all refunded before,
capped by what is left: so parts add up to the whole, and what was withheld on an earlier part stays withheld.
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
    """What was charged for an item, and what of it is refunded: done, or on its way.

    No unit that is still to be shipped was refunded as a whole unit: such a refund gives it up.
    """

    charged: Split
    refunded: Split
    units_charged: int
    units_refunded: int
    step: int = 1
    """The smallest amount that the payment provider moves, in minor units (P3)."""
    units_open: int = 0

    @property
    def left(self) -> Split:
        """What can still be refunded (R3)."""
        return self.charged - self.refunded

    @property
    def units_left(self) -> int:
        """Units that no refund has paid back as whole units yet."""
        return self.units_charged - self.units_refunded

    @property
    def shipped_units_left(self) -> int:
        """Those of them that are not still to be shipped: a refund of these gives up none."""
        return max(self.units_left - self.units_open, 0)

    def given_up(self, units: int, *, is_returned: bool = False) -> int:
        """Return how many of these whole units won't ship once they are refunded.

        Those that have not shipped come first; goods that came back have shipped, so there they come last.
        """
        not_shipped = units - self.shipped_units_left if is_returned else units
        return min(max(not_shipped, 0), self.units_open)


def of_order(order: Order) -> dict[int, ItemAmounts]:
    """{item pk: its amounts}, of an order that was charged; two queries."""
    items = order.items.select_related("refunds")
    return {item.pk: of_item(item) for item in items}


def of_item(item: OrderItem) -> ItemAmounts:
    """One item's amounts; without a row of its own nothing of it was refunded."""
    kept: ItemRefunds | None = getattr(item, "refunds", None)
    charged = Split(*[charges.kept(item, part) for part in charges.COMPONENTS])
    facts = {"step": charges.step(item.order), "units_open": item.units_open}
    if kept is None:
        return ItemAmounts(charged, Split(), item.units_kept, 0, **facts)
    refunded = Split(*[getattr(kept, f"refunded_{part}") for part in charges.COMPONENTS])
    return ItemAmounts(charged, refunded, item.units_kept, kept.units_refunded, **facts)


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
    """Return so much of the price and of the shipping, each with its tax: its share of it, or as much as is given.

    Doesn't check price and shipping against what is left: `refunds.request` does, under the lock.
    """
    if tax is None:
        tax = _tax_on(item, price, "price", "tax")
    if shipping_tax is None:
        shipping_tax = _tax_on(item, shipping, "shipping", "shipping_tax")
    return Split(price, tax, shipping, shipping_tax)


def of_units(item: ItemAmounts, units: int, *, with_shipping: bool = True) -> Split:
    """Return what whole units cost: the share of all units refunded then, less the share of those before.

    So unit after unit comes to what all of them cost at once, and what was withheld on an earlier one stays
    withheld. Never more than is left.
    """
    before, charged = item.units_refunded, item.units_charged
    after = min(before + units, charged)
    if after == before:
        return Split()
    split = Split(
        *[_between(item, part, before=before, after=after, of=charged) for part in charges.COMPONENTS]
    )
    return split if with_shipping else Split(split.price, split.tax)


def rest(item: ItemAmounts, *, is_less_shipping: bool = False) -> Split:
    """All that is left of the item; less the shipping and its tax for a parcel that came back (R5)."""
    if is_less_shipping:
        return Split(price=item.left.price, tax=item.left.tax)
    return item.left


def _tax_on(item: ItemAmounts, base: int, of: str, tax: str) -> int:
    """Return the tax on so much more of its base, as far as it is left."""
    charged, before = getattr(item.charged, of), getattr(item.refunded, of)
    if base <= 0 or charged <= 0:
        return 0
    return _between(item, tax, before=before, after=min(before + base, charged), of=charged)


def _between(item: ItemAmounts, component: str, *, before: int, after: int, of: int) -> int:
    """Return the difference of a component's two proportional shares, capped by what is left of it (R3)."""
    charged: int = getattr(item.charged, component)
    left: int = getattr(item.left, component)
    return min(share(charged, after, of, item.step) - share(charged, before, of, item.step), left)
