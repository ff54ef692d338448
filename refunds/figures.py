"""The amounts of items as texts: charged, refunded, left; and what is about to be refunded (R2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.money import Money
from orders.charges import COMPONENTS
from orders.models import OrderItem
from refunds.amounts import ItemAmounts, Split
from refunds.asks import LABELS

Lines = Sequence[tuple[OrderItem, Split, int]]


@dataclass(frozen=True)
class Part:
    """One component, or their sum."""

    label: str
    charged: str
    refunded: str
    left: str
    is_refunded: bool
    is_left: bool
    is_sum: bool = False


@dataclass(frozen=True)
class Line:
    """What goes back for one item, or for all of them."""

    title: str
    sku: str
    units: int
    price: str
    tax: str
    shipping: str
    shipping_tax: str
    total: str


def parts(found: ItemAmounts, currency: str) -> list[Part]:
    """The four components and their sum."""

    def part(label: str, name: str, *, is_sum: bool = False) -> Part:
        charged, refunded, left = (
            getattr(split, name) for split in (found.charged, found.refunded, found.left)
        )
        return Part(
            label=label,
            charged=str(Money(charged, currency)),
            refunded=str(Money(refunded, currency)),
            left=str(Money(left, currency)),
            is_refunded=refunded > 0,
            is_left=left > 0,
            is_sum=is_sum,
        )

    return [*[part(str(LABELS[name]), name) for name in COMPONENTS], part(_("Total"), "total", is_sum=True)]


def whole(items: Sequence[ItemAmounts]) -> ItemAmounts:
    """All items together."""
    return ItemAmounts(
        sum((each.charged for each in items), Split()),
        sum((each.refunded for each in items), Split()),
        sum(each.units_charged for each in items),
        sum(each.units_refunded for each in items),
        units_open=sum(each.units_open for each in items),
    )


def lines(refunded: Lines, currency: str) -> list[Line]:
    """Each item of a refund."""
    return [_line(item.title, item.sku, split, units, currency) for item, split, units in refunded]


def total(refunded: Lines, currency: str) -> Line:
    """The refund as a whole."""
    split = sum((split for _item, split, _units in refunded), Split())
    return _line("", "", split, sum(units for _item, _split, units in refunded), currency)


def _line(title: str, sku: str, split: Split, units: int, currency: str) -> Line:
    texts = {name: str(Money(getattr(split, name), currency)) for name in COMPONENTS}
    return Line(title, sku, units, **texts, total=str(Money(split.total, currency)))
