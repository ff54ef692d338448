"""Forms of what is done with many orders: the grid of shipments, the pasted sheet, the reason of canceling."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders import carriers
from orders.bulk import paste
from orders.carriers import CARRIERS, OTHER
from orders.forms.cancel import CancelForm
from orders.forms.keys import KeyForm
from orders.forms.package import OneLineField, ParcelForm
from orders.models import Order


class PasteForm(forms.Form):
    """Rows copied out of a spreadsheet."""

    pasted = forms.CharField(
        label=_("Rows from your spreadsheet"),
        required=False,
        max_length=paste.LONGEST,
        strip=False,
        help_text=_(
            "Copy the columns with the order number, the carrier and the tracking number, in any order, with or "
            "without their headings. Nothing is confirmed yet: you see every row first."
        ),
        widget=forms.Textarea(
            attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off", "class": "mono", "data-sheet": ""}
        ),
    )


class LineForm(ParcelForm):
    """One order's package in the grid. The carrier is typed; "Other: its name" where we do not know it."""

    carrier_name = None  # type: ignore[assignment]

    def __init__(self, *args: Any, order: Order, today: date, **kwargs: Any) -> None:
        super().__init__(*args, order=order, today=today, **kwargs)
        self.fields["carrier"] = OneLineField(label=_("Carrier"), max_length=60)

    def clean(self) -> dict[str, Any]:
        """The carrier as its code, and the name that goes with Other."""
        typed = self.cleaned_data.get("carrier", "")
        given, _colon, name = (part.strip() for part in typed.partition(":"))
        code, _name = carriers.resolve(given, name)
        is_named = bool(name) and carriers.recognized(given) != OTHER
        if typed and code != OTHER and (is_named or code not in CARRIERS):
            message = _("%(carrier)s is not a known carrier. Write “Other: %(carrier)s” if that is its name.")
            self.add_error("carrier", forms.ValidationError(message, params={"carrier": typed}))
        if code == OTHER and not 1 <= len(name) <= 50:
            self.add_error("carrier", _("Write the carrier's name after “Other:”, up to 50 characters."))
        cleaned = {**self.cleaned_data, "carrier": code, "carrier_name": name if code == OTHER else ""}
        self.check_number(cleaned)
        return cleaned


class CancelManyForm(CancelForm, KeyForm):
    """Why the picked orders are canceled."""
