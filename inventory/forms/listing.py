"""What is written about a listing: its figures in a row, all of it on its page, a new one, a stock count."""

from dataclasses import fields
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts import card_numbers
from accounts.form_fields import MoneyField
from accounts.models import Seller
from inventory.listings import MOST_UNITS, Draft, Edit
from inventory.models import Fulfilment, Listing

MOST_DAYS = 30
VERSIONS = 2**31 - 1
VISIBLE = RegexValidator(
    r"^[^\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*$",
    _("It holds signs that cannot be seen."),
)
NUMBER = {"inputmode": "numeric", "autocomplete": "off"}


def _units(**kwargs: Any) -> forms.IntegerField:
    widget = forms.TextInput(attrs=NUMBER)
    return forms.IntegerField(min_value=0, max_value=MOST_UNITS, widget=widget, **kwargs)


def _price(currency: str = "USD") -> MoneyField:
    return MoneyField(label=f"{_('Price')} ({currency})", currency=currency)


def _days() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Handling time, business days"),
        min_value=0,
        max_value=MOST_DAYS,
        widget=forms.TextInput(attrs=NUMBER),
        help_text=_("How long an order of it may take to leave; 0 is the day itself."),
    )


def _title() -> forms.CharField:
    return forms.CharField(label=_("Title"), max_length=500, validators=[VISIBLE])


def _mark() -> forms.IntegerField:
    help_text = _("The listing is marked when no more than this can still be sold.")
    return _units(label=_("Low stock from"), help_text=help_text)


class SeenForm(forms.Form):
    """A form that remembers the version it was made from, and what stood there (I2)."""

    version = forms.IntegerField(min_value=1, max_value=VERSIONS, widget=forms.HiddenInput)

    @property
    def seen(self) -> dict[str, str]:
        """What the page showed of each field, by its own account; only to be shown beside what is there now."""
        return {name: str(self.data.get(self.add_prefix(f"seen_{name}"), ""))[:500] for name in self.edited}

    @property
    def edited(self) -> list[str]:
        """The fields that change the listing."""
        return [name for name in self.fields if name not in ("version", "reason")]


class PricedForm(forms.Form):
    """A form with a price in the seller's currency."""

    def _price_in(self, currency: str) -> None:
        self.fields["price"] = _price(currency)

    def clean_price(self) -> int:
        price: int = self.cleaned_data["price"]
        if not price:
            raise forms.ValidationError(_("The price must be above zero."))
        return price


class FiguresForm(PricedForm, SeenForm):
    """On hand and price, as they stand in a row of the list, with the version that was seen (I2)."""

    on_hand = _units(label=_("On hand"))
    price = _price()  # its currency is the listing's

    def __init__(self, data: Any = None, *, listing: Listing, **kwargs: Any) -> None:
        self.listing = listing
        super().__init__(data, initial=self._values(listing), **kwargs)
        if listing.fulfilment == Fulfilment.AFN:
            del self.fields["on_hand"]
        self._price_in(listing.currency)

    def _values(self, listing: Listing) -> dict[str, Any]:
        return {name: getattr(listing, name) for name in self.base_fields}

    def edit(self) -> Edit:
        """What is asked for, of a valid form."""
        cleaned = self.cleaned_data
        values = {field.name: cleaned.get(field.name) for field in fields(Edit) if field.name in cleaned}
        return Edit(seen_version=cleaned["version"], **values)


class EditForm(FiguresForm):
    """All that a seller changes about a listing."""

    title = _title()
    handling_days = _days()
    low_stock_at = _mark()
    field_order = ["version", "title", "on_hand", "price", "handling_days", "low_stock_at"]


class AddForm(PricedForm):
    """A new listing."""

    sku = forms.CharField(
        label=_("SKU"),
        max_length=40,
        validators=[VISIBLE],
        help_text=_("Your own name for it; it cannot be changed later."),
    )
    title = _title()
    asin = forms.CharField(label=_("ASIN"), max_length=20, required=False)
    price = _price()
    fulfilment = forms.ChoiceField(
        label=_("Fulfilment"), choices=Fulfilment.choices, initial=Fulfilment.MFN, widget=forms.RadioSelect
    )
    on_hand = _units(
        label=_("On hand"),
        initial=0,
        help_text=_("What the marketplace stores is counted by the marketplace."),
    )
    handling_days = _days()
    low_stock_at = _mark()

    def __init__(self, data: Any = None, *, seller: Seller) -> None:
        super().__init__(data, initial={"handling_days": 1, "low_stock_at": 3})
        self._price_in(seller.marketplace.currency)

    def clean_asin(self) -> str:
        asin = self.cleaned_data["asin"].upper()
        if asin and not (len(asin) == 10 and asin.isascii() and asin.isalnum()):
            raise forms.ValidationError(_("An ASIN has 10 letters and digits."))
        return str(asin)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("fulfilment") == Fulfilment.AFN and cleaned.get("on_hand"):
            self.add_error(
                "on_hand", _("What the marketplace stores is counted by the marketplace: leave 0.")
            )
        return cleaned

    def draft(self) -> Draft:
        """The listing as it is to begin, of a valid form."""
        values = {field.name: self.cleaned_data[field.name] for field in fields(Draft)}
        return Draft(**{**values, "fulfilment": Fulfilment(values["fulfilment"])})


class CountForm(SeenForm):
    """What was counted, and why it is another figure."""

    on_hand = _units(
        label=_("Counted on hand"), help_text=_("All units that are there, with those that orders hold.")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        validators=[VISIBLE, card_numbers.refuse],
        help_text=_("Stands in the stock ledger: recounted, broken, lost, found, delivered."),
    )
