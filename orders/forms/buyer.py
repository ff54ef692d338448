"""What a buyer writes on their own order page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import card_numbers
from orders.models import CancelRequest


class NoteField(forms.CharField):
    """A text without card numbers, whose line ends count as one character each, as the browser counted them."""

    default_validators = [card_numbers.refuse]

    def to_python(self, value: object) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


class AskForm(forms.Form):
    """Asks the seller to cancel (O10)."""

    note = NoteField(
        label=_("Why would you like to cancel?"),
        help_text=_("At most 500 characters."),
        max_length=CancelRequest._meta.get_field("note").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
