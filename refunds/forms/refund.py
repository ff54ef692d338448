"""The refund tool: for each item nothing, all that is left, whole units, or an amount (R2, R3, R5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.money import Money
from orders.models import Order, OrderItem
from refunds import amounts
from refunds.amounts import ItemAmounts, Split
from refunds.asks import Ask
from refunds.forms.amounts import AmountField
from refunds.forms.words import WordsForm
from refunds.states import UNSUPPLIED_REASONS


class How(models.TextChoices):
    """How much of an item."""

    NOTHING = "nothing", gettext_lazy("Nothing")
    ALL = "all", gettext_lazy("All that is left")
    UNITS = "units", gettext_lazy("Whole units")
    SHIPPED = "shipped", gettext_lazy("Units that have shipped")
    AMOUNT = "amount", gettext_lazy("An amount")


@dataclass(frozen=True)
class Row:
    """One item that was charged, with its fields; those of an item of which nothing is left are not shown."""

    item: OrderItem
    amounts: ItemAmounts
    how: forms.BoundField
    units: forms.BoundField
    price: forms.BoundField
    shipping: forms.BoundField

    @property
    def fields(self) -> list[forms.BoundField]:
        return [self.how, self.units, self.price, self.shipping]


Lines = list[tuple[OrderItem, Split, int]]
"""Items with what goes back for each, and for how many whole units."""


class RefundForm(WordsForm):
    """The words and, for each item, how much. What it refuses early is a courtesy: the operation checks again."""

    def __init__(
        self, *args: Any, order: Order, items: Sequence[tuple[OrderItem, ItemAmounts]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.order, self.items = order, items
        for item, of_item in items:
            self.fields |= _fields(item, of_item, order.currency)

    def rows(self) -> Iterator[Row]:
        """Each item with its fields."""
        for item, of_item in self.items:
            names = [f"{name}_{item.pk}" for name in ("how", "units", "price", "shipping")]
            yield Row(item, of_item, *[self[name] for name in names])

    def clean(self) -> dict[str, Any]:
        """Something is refunded, and what was chosen for an item says how much."""
        cleaned = super().clean() or self.cleaned_data
        chosen = [each for each in self.items if self._how(each[0]) != How.NOTHING]
        for item, of_item in chosen:
            if problem := self._problem(item, of_item):
                self.add_error(*problem)
        if not chosen and not self.errors:
            self.add_error(None, _("Choose what to refund."))
        needs_memo = not self.errors and cleaned["reason"] in UNSUPPLIED_REASONS and self.unsupplied()
        if needs_memo and not cleaned["memo"]:
            self.add_error("memo", _("Tell the buyer in the memo why these units cannot be supplied."))
        return cleaned

    def unsupplied(self) -> dict[int, int]:
        """{item pk: units} that won't ship after this, once the form is valid (R6)."""
        units = {item.pk: self._given_up(item, of_item) for item, of_item in self.items}
        return {pk: count for pk, count in units.items() if count}

    def lines(self) -> Lines:
        """What goes back for each item, once the form is valid; tax follows its price."""
        found = [(item, *self._parts(item, of_item)) for item, of_item in self.items]
        return [(item, split, units) for item, split, units in found if split.total]

    def _given_up(self, item: OrderItem, of_item: ItemAmounts) -> int:
        _split, units = self._parts(item, of_item)
        if self._how(item) == How.SHIPPED:
            return 0
        return of_item.given_up(units, is_returned=bool(self.cleaned_data["rma"]))

    def _parts(self, item: OrderItem, of_item: ItemAmounts) -> tuple[Split, int]:
        is_less_shipping, how = self.cleaned_data["is_less_shipping"], self._how(item)
        if how == How.ALL:
            return amounts.rest(of_item, is_less_shipping=is_less_shipping), of_item.units_left
        if how in (How.UNITS, How.SHIPPED):
            units = self.cleaned_data[f"units_{item.pk}"]
            return amounts.of_units(of_item, units, with_shipping=not is_less_shipping), units
        if how == How.AMOUNT:
            price, shipping = self._typed(item)
            return amounts.of_price(of_item, price, shipping), 0
        return Split(), 0

    def _problem(self, item: OrderItem, of_item: ItemAmounts) -> tuple[str, str] | None:
        """The field and what is wrong with it, unless its figures are there and come to something."""
        wanted = {
            How.ALL.value: ["how"],
            How.UNITS.value: ["how", "units"],
            How.SHIPPED.value: ["how", "units"],
            How.AMOUNT.value: ["how", "price", "shipping"],
        }[self._how(item)]
        if any(f"{name}_{item.pk}" in self.errors for name in wanted):
            return None
        if self._how(item) in (How.UNITS, How.SHIPPED):
            units, most = self.cleaned_data[f"units_{item.pk}"], of_item.shipped_units_left
            if not units:
                return f"units_{item.pk}", _("Say how many units.")
            if self._how(item) == How.SHIPPED and units > most:
                return f"units_{item.pk}", _("Only %(n)d units that have shipped are left.") % {"n": most}
        if self._how(item) == How.AMOUNT:
            price, shipping = self._typed(item)
            if not price and not shipping:
                return f"price_{item.pk}", _("Give an amount above zero.")
            if shipping and self.cleaned_data["is_less_shipping"]:
                return f"shipping_{item.pk}", _("A refund less the shipping cost gives none back.")
        if not self._parts(item, of_item)[0].total:
            return f"how_{item.pk}", _("Nothing of this is left to refund.")
        return None

    def _how(self, item: OrderItem) -> str:
        return self.cleaned_data.get(f"how_{item.pk}") or How.NOTHING

    def _typed(self, item: OrderItem) -> tuple[int, int]:
        """Price and shipping as they were typed."""
        return self.cleaned_data[f"price_{item.pk}"] or 0, self.cleaned_data[f"shipping_{item.pk}"] or 0


