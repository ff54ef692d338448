"""What is asked for each item, checked against what is left of it: the sentences of R3."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.money import MAX_DIGITS, Money
from orders import charges
from orders.models import Order, OrderItem
from refunds import amounts
from refunds.books import Parts
from refunds.refusals import AmountRefused

LABELS = {
    "price": gettext_lazy("Price"),
    "tax": gettext_lazy("Tax"),
    "shipping": gettext_lazy("Shipping"),
    "shipping_tax": gettext_lazy("Shipping tax"),
}


@dataclass(frozen=True)
class Ask:
    """So much of one item, in minor units; a tax that is not given follows its price, and so for the shipping.

    `units` counts the whole units that are paid back with it, none for a part of the price.
    """

    item_pk: int
    price: int = 0
    tax: int | None = None
    shipping: int = 0
    shipping_tax: int | None = None
    units: int = 0


def parts(
    order: Order, asks: Sequence[Ask], *, is_less_shipping: bool, unsupplied: Mapping[int, int]
) -> dict[int, Parts]:
    """{item pk: amounts and units} of what is asked. Raises AmountRefused, with the item's name and what is left.

    `unsupplied` {item pk: units} are given up with it; the other units must have shipped. The caller holds the order.
    """
    items = {item.pk: item for item in order.items.select_related("refunds")}
    _check_items(items, asks, unsupplied)
    found = {}
    for ask in asks:
        item = items[ask.item_pk]
        _check_numbers(item, ask)
        of_item = amounts.of_item(item)
        split = amounts.of_price(of_item, ask.price, ask.shipping, tax=ask.tax, shipping_tax=ask.shipping_tax)
        if not split.total:
            raise AmountRefused(_nothing(item, of_item), item.pk)
        if is_less_shipping and (split.shipping or split.shipping_tax):
            sentence = _("%(sku)s: a refund less the shipping cost gives no shipping back.")
            raise AmountRefused(sentence % {"sku": item.sku}, item.pk, "shipping")
        _check_item_left(item, of_item, split, ask.units, order.currency)
        _check_movable(order, item, split)
        _check_have_shipped(item, of_item, ask.units - unsupplied.get(item.pk, 0))
        found[item.pk] = (split, ask.units)
    return found


def _nothing(item: OrderItem, of_item: amounts.ItemAmounts) -> str:
    """Say why there is nothing to refund of an item."""
    if of_item.charged.total:
        return _("%(sku)s: nothing is to be refunded.") % {"sku": item.sku}
    words = {"sku": item.sku}
    if not item.units_open:
        return _("%(sku)s was free, so there is nothing to refund for it.") % words
    sentence = _(
        "%(sku)s was free, so there is nothing to refund for it. If you can't ship it, set On hand of its listing "
        "to what you have; “See the orders” there then lets you give the unit up."
    )
    return sentence % words


def check_left(order: Order, wanted: Mapping[int, Parts]) -> None:
    """Raise AmountRefused unless so much is left of each item; the caller holds the order."""
    for item in order.items.select_related("refunds").filter(pk__in=wanted):
        split, units = wanted[item.pk]
        _check_item_left(item, amounts.of_item(item), split, units, order.currency)
        _check_have_shipped(item, amounts.of_item(item), units)


def given_up(order: Order, asks: Sequence[Ask], *, is_returned: bool) -> dict[int, int]:
    """Return {item pk: units} that won't ship once these are refunded, by the order as it is now (R6).

    What makes no sense in them is left to `parts`, which refuses it.
    """
    items = amounts.of_order(order)
    units = {
        ask.item_pk: items[ask.item_pk].given_up(ask.units, is_returned=is_returned)
        for ask in asks
        if ask.item_pk in items and isinstance(ask.units, int)
    }
    return {pk: count for pk, count in units.items() if count}


def _check_movable(order: Order, item: OrderItem, split: amounts.Split) -> None:
    """Raise AmountRefused for an amount that the payment provider can't give back (P3)."""
    for part in charges.COMPONENTS:
        if why := charges.why_not_movable(order, getattr(split, part)):
            words = {"sku": item.sku, "part": LABELS[part], "why": why}
            raise AmountRefused(_("%(sku)s, %(part)s: %(why)s") % words, item.pk, part)


def _check_items(items: Mapping[int, OrderItem], asks: Sequence[Ask], unsupplied: Mapping[int, int]) -> None:
    asked = [ask.item_pk for ask in asks]
    if not asked:
        raise AmountRefused(_("Choose what to refund."))
    if set(asked) - set(items) or len(asked) != len(set(asked)):
        raise AmountRefused(_("Choose items of this order, each once."))
    if set(unsupplied) - set(asked):
        raise AmountRefused(_("Units that cannot be supplied are refunded with what they cost."))


def _check_numbers(item: OrderItem, ask: Ask) -> None:
    """Whole numbers of minor units, none of them negative."""
    for part in (*charges.COMPONENTS, "units"):
        value = getattr(ask, part)
        if value is None and part in ("tax", "shipping_tax"):
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value >= 10**MAX_DIGITS:
            words = {"sku": item.sku}
            raise AmountRefused(_("%(sku)s: that is not an amount.") % words, item.pk, part)
        if value < 0:
            words = {"sku": item.sku}
            raise AmountRefused(_("%(sku)s: an amount to refund cannot be negative.") % words, item.pk, part)


def _check_item_left(
    item: OrderItem, of_item: amounts.ItemAmounts, split: amounts.Split, units: int, currency: str
) -> None:
    for part in charges.COMPONENTS:
        asked, left = getattr(split, part), getattr(of_item.left, part)
        if asked > left:
            words = {"sku": item.sku, "part": LABELS[part]}
            words |= {"asked": _shown(asked, currency), "left": _shown(left, currency)}
            sentence = _("%(sku)s, %(part)s: %(asked)s cannot be refunded, %(left)s is left.")
            raise AmountRefused(sentence % words, item.pk, part)
    if units > of_item.units_left:
        counts = {"sku": item.sku, "count": units, "left": of_item.units_left}
        sentence = _("%(sku)s: %(count)d units cannot be refunded, %(left)d are left.")
        raise AmountRefused(sentence % counts, item.pk, "units")


def _check_have_shipped(item: OrderItem, of_item: amounts.ItemAmounts, units: int) -> None:
    """Refuse whole units that would be refunded and still ship: the buyer would keep them and the money (I4)."""
    if units > of_item.shipped_units_left:
        words = {"sku": item.sku, "count": units, "left": of_item.shipped_units_left}
        sentence = _("%(sku)s: %(count)d units that have shipped cannot be refunded, %(left)d are left.")
        raise AmountRefused(sentence % words, item.pk, "units")


def _shown(minor: int, currency: str) -> str:
    return str(Money(minor, currency))
