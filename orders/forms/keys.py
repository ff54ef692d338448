"""The key that a page is made with: its form sent twice does once what it asks for."""

import uuid
from typing import Any

from django import forms


class KeyForm(forms.Form):
    """The key that was made when the page was."""

    key = forms.UUIDField(widget=forms.HiddenInput)


def key_of(data: Any) -> uuid.UUID | None:
    """The key that came with a form; None if it was tampered with."""
    form = KeyForm(data)
    return form.cleaned_data["key"] if form.is_valid() else None
