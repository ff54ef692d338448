"""Why a change of a listing was not made; each carries the sentence to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from inventory.history import Cause
    from inventory.models import Listing


class Refused(Exception):
    """The listing stays as it was. `str()` is the sentence for the person who asked."""


class StaleListing(Refused):
    """The listing has changed since the page was made from which this was asked (I2).

    Holds the version that was seen, the listing as it is now, and the latest change that explains the difference.
    """

    def __init__(self, seen_version: int, listing: Listing, cause: Cause | None) -> None:
        self.seen_version, self.listing, self.cause = seen_version, listing, cause
        words = {"sku": listing.sku}
        super().__init__(_("%(sku)s has changed since your page was made, so nothing was saved.") % words)


class BelowReserved(Refused):
    """An edit would leave fewer units than orders hold: only a stock count may say so (I2)."""

    def __init__(self, listing: Listing, on_hand: int) -> None:
        self.listing, self.on_hand = listing, on_hand
        words = {"sku": listing.sku, "reserved": listing.reserved, "on_hand": on_hand}
        super().__init__(
            _("%(sku)s: orders hold %(reserved)d units, so an edit cannot set on hand to %(on_hand)d.")
            % words
        )


class MarketplaceCounts(Refused):
    """What the marketplace stores is the marketplace's to count."""

    def __init__(self, listing: Listing) -> None:
        words = {"sku": listing.sku}
        super().__init__(_("%(sku)s is stored by the marketplace, which alone counts it.") % words)


class SkuTaken(Refused):
    """The seller has a listing of this SKU, perhaps a closed one."""

    def __init__(self, sku: str) -> None:
        super().__init__(_("You have a listing with the SKU %(sku)s already.") % {"sku": sku})


class NotPossible(Refused):
    """The listing does not allow this as it stands now."""
