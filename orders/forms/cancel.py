"""Cancel an order, or single units of it (O11, O12)."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.forms.memo import MemoField
from orders.models import OrderItem
from orders.states import SELLER_REASONS, CancelReason


class CancelForm(forms.Form):
    """The whole order, for one of the seller's reasons."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(reason.value, reason.label) for reason in SELLER_REASONS],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
    memo = MemoField()

    def clean_reason(self) -> CancelReason:
        return CancelReason(self.cleaned_data["reason"])


class CancelUnitsForm(CancelForm):
    """Some units of some items. It remembers how many were open when its page was made."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40_000)

    def __init__(self, *args: Any, items: Sequence[OrderItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        self.initial.setdefault("seen", _written(items))
        for item in items:
            self.fields[f"units_{item.pk}"] = forms.IntegerField(
                label=_("Units of %(sku)s") % {"sku": item.sku},
                required=False,
                min_value=0,
                max_value=item.units_open,
                initial=0,
                error_messages={"max_value": _("Only %(limit_value)s can be canceled.")},
                widget=forms.NumberInput(attrs={"class": "control-short", "inputmode": "numeric"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.units():
            self.add_error(None, _("Choose the units to cancel."))
        return cleaned

    def is_stale(self) -> bool:
        """The form came from a page that showed other counts: sent twice, perhaps, or overtaken."""
        return self["seen"].value() != _written(self.items)

    def open_units(self) -> dict[int, int]:
        """{item pk: units} that were open on the page; of a form that is not stale."""
        return {item.pk: item.units_open for item in self.items}

    def unit_rows(self) -> Iterator[tuple[OrderItem, forms.BoundField]]:
        """Each open item with its field."""
        return ((item, self[f"units_{item.pk}"]) for item in self.items)

    def units(self) -> dict[int, int]:
        """{item pk: units} of what is to be canceled."""
        units = {item.pk: self.cleaned_data.get(f"units_{item.pk}") for item in self.items}
        return {pk: count for pk, count in units.items() if count}


def _written(items: Sequence[OrderItem]) -> str:
    """How many units of each item are open: a form sent twice finds that this has changed."""
    return ",".join(f"{item.pk}:{item.units_open}" for item in items)
