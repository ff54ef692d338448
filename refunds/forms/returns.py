"""The forms of a return: ask for one, say what came, close it (R4, R8)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.forms.buyer import NoteField
from orders.models import OrderItem
from refunds import returns
from refunds.models import Return, ReturnLine
from refunds.returns import Received
from refunds.states import CloseReason, Condition, ReturnReason


class AskForm(forms.Form):
    """Units of shipped items, and why they come back; for the seller and for the buyer."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("", gettext_lazy("Choose a reason")), *ReturnReason.choices],
        error_messages={"required": gettext_lazy("Choose a reason.")},
    )
    note = NoteField(
        label=gettext_lazy("Buyer's words"),
        required=False,
        max_length=Return._meta.get_field("note").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, items: Sequence[tuple[OrderItem, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item, most in items:
            self.fields[f"units_{item.pk}"] = _units(
                item.sku, most, _("Only %(limit_value)s can be returned.")
            )

    def unit_rows(self) -> Iterator[tuple[OrderItem, int, forms.BoundField]]:
        """Each item with the units that can come back, and its field."""
        return ((item, most, self[f"units_{item.pk}"]) for item, most in self.items)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.units() and not any(f"units_{item.pk}" in self.errors for item, _most in self.items):
            self.add_error(None, _("Choose the units that come back."))
        return cleaned

    def units(self) -> dict[int, int]:
        """{item pk: units} of what comes back."""
        found = {item.pk: self.cleaned_data.get(f"units_{item.pk}") for item, _most in self.items}
        return {pk: count for pk, count in found.items() if count}


class BuyersAskForm(AskForm):
    """The same in the buyer's words."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why do you send it back?"),
        choices=[("", gettext_lazy("Choose a reason")), *ReturnReason.choices],
        error_messages={"required": gettext_lazy("Choose a reason.")},
    )
    note = NoteField(
        label=gettext_lazy("Anything the seller should know?"),
        help_text=gettext_lazy("At most 500 characters."),
        required=False,
        max_length=Return._meta.get_field("note").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReceiveForm(forms.Form):
    """One delivery: for each item still awaited, how many units came, how, and how many go back to stock (R4, R8)."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=10**6)

    def __init__(self, *args: Any, lines: Sequence[ReturnLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = returns.units_received(lines)
        self.lines = [line for line in lines if line.units_awaited]
        for line in self.lines:
            self.fields |= _receiving(line)

    def rows(self) -> Iterator[tuple[ReturnLine, forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Each line with its fields."""
        for line in self.lines:
            names = (f"{name}_{line.item_id}" for name in ("came", "condition", "restock"))
            came, condition, restock = (self[name] for name in names)
            yield line, came, condition, restock

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for line in self.lines:
            came, condition, restock = (
                cleaned.get(f"{name}_{line.item_id}") for name in ("came", "condition", "restock")
            )
            if came and not condition and f"condition_{line.item_id}" not in self.errors:
                self.add_error(f"condition_{line.item_id}", _("Say in what condition it came."))
            if (restock or 0) > (came or 0) and not self.errors:
                self.add_error(f"restock_{line.item_id}", _("No more units than came can go back to stock."))
        if not self.errors and not self.received():
            self.add_error(None, _("Say which units of this return came."))
        return cleaned

    def received(self) -> Mapping[int, Received]:
        """What `returns.receive` takes: the items of which units came."""
        found = {}
        for line in self.lines:
            came, condition, restock = (
                self.cleaned_data.get(f"{name}_{line.item_id}") for name in ("came", "condition", "restock")
            )
            if came:
                found[line.item_id] = Received(came, condition or "", restock or 0)
        return found


class CloseForm(forms.Form):
    """Why nothing more is awaited."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("", gettext_lazy("Choose a reason")), *CloseReason.choices],
        error_messages={"required": gettext_lazy("Choose a reason.")},
    )


def _units(label: str, most: int, too_many: str, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=most,
        error_messages={"max_value": too_many},
        widget=forms.NumberInput(attrs={"class": "control-short", "inputmode": "numeric"}),
        **kwargs,
    )


def _receiving(line: ReturnLine) -> dict[str, forms.Field]:
    """The fields of one line; nothing goes back to stock unless the seller says so."""
    words = {"sku": line.item.sku}
    limit = _("Only %(limit_value)s are still to come.")
    return {
        f"came_{line.item_id}": _units(
            _("Units of %(sku)s that came") % words, line.units_awaited, limit, initial=line.units_awaited
        ),
        f"condition_{line.item_id}": forms.ChoiceField(
            label=_("Condition of %(sku)s") % words,
            required=False,
            choices=[("", _("Choose")), *Condition.choices],
            widget=forms.Select(attrs={"class": "control-condition"}),
        ),
        f"restock_{line.item_id}": _units(
            _("Units of %(sku)s back to stock") % words, line.units_awaited, limit, initial=0
        ),
    }
