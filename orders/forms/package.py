"""How a package travels (O14). The operation checks again: what a form refuses early is a courtesy."""

import re
from dataclasses import fields
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import card_numbers
from orders import carriers, tracking
from orders.carriers import CARRIERS, OTHER
from orders.models import Order
from orders.packages import Parcel

COMMON = {
    "US": ("UPS", "USPS", "FedEx", "DHL"),
    "CA": ("Canada Post", "UPS", "FedEx", "DHL"),
    "GB": ("Royal Mail", "DPD", "Parcelforce", "Yodel", "UPS", "DHL"),
    "DE": ("DHL", "DPD", "GLS", "Hermes Logistik Gruppe", "Deutsche Post", "UPS"),
    "FR": ("La Poste", "Chronopost", "DPD", "UPS", "DHL"),
    "IT": ("Poste Italiane", "SDA", "GLS", "DHL", "UPS"),
    "JP": ("YAMATO", "SAGAWA", "JP_EXPRESS", "NipponExpress"),
    "CN": ("SF Express", "China Post", "Yun Express", "Yanwen", "4PX"),
    "AU": ("Australia Post-ArticleId", "Sendle", "Couriers Please", "TNT"),
    "IN": ("BlueDart", "Delhivery", "DTDC", "India Post"),
    "SG": ("Singapore Post", "Ninjavan", "Qxpress", "DHL"),
}
ANYWHERE = ("DHL", "FedEx", "UPS")

Choices = list[tuple[Any, Any]]


def carrier_choices(country: str) -> Choices:
    """Those that sellers of this country use most, then all the others, Other at the end."""
    common = COMMON.get(country, ANYWHERE)
    rest = [name for name in CARRIERS if name not in common and name != OTHER]
    return [
        ("", _("Choose the carrier")),
        (_("Common here"), [(name, name) for name in common]),
        (_("All carriers"), [*((name, name) for name in rest), (OTHER, _("Other, named below"))]),
    ]


class OneLineField(forms.CharField):
    """A short text as people paste it: line ends, and marks that turn its direction, are left out."""

    NOT_SEEN = re.compile(r"[\x01-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")

    def to_python(self, value: object) -> str:
        return super().to_python(self.NOT_SEEN.sub(" ", str(value or ""))) or ""


class ParcelForm(forms.Form):
    """Its fields are named as the Parcel names them."""

    ship_date = forms.DateField(
        label=_("Ship date"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    carrier = forms.ChoiceField(label=_("Carrier"))
    carrier_name = OneLineField(
        label=_("Carrier's name"), max_length=50, required=False, validators=[card_numbers.refuse]
    )
    tracking_number = OneLineField(
        label=_("Tracking number"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    service = OneLineField(
        label=_("Shipping service"), max_length=60, required=False, validators=[card_numbers.refuse]
    )

    def __init__(self, *args: Any, order: Order, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.earliest, self.latest = order.placed_on, today
        self.fields["ship_date"].widget.attrs |= {"min": f"{self.earliest}", "max": f"{self.latest}"}
        choices = carrier_choices(order.seller.marketplace.country)
        self.fields["carrier"] = forms.ChoiceField(label=_("Carrier"), choices=choices)

    def clean_ship_date(self) -> date:
        day: date = self.cleaned_data["ship_date"]
        if day > self.latest:
            raise forms.ValidationError(_("The ship date cannot lie in the future."))
        if day < self.earliest:
            raise forms.ValidationError(_("The ship date cannot lie before the purchase."))
        return day

    def clean(self) -> dict[str, Any]:
        """A name goes with Other, and with nothing else; the name of a carrier that we know is that carrier."""
        cleaned = super().clean() or self.cleaned_data
        carrier, name = carriers.resolve(cleaned.get("carrier", ""), cleaned.get("carrier_name", ""))
        cleaned |= {"carrier": carrier, "carrier_name": name if carrier == OTHER else ""}
        if carrier == OTHER and not name and "carrier_name" not in self.errors:
            self.add_error("carrier_name", _("Give the name of the carrier."))
        self.check_number(cleaned)
        return cleaned

    def check_number(self, cleaned: dict[str, Any]) -> None:
        """Add the error of a tracking number that no package can have; a stored one is no news."""
        verdict = tracking.judge(cleaned.get("carrier", ""), cleaned.get("tracking_number", ""))
        if verdict.is_refused and "tracking_number" in self.changed_data:
            self.add_error("tracking_number", verdict.sentence)

    def parcel(self) -> Parcel:
        """What was typed, once it is valid."""
        return Parcel(**{field.name: self.cleaned_data[field.name] for field in fields(Parcel)})
