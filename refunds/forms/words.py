"""The words that go with a refund: why, to the buyer, and for the own team alone (R2)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.forms.buyer import NoteField
from orders.forms.memo import MemoField
from orders.models.memo import LONGEST
from refunds.models import Return
from refunds.states import RefundReason


class WordsForm(forms.Form):
    """All of a refund but its amounts. The memo reaches the buyer, the note never does."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *RefundReason.choices],
        error_messages={"required": _("Choose a reason.")},
    )
    rma = forms.ChoiceField(
        label=_("Return that it belongs to"),
        required=False,
        error_messages={"invalid_choice": _("That return is not open any more.")},
    )
    is_less_shipping = forms.BooleanField(
        label=_("Less the shipping cost"),
        required=False,
        help_text=_("For a parcel that came back undelivered or refused: no shipping is given back."),
    )
    memo = MemoField(help_text=_("The buyer reads it in the mail and on their order page."))
    note = NoteField(
        label=_("Private note"),
        required=False,
        max_length=LONGEST,
        help_text=_("For your team. The buyer never sees it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, returns: Sequence[Return], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.returns = {found.rma: found for found in returns}
        choices = [("", _("None")), *[(rma, rma) for rma in self.returns]]
        self.fields["rma"] = forms.ChoiceField(
            label=self.base_fields["rma"].label,
            required=False,
            choices=choices,
            error_messages=self.base_fields["rma"].error_messages,
        )

    def clean_reason(self) -> RefundReason:
        return RefundReason(self.cleaned_data["reason"])

    def words(self) -> dict[str, Any]:
        """What `refunds.request` takes beside the amounts, once the form is valid."""
        told = {name: self.cleaned_data[name] for name in ("reason", "memo", "note", "is_less_shipping")}
        return told | {"return_": self.returns.get(self.cleaned_data["rma"])}
