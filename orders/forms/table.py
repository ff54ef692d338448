"""How a member wants the table of Manage Orders: columns in their order, density, page size, sorting (O19)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.forms.desk import SIZES, Sort
from orders.forms.saved_views import VersionField
from orders.lists import columns
from orders.lists.columns import Column
from orders.models import DeskPreference
from orders.models.saved_view import Density

STEPS = {"up": -1, "down": 1}


class Keys(forms.Field):
    """Keys of columns in the order in which the page has them; unknown ones are passed over."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        return [key for key in dict.fromkeys(value or ()) if key in columns.ALL]


class TableForm(forms.Form):
    """`order` names all columns as they stand on the page, `shown` those that are ticked."""

    order = Keys(required=False)
    shown = Keys(required=False)
    density = forms.ChoiceField(label=_("Density"), choices=Density.choices, widget=forms.RadioSelect)
    size = forms.TypedChoiceField(
        label=_("Orders on a page"), choices=[(size, str(size)) for size in SIZES], coerce=int
    )
    sort = forms.ChoiceField(
        label=_("Sorting"),
        choices=[("", _("Newest first")), *(choice for choice in Sort.choices if choice[0] != Sort.NEWEST)],
        required=False,
        help_text=_("Where a link or a view does not say otherwise."),
    )
    version = VersionField()

    @classmethod
    def of(cls, preference: DeskPreference, shown: Iterable[Column]) -> "TableForm":
        """The form as the page shows it first."""
        keys = [column.key for column in shown]
        initial = {"order": [*keys, *(key for key in columns.ALL if key not in keys)], "shown": keys}
        kept = {name: getattr(preference, name) for name in ("density", "size", "sort", "version")}
        return cls(initial=initial | kept)

    def clean(self) -> dict[str, Any]:
        if not set(self.cleaned_data.get("shown", ())) - {columns.ORDER.key} and "reset" not in self.data:
            raise forms.ValidationError(_("Choose at least one column beside the order."))
        return self.cleaned_data

    def columns(self) -> list[tuple[Column, bool]]:
        """Every column as it stands on the page, and whether it is ticked; those that the page left out come last."""
        order, shown = self._keys("order"), self._keys("shown")
        whole = dict.fromkeys([columns.ORDER.key, *order, *columns.ALL])
        return [(columns.ALL[key], key in shown) for key in whole]

    def chosen(self) -> tuple[Column, ...]:
        """The ticked columns in their order."""
        return columns.shown(column.key for column, is_shown in self.columns() if is_shown)

    def moved(self, move: str) -> "TableForm":
        """The same form with one column a place up or down ("sku:up"); nothing is kept yet."""
        key, _colon, step = move.partition(":")
        order = [column.key for column, _is_shown in self.columns()]
        here = order.index(key) if key in order else 0
        there = here + STEPS.get(step, 0)
        if here and 0 < there < len(order):
            order[here], order[there] = order[there], order[here]
        typed = {name: self.data.get(name, "") for name in ("density", "size", "sort", "version")}
        return TableForm(initial=typed | {"order": order, "shown": self._keys("shown")})

    def _keys(self, name: str) -> list[str]:
        if not self.is_bound:
            return list(self.initial[name])
        sent = self.fields[name].widget.value_from_datadict(self.data, self.files, name)
        return list(Keys().to_python(sent))
