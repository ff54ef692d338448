"""The seller's private note on an order."""

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.forms.buyer import NoteField
from orders.models.note import LONGEST_NOTE


class NoteForm(forms.Form):
    """What only the seller's people read; empty takes the note away."""

    text = NoteField(
        label=_("Private note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only your team reads it: it is on no page, mail or slip for the buyer."),
    )
