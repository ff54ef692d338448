"""The search for a missing order, and a support case about it (O22)."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from messaging import plain
from messaging.forms.desk import TurnForm
from messaging.forms.write import TextField
from messaging.models import SupportCase
from messaging.states import CaseState

ANSWERED = CaseState.ANSWERED.value
NO_NUMBER = _("Give a number to look for.")


class CasesForm(TurnForm):
    """Reads the address of the list of cases: all of them, or those that the marketplace has answered."""

    state = forms.ChoiceField(choices=[("", ""), (ANSWERED, ANSWERED)], required=False)

    def cases(self, seller: Seller) -> QuerySet[SupportCase]:
        """The cases of the list."""
        self.full_clean()
        state = self.cleaned_data.get("state")
        return seller.cases.filter(state=state) if state else seller.cases.all()

    def address(self) -> str:
        """The address of the list, to which its pages add where they begin."""
        state = self.cleaned_data.get("state")
        return f"{reverse('messaging:cases')}?" + (f"state={state}&" if state else "")


class MissingForm(forms.Form):
    """What the person knows of the order."""

    q = forms.CharField(
        label=_("Number"),
        max_length=64,
        help_text=_(
            "The order number or its beginning, the sales channel's own number, or a tracking number."
        ),
        error_messages={"required": NO_NUMBER},
    )
    day = forms.DateField(
        label=_("Bought on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "control-date"}),
        error_messages={"invalid": _("That is no date.")},
    )

    def clean_q(self) -> str:
        """One plain line; joiners alone are nothing to look for."""
        number = plain.one_line(self.cleaned_data["q"])
        if not plain.fold(number).text.strip():
            raise forms.ValidationError(NO_NUMBER)
        return number


class ReplyForm(forms.Form):
    """A message to the marketplace."""

    key = forms.UUIDField(label=_("Form"), widget=forms.HiddenInput)
    text = TextField(label=_("Message"), help_text=_("At most 2,000 characters of plain text."))


class CaseForm(ReplyForm):
    """A case about an order number."""

    order_number = forms.CharField(
        label=_("Order number"),
        max_length=SupportCase._meta.get_field("order_number").max_length,
        error_messages={"required": _("Which order is it about?")},
    )
    text = TextField(
        label=_("What do you know of it?"),
        help_text=_(
            "When and where it was bought, who told you of it. At most 2,000 characters of plain text."
        ),
    )

    field_order = ("key", "order_number", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["order_number"].widget.attrs |= {"autocomplete": "off"}

    def clean_order_number(self) -> str:
        number = plain.one_line(self.cleaned_data["order_number"])
        if not number:
            raise forms.ValidationError(_("Which order is it about?"))
        return number
