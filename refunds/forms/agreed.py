"""What stood on the summary, sent back with the click that confirms it: exactly that is booked, or nothing."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from refunds.asks import Ask

AMOUNT = "([0-9]{1,15})"
WRITTEN = re.compile(
    rf"([0-9]{{1,18}}):{AMOUNT},{AMOUNT},{AMOUNT},{AMOUNT},([0-9]{{1,6}})(?:,([0-9]{{1,6}}))?"
)


class OnceForm(forms.Form):
    """The key that was made when the form was, how much was refunded then, and how many units were to be shipped."""

    key = forms.UUIDField()
    seen = forms.RegexField(r"^[0-9]{1,18}\Z")
    seen_open = forms.IntegerField(required=False, min_value=0, max_value=10**6)

    def clean_seen(self) -> int:
        return int(self.cleaned_data["seen"])


class AgreedForm(OnceForm):
    """The same with the amounts that were agreed to, in minor units, and `unsupplied`: what won't ship."""

    agreed = forms.CharField(max_length=150_000)

    def clean_agreed(self) -> list[Ask]:
        found = [WRITTEN.fullmatch(line) for line in self.cleaned_data["agreed"].split()]
        if not found or None in found:
            raise forms.ValidationError("not as the page wrote it")
        lines = [list(map(int, line.groups("0"))) for line in found if line]
        self.unsupplied = {line[0]: line[-1] for line in lines if line[-1]}
        return [Ask(*line[:-1]) for line in lines]


def written(asks: Sequence[Ask], unsupplied: Mapping[int, int]) -> str:
    """The amounts as the summary carries them, and how many of the units won't ship, if any."""

    def line(ask: Ask) -> str:
        numbers = [ask.price, ask.tax, ask.shipping, ask.shipping_tax, ask.units]
        given_up = unsupplied.get(ask.item_pk, 0)
        return f"{ask.item_pk}:" + ",".join(map(str, [*numbers, given_up] if given_up else numbers))

    return " ".join(map(line, asks))


def once(data: Any) -> OnceForm | None:
    """Key and figure of a form that our page made; None if they were tampered with."""
    form = OnceForm(data)
    return form if form.is_valid() else None
