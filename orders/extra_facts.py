"""What an order says beyond goods and ship-to, in words for the order page and the packing slip."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.money import Money
from orders.models import Order, OrderItem
from orders.payment_words import Fact


@dataclass(frozen=True)
class ItemExtras:
    """The gift and the customization of one line; `prices` say what of its amounts was wrap or discount."""

    gift_wrap: str
    message: str
    customization_url: str
    prices: list[str]


def of_order(order: Order) -> list[Fact]:
    """Return the facts that the order has, each with its name."""
    facts = [
        (_("Kind of order"), _kinds(order)),
        (_("Company"), order.buyer_company),
        (_("Purchase order number"), order.purchase_order_number),
        (_("Replaces order"), order.original_order),
        (_("Delivery instructions"), order.delivery_instructions),
        (_("Tax collection model"), order.tax_collection_model),
        (_("Tax collected by"), order.tax_collection_party),
        (_("IOSS number"), order.ioss_number),
    ]
    return [Fact(label, value) for label, value in facts if value]


def for_packing(order: Order) -> list[Fact]:
    """Return the facts that the packing slip prints; the seller's taxes are none of them."""
    facts = [
        (_("Company"), order.buyer_company),
        (_("Purchase order number"), order.purchase_order_number),
        (_("Delivery instructions"), order.delivery_instructions),
    ]
    return [Fact(label, value) for label, value in facts if value]


def of_item(order: Order, item: OrderItem) -> ItemExtras:
    """Return the extras of one line; amounts are as the buyer ordered them."""
    return ItemExtras(
        gift_wrap=item.gift_wrap_type or (_("Yes") if item.is_gift and item.gift_wrap_price else ""),
        message=item.gift_message,
        customization_url=item.customization_url,
        prices=_prices(order, item),
    )


def _kinds(order: Order) -> str:
    kinds = [
        (order.is_business, _("Business")),
        (order.is_prime, _("Prime")),
        (order.is_replacement, _("Replacement")),
        (order.is_signature_recommended, _("Signature on delivery recommended")),
    ]
    return ", ".join(word for is_so, word in kinds if is_so)


def _prices(order: Order, item: OrderItem) -> list[str]:
    """Say what of the line's amounts was gift wrap, and what was taken off them."""
    sentences = [
        (item.gift_wrap_price, _("The price includes %(amount)s for gift wrap.")),
        (item.item_discount, _("A discount of %(amount)s was taken off the price.")),
        (item.shipping_discount, _("A discount of %(amount)s was taken off the shipping.")),
    ]
    return [sentence % {"amount": Money(minor, order.currency)} for minor, sentence in sentences if minor]
