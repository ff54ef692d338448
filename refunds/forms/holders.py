"""Telling the buyer that what they ordered is not there (I4, R6)."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.forms.memo import MemoField
from refunds import shortages
from refunds.shortages import Holding, Step


class SettleForm(forms.Form):
    """One order's missing units, with the words to its buyer; the key makes the same form twice one refund."""

    item = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
    units = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=100_000)
    held = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=100_000)
    is_charged = forms.TypedChoiceField(
        widget=forms.HiddenInput, choices=[("0", "0"), ("1", "1")], coerce=lambda value: value == "1"
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    memo = MemoField(required=True, error_messages={"required": _("Tell the buyer what happened.")})

    @classmethod
    def of(cls, holding: Holding, **kwargs: Any) -> "SettleForm":
        """As it is offered: all that is missing to this order, and the words prepared."""
        initial = {
            "item": holding.item.pk,
            "units": holding.short,
            "held": holding.item.units_open,
            "is_charged": str(int(holding.is_charged)),
            "key": uuid.uuid4(),
            "memo": shortages.words(holding),
        }
        return cls(initial=initial, prefix=None, auto_id=f"{holding.order.number}-%s", **kwargs)

    def step(self) -> Step:
        """The step that the page offered and that was taken."""
        return Step(**{name: value for name, value in self.cleaned_data.items() if name != "item"})
