"""What a page showed, as its form brings it back."""

from typing import Any

from django import forms

from orders.changes import NOTHING_SEEN

LARGEST_PK = 2**63 - 1


class SeenForm(forms.Form):
    """The order's last event when the page was made."""

    seen_event = forms.IntegerField(
        required=False, min_value=1, max_value=LARGEST_PK, widget=forms.HiddenInput
    )


def event_of(data: Any) -> int | None:
    """The event that came with a form: None where it names none, NOTHING_SEEN where that makes no sense."""
    form = SeenForm(data)
    return form.cleaned_data["seen_event"] if form.is_valid() else NOTHING_SEEN
