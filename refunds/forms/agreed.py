"""What stood on the summary, sent back with the click that confirms it: exactly that is booked, or nothing."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from refunds.asks import Ask

WRITTEN = re.compile(r"([0-9]{1,18}):([0-9]{1,15}),([0-9]{1,15}),([0-9]{1,15}),([0-9]{1,15}),([0-9]{1,6})")


class OnceForm(forms.Form):
    """The key that was made when the form was, and how much was refunded when it was."""

    key = forms.UUIDField()
    seen = forms.RegexField(r"^[0-9]{1,18}\Z")

    def clean_seen(self) -> int:
        return int(self.cleaned_data["seen"])


class AgreedForm(OnceForm):
    """The same with the amounts that were agreed to, in minor units."""

    agreed = forms.CharField(max_length=20_000)

    def clean_agreed(self) -> list[Ask]:
        found = [WRITTEN.fullmatch(line) for line in self.cleaned_data["agreed"].split()]
        if not found or None in found:
            raise forms.ValidationError("not as the page wrote it")
        return [Ask(*map(int, line.groups())) for line in found if line]


def written(asks: Sequence[Ask]) -> str:
    """The amounts as the summary carries them."""
    return " ".join(
        f"{ask.item_pk}:{ask.price},{ask.tax},{ask.shipping},{ask.shipping_tax},{ask.units}" for ask in asks
    )


def once(data: Any) -> OnceForm | None:
    """Key and figure of a form that our page made; None if they were tampered with."""
    form = OnceForm(data)
    return form if form.is_valid() else None
