"""The optional columns of the list: the text of each cell, from an order and its items as rows.py read them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.money import Money
from orders import charges, standing
from orders.models import Order
from orders.states import OrderStatus
from payments.states import PaymentState


@dataclass(frozen=True, slots=True)
class Cell:
    """The words of a cell, with a second, quieter line; both plain text."""

    text: str
    sub: str = ""


NOTHING = Cell("")


@dataclass(frozen=True)
class Facts:
    """One order with its items; what is known of the whole order stands on each item alike."""

    order: Order
    items: Sequence[Any]
    zone: ZoneInfo

    @cached_property
    def is_open(self) -> bool:
        """Where it goes is known (O2, O13)."""
        return standing.shows_ship_to(self.order)

    def whole(self, name: str) -> Any:
        """What was read of the order itself."""
        return getattr(self.items[0], name)

    def sum(self, name: str) -> Cell:
        """An amount for all units that are kept, as the total has it; of a canceled order for all there were."""
        is_canceled = self.order.status == OrderStatus.CANCELED
        kept = (
            charges.part(
                self.order,
                getattr(item, name),
                item.quantity - (0 if is_canceled else item.units_canceled),
                item.quantity,
            )
            for item in self.items
        )
        return Cell(str(Money(sum(kept), self.order.currency)))

    def first(self, name: str) -> Cell:
        """Of the first item, and how many other values there are."""
        values = list(dict.fromkeys(getattr(item, name) for item in self.items if getattr(item, name)))
        return Cell(values[0], _more(len(values) - 1)) if values else NOTHING

    def minute(self, moment: datetime | None) -> Cell:
        """A day, and below it the minute and the zone."""
        if moment is None:
            return NOTHING
        local = moment.astimezone(self.zone)
        return Cell(f"{local:%Y-%m-%d}", f"{local:%H:%M %Z}")


def of(key: str, facts: Facts) -> Cell:
    """The cell of this column."""
    return TEXTS[key](facts)


def _more(count: int) -> str:
    return _("+%(n)d more") % {"n": count} if count else ""


def _units(facts: Facts) -> Cell:
    return Cell(str(sum(item.quantity for item in facts.items)))


def _total(facts: Facts) -> Cell:
    return Cell(str(Money(facts.order.total, facts.order.currency)))


def _payment(facts: Facts) -> Cell:
    """The state in a word, and from when the money is the seller's."""
    state = str(PaymentState(facts.whole("order__payment__state")).label)
    day = facts.whole("order__payment__available_on")
    return Cell(state, _("available %(day)s") % {"day": day} if day else "")


def _city(facts: Facts) -> Cell:
    return Cell(facts.order.city) if facts.is_open else NOTHING


def _country(facts: Facts) -> Cell:
    return Cell(facts.order.country) if facts.is_open else NOTHING


def _deadline(facts: Facts) -> Cell:
    """Only where the order waits for its first confirmation (O18)."""
    order = facts.order
    waits = order.status == OrderStatus.UNSHIPPED and order.fulfilment == "MFN"
    return facts.minute(order.confirm_deadline) if waits else NOTHING


def _carrier(facts: Facts) -> Cell:
    package = facts.whole("package")
    return Cell(package["carrier_name"] or package["carrier"]) if package else NOTHING


def _tracking(facts: Facts) -> Cell:
    """Of the last package; "–" where it went without."""
    package = facts.whole("package")
    return Cell(package["tracking_number"] or "–", _more(package["number"] - 1)) if package else NOTHING


TEXTS: dict[str, Callable[[Facts], Cell]] = {
    "sku": lambda facts: facts.first("sku"),
    "asin": lambda facts: facts.first("asin"),
    "units": _units,
    "total": _total,
    "price": lambda facts: facts.sum("price"),
    "tax": lambda facts: facts.sum("tax"),
    "shipping": lambda facts: facts.sum("shipping"),
    "shipping_tax": lambda facts: facts.sum("shipping_tax"),
    "payment": _payment,
    "placed": lambda facts: facts.minute(facts.order.placed_at),
    "channel": lambda facts: Cell(facts.order.channel.name),
    "fulfilment": lambda facts: Cell(facts.order.fulfilment),
    "service": lambda facts: Cell(facts.order.service),
    "city": _city,
    "country": _country,
    "deadline": _deadline,
    "shipped": lambda facts: facts.minute(facts.whole("order__shipped_at")),
    "carrier": _carrier,
    "tracking": _tracking,
    "printed": lambda facts: facts.minute(facts.whole("order__printed_at")),
    "note": lambda facts: Cell(facts.whole("order__note__text") or ""),
}
"""What each optional column says; the usual ones are pieces of markup of their own (row_markup.py)."""
