"""Listings as rows of a list: every cell a ready text, so that fifty of them cost the template nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from babel.numbers import get_currency_symbol
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import counting
from accounts.locales import babel_locale
from accounts.models import Membership, Right
from accounts.money import Money
from inventory.models import Fulfilment, Listing, Status

ADDRESSES = {"listing": "inventory:listing", "figures": "inventory:figures", "holders": "refunds:holders"}
ANY_PK = 10**12
SHIPPED_BY = {Fulfilment.MFN: "MFN", Fulfilment.AFN: "AFN"}


@dataclass(frozen=True, slots=True)
class Row:
    """One listing as the list shows it."""

    pk: str
    version: str
    url: str
    figures_url: str
    holders_url: str
    title: str
    sku: str
    asin: str
    badges: tuple[tuple[str, str], ...]
    mark: str
    on_hand: str
    plain_on_hand: str
    reserved: str
    available: str
    price: str
    plain_price: str
    currency: str
    handling: str
    fulfilment: str
    fulfilment_words: str
    is_dim: bool
    is_editable: bool
    is_counted: bool
    note: str = ""
    tone: str = ""


class Rows:
    """Makes rows for one member: in their language, with what they may do."""

    def __init__(self, membership: Membership) -> None:
        self.may_edit = membership.may(Right.SHIP)
        self.labels = {status: str(label) for status, label in Status.choices}
        self.address = {name: reverse(view, args=[ANY_PK]) for name, view in ADDRESSES.items()}

    def of(self, listings: Iterable[Listing]) -> list[Row]:
        """The rows of these listings."""
        return [self.row(listing) for listing in listings]

    def row(self, listing: Listing, note: str = "", tone: str = "") -> Row:
        """One listing, with what is to be said about the last thing that was done to it."""
        address = {name: url.replace(str(ANY_PK), str(listing.pk)) for name, url in self.address.items()}
        days = listing.handling_days
        return Row(
            pk=str(listing.pk),
            version=str(listing.version),
            url=address["listing"],
            figures_url=address["figures"],
            holders_url=address["holders"],
            title=listing.title,
            sku=listing.sku,
            asin=listing.asin,
            badges=tuple((status.value, self.labels[status]) for status in listing.statuses),
            mark=self._mark(listing),
            on_hand=counting.written(listing.on_hand),
            plain_on_hand=str(listing.on_hand),
            reserved=counting.written(listing.reserved),
            available=counting.written(listing.available),
            price=str(Money(listing.price, listing.currency)),
            plain_price=Money(listing.price, listing.currency).plain,
            currency=get_currency_symbol(listing.currency, locale=babel_locale()),
            handling=ngettext("%(n)d day to ship", "%(n)d days to ship", days) % {"n": days},
            fulfilment=SHIPPED_BY[Fulfilment(listing.fulfilment)],
            fulfilment_words=str(Fulfilment(listing.fulfilment).label),
            is_dim=not listing.is_active,
            is_editable=self.may_edit,
            is_counted=self.may_edit and listing.fulfilment == Fulfilment.MFN,
            note=note,
            tone=tone,
        )

    def _mark(self, listing: Listing) -> str:
        """From where on it counts as low, where it does."""
        if Status.LOW not in listing.statuses:
            return ""
        return _("Low from %(n)s") % {"n": counting.written(listing.low_stock_at)}
