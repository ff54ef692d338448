"""Confirm shipment: a form for each package (O14)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.forms.package import ParcelForm
from orders.models import Order, OrderItem
from orders.packages import Contents, Parcel

MOST = 20
"""Packages in one form; an order may have more, confirmed one form after another."""
MOST_FIELDS = 4_000
"""Fields of all packages together: `DATA_UPLOAD_MAX_NUMBER_FIELDS` less those of the page itself."""


class PackageForm(ParcelForm):
    """A package with the units of each item in it."""

    def __init__(self, *args: Any, items: Sequence[OrderItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            self.fields[_units(item)] = forms.IntegerField(
                label=_("Units of %(sku)s") % {"sku": item.sku},
                required=False,
                min_value=0,
                max_value=item.units_open,
                error_messages={"max_value": _("Only %(limit_value)s are still to be shipped.")},
                widget=forms.NumberInput(attrs={"class": "control-short", "inputmode": "numeric"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.contents() and not any(_units(item) in self.errors for item in self.items):
            self.add_error(None, _("Put at least one unit into this package."))
        return cleaned

    def parcel_fields(self) -> Iterator[forms.BoundField]:
        """The fields that say how it travels."""
        return (self[name] for name in ParcelForm.base_fields)

    def unit_rows(self) -> Iterator[tuple[OrderItem, forms.BoundField]]:
        """Each open item with its field."""
        return ((item, self[_units(item)]) for item in self.items)

    def contents(self) -> Contents:
        """{item pk: units} of what is in it."""
        units = {item.pk: self.cleaned_data.get(_units(item)) for item in self.items}
        return {pk: count for pk, count in units.items() if count}


class BasePackages(forms.BaseFormSet):
    """All packages of one confirmation."""

    def clean(self) -> None:
        """All packages together hold no more of an item than is open."""
        units: Counter[int] = Counter()
        for form in self.forms:
            if form.is_valid():
                units.update(form.contents())
        for item in self.form_kwargs["items"]:
            if units[item.pk] > item.units_open:
                words = {"sku": item.sku, "count": units[item.pk], "open": item.units_open}
                sentence = _("%(sku)s: the packages hold %(count)d units, %(open)d are still to be shipped.")
                raise forms.ValidationError(sentence, params=words)

    def parcels(self) -> list[tuple[Parcel, Contents]]:
        """What the operation takes, once all forms are valid."""
        return [(form.parcel(), form.contents()) for form in self.forms]

    def typed(self) -> list[dict[str, Any]]:
        """What stands in the fields, right or wrong, to be shown again with a package more or less."""
        return [{name: form[name].value() for name in form.fields} for form in self.forms]


Packages = cast(
    "type[BasePackages]",
    forms.formset_factory(
        PackageForm,
        formset=BasePackages,
        extra=0,
        min_num=1,
        max_num=MOST,
        absolute_max=MOST,
        validate_min=True,
        validate_max=True,
    ),
)


def most(items: Sequence[OrderItem]) -> int:
    """Return how many packages fit into one form; fewer where an order has hundreds of lines."""
    return max(min(MOST, MOST_FIELDS // (len(items) + len(ParcelForm.base_fields))), 1)


def packages(
    order: Order,
    items: Sequence[OrderItem],
    today: date,
    *,
    data: Any = None,
    initial: list[dict[str, Any]] | None = None,
) -> BasePackages:
    """The forms of a page: as they came in, as they are shown again, or one package with all that is open."""
    first = [{"ship_date": today, **{_units(item): item.units_open for item in items}}]
    return Packages(
        data,
        initial=initial or first,
        prefix="package",
        form_kwargs={"order": order, "items": items, "today": today, "empty_permitted": False},
    )


def one_more(typed: list[dict[str, Any]], items: Sequence[OrderItem], today: date) -> list[dict[str, Any]]:
    """The typed packages and a further one that goes the same way, with the units that are in none yet."""
    if len(typed) >= most(items):
        return typed
    rest = {_units(item): _rest(item, typed) for item in items}
    alike = {name: typed[-1][name] for name in ("carrier", "carrier_name", "service")} if typed else {}
    return [*typed, {"ship_date": today, **alike, **rest}]


def one_less(typed: list[dict[str, Any]], place: str) -> list[dict[str, Any]]:
    """The typed packages without the one at this place; the last one stays."""
    if len(typed) < 2:
        return typed
    return [package for index, package in enumerate(typed) if str(index) != place]


def _units(item: OrderItem) -> str:
    return f"units_{item.pk}"


def _rest(item: OrderItem, typed: list[dict[str, Any]]) -> int:
    """Units of an item that no package holds yet; what is no number counts as none."""
    counts = [str(package[_units(item)] or "") for package in typed]
    held = sum(int(count) for count in counts if count.isascii() and count.isdigit() and len(count) < 5)
    return max(item.units_open - held, 0)
