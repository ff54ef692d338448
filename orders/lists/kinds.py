"""What a searched text can be taken for, and what it then leads to (O19)."""

from dataclasses import dataclass

from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy, ngettext

MOST_WORDS = 200
"""More products or names than these are too many to walk one by one: the list itself is walked instead."""
MOST_ORDERS = 5_000
LONGEST = 60


class Kind(models.TextChoices):
    """What the text was taken for; the label says so on the chip."""

    NUMBERS = "numbers", gettext_lazy("Pasted numbers")
    NUMBER = "number", gettext_lazy("Order number %(text)s")
    BEGINNING = "beginning", gettext_lazy("Order numbers that begin with %(text)s")
    PART = "part", gettext_lazy("Order numbers with %(text)s in them")
    REFERENCE = "reference", gettext_lazy("Channel's reference %(text)s")
    TRACKING = "tracking", gettext_lazy("Tracking number %(text)s")
    SKU = "sku", gettext_lazy("SKU %(text)s")
    ASIN = "asin", gettext_lazy("ASIN %(text)s")
    BUYER = "buyer", gettext_lazy("Buyer %(text)s")
    SKUS = "skus", gettext_lazy("SKUs that begin with %(text)s")
    ASINS = "asins", gettext_lazy("ASINs that begin with %(text)s")
    BUYERS = "buyers", gettext_lazy("Buyers with “%(text)s” in their name")
    SHORT_BUYERS = "short-buyers", gettext_lazy("Buyers whose name begins or ends with “%(text)s”")
    PRODUCTS = "products", gettext_lazy("Titles or SKUs with “%(text)s”")
    CODES = "codes", gettext_lazy("SKUs or ASINs %(text)s")
    TRACKINGS = "trackings", gettext_lazy("Tracking numbers that begin with %(text)s")


OF_PRODUCTS = frozenset((Kind.SKU, Kind.SKUS, Kind.ASIN, Kind.ASINS, Kind.CODES, Kind.PRODUCTS))
OF_BUYERS = frozenset((Kind.BUYER, Kind.BUYERS, Kind.SHORT_BUYERS))
OF_ORDERS = frozenset((Kind.NUMBERS, Kind.NUMBER, Kind.PART, Kind.REFERENCE, Kind.TRACKING, Kind.TRACKINGS))
WANTED = {
    "": frozenset(Kind),
    "order": frozenset((Kind.NUMBERS, Kind.NUMBER, Kind.BEGINNING, Kind.PART)),
    "reference": frozenset((Kind.REFERENCE,)),
    "tracking": frozenset((Kind.TRACKING, Kind.TRACKINGS)),
    "sku": frozenset((Kind.SKU, Kind.SKUS)),
    "asin": frozenset((Kind.ASIN, Kind.ASINS)),
    "buyer": OF_BUYERS,
    "title": frozenset((Kind.PRODUCTS,)),
}


@dataclass(frozen=True)
class Find:
    """What the text was taken for, with the keys of the orders, products or names that it leads to."""

    kind: str
    text: str
    keys: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    is_cut: bool = False

    @property
    def is_broad(self) -> bool:
        """More words than can be walked one by one: the orders themselves are asked."""
        return len(self.keys) > (MOST_ORDERS if self.kind in OF_ORDERS else MOST_WORDS)

    @property
    def label(self) -> str:
        """What was recognised, in words."""
        if self.kind == Kind.NUMBERS:
            return ngettext("%(n)d pasted number", "%(n)d pasted numbers", int(self.text)) % {
                "n": int(self.text)
            }
        return str(Kind(self.kind).label) % {"text": Truncator(self.text).chars(LONGEST)}