def asks(lines: Lines) -> list[Ask]:
    """What the operation takes: every component as it was shown, so that exactly that is booked."""
    return [
        Ask(item.pk, split.price, split.tax, split.shipping, split.shipping_tax, units)
        for item, split, units in lines
    ]


def _choices(of_item: ItemAmounts, currency: str) -> list[tuple[str, str]]:
    """The ways that there are, with what is left."""
    words = {"amount": Money(of_item.left.total, currency), "units": of_item.units_left}
    return [
        (How.NOTHING.value, str(How.NOTHING.label)),
        (How.ALL.value, _("All that is left: %(amount)s") % words),
        *_unit_choices(of_item),
        (How.AMOUNT.value, str(How.AMOUNT.label)),
    ]


def _unit_choices(of_item: ItemAmounts) -> list[tuple[str, str]]:
    """Whole units: those that have not shipped come first, unless the seller says that they have."""
    to_ship, shipped = of_item.units_open, of_item.shipped_units_left
    words = {"units": of_item.units_left, "to_ship": to_ship, "shipped": shipped}
    if not of_item.units_left:
        return []
    if not to_ship:
        return [(How.UNITS.value, _("Whole units, %(units)d left") % words)]
    if not shipped:
        return [(How.UNITS.value, _("Whole units, %(units)d left; they won't ship") % words)]
    return [
        (
            How.UNITS.value,
            _("Whole units, %(units)d left; first the %(to_ship)d still to ship, which won't") % words,
        ),
        (How.SHIPPED.value, _("Units that have shipped, %(shipped)d left") % words),
    ]


def _fields(item: OrderItem, of_item: ItemAmounts, currency: str) -> dict[str, forms.Field]:
    """The fields of one item, named by its key."""
    words = {"sku": item.sku}
    return {
        f"how_{item.pk}": forms.ChoiceField(
            label=_("How much of %(sku)s") % words,
            required=False,
            choices=_choices(of_item, currency),
            initial=How.NOTHING,
            widget=forms.RadioSelect,
        ),
        f"units_{item.pk}": forms.IntegerField(
            label=_("Units of %(sku)s") % words,
            required=False,
            min_value=1,
            max_value=of_item.units_left,
            error_messages={"max_value": _("Only %(limit_value)s units are left.")},
            widget=forms.NumberInput(attrs={"class": "control-short", "inputmode": "numeric"}),
        ),
        f"price_{item.pk}": AmountField(
            label=_("Price of %(sku)s") % words, currency=currency, most=of_item.left.price
        ),
        f"shipping_{item.pk}": AmountField(
            label=_("Shipping of %(sku)s") % words, currency=currency, most=of_item.left.shipping
        ),
    }
