"""What an order may say beyond goods, buyer and ship-to: gifts, business orders, taxes, wishes for the delivery."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

FLAGS = ("is_business", "is_prime", "is_replacement", "is_signature_recommended")
TEXTS = (
    "buyer_company",
    "purchase_order_number",
    "original_order",
    "ioss_number",
    "tax_collection_model",
    "tax_collection_party",
    "delivery_instructions",
)
ITEM_TEXTS = ("gift_wrap_type", "gift_message", "customization_url", "price_designation")


@dataclass(frozen=True, kw_only=True)
class OrderExtras:
    """Said of a whole order, all of it optional."""

    is_business: bool = False
    is_prime: bool = False
    is_replacement: bool = False
    is_signature_recommended: bool = False
    buyer_company: str = ""
    purchase_order_number: str = ""
    original_order: str = ""
    ioss_number: str = ""
    tax_collection_model: str = ""
    tax_collection_party: str = ""
    delivery_instructions: str = ""

    def extra_fields(self) -> dict[str, str | bool]:
        """Return the extras by their columns of the order."""
        return {name: getattr(self, name) for name in (*FLAGS, *TEXTS)}


@dataclass(frozen=True, kw_only=True)
class ItemExtras:
    """Said of one line, all of it optional.

    The gift wrap's amounts are included in the line's price and tax; the discounts are what was taken off price and
    shipping before.
    """

    gift_wrap_price: int = 0
    gift_wrap_tax: int = 0
    item_discount: int = 0
    shipping_discount: int = 0
    gift_wrap_type: str = ""
    gift_message: str = ""
    customization_url: str = ""
    price_designation: str = ""

    def extra_fields(self) -> dict[str, str | int]:
        """Return the extras by their columns of the item."""
        amounts = ("gift_wrap_price", "gift_wrap_tax", "item_discount", "shipping_discount")
        return {name: getattr(self, name) for name in (*amounts, *ITEM_TEXTS)}

    def wrong_links(self) -> Iterator[str]:
        """Say why the customization link is none that a browser may open."""
        if self.customization_url and not is_web_link(self.customization_url):
            yield _("the customization link must begin with https:// or http://.")


def is_web_link(text: str) -> bool:
    """Return whether the text is a link to a web page, and nothing that runs in a browser."""
    try:
        link = urlsplit(text)
    except ValueError:
        return False
    return link.scheme in ("http", "https") and bool(link.hostname) and " " not in text
