"""What the seller writes to the buyer with a change of their order."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.forms.buyer import NoteField
from orders.models.memo import LONGEST


class MemoField(NoteField):
    """Words to the buyer, optional unless said otherwise; it says who reads them (R2)."""

    def __init__(self, **kwargs: Any) -> None:
        words = {
            "label": _("Memo to the buyer"),
            "help_text": _("The buyer reads it on their order page and in the mail."),
            "widget": forms.Textarea(attrs={"rows": 3}),
        }
        super().__init__(**{"required": False, "max_length": LONGEST, **words, **kwargs})
