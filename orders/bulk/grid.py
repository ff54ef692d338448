"""The grid in which the shipments of many orders are confirmed: a line for each, as it is at this moment (O14)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts import calendars
from accounts.models import Seller
from inventory.models import Fulfilment
from orders import changes, standing
from orders.bulk import contents
from orders.forms.bulk import LineForm
from orders.models import Order
from orders.packages import Contents
from orders.states import OPEN, OrderStatus

MOST = 100
TYPED = ("carrier", "tracking_number", "service", "ship_date")
SEEN = re.compile(r"[0-9]{1,18}(:[0-9]{1,18}x[0-9]{1,4}){1,60}")

Typed = Mapping[str, str]


@dataclass(frozen=True)
class Seen:
    """What the page showed of an order: its last event, and the units that were still to be shipped."""

    event: int
    units: Contents

    def __str__(self) -> str:
        return ":".join([str(self.event), *(f"{pk}x{count}" for pk, count in self.units.items())])

    @classmethod
    def read(cls, text: str) -> "Seen | None":
        """What a form brought back; None where it makes no sense."""
        if not SEEN.fullmatch(text):
            return None
        event, *units = text.split(":")
        pairs = (unit.split("x") for unit in units)
        return cls(int(event), {int(pk): int(count) for pk, count in pairs})


@dataclass(frozen=True)
class Line:
    """One order of the grid."""

    order: Order
    form: LineForm
    seen: Seen
    title: str
    more: str
    units: int
    is_pasted: bool = False


@dataclass(frozen=True)
class Left:
    """An order that is not in the grid, and why."""

    order: Order
    why: str


@dataclass(frozen=True)
class Desk:
    """Whose orders, on which day."""

    seller: Seller
    now: datetime

    @property
    def today(self) -> date:
        return calendars.local_date(self.now, self.seller.marketplace.time_zone)


def sort_out(orders: Iterable[Order], now: datetime) -> tuple[list[Order], list[Left]]:
    """Those that can be shipped now, and the others with the reason."""
    shippable, left = list[Order](), list[Left]()
    for order in orders:
        why = _why_not(order, now)
        if why:
            left.append(Left(order, why))
        else:
            shippable.append(order)
    return shippable, left


def _why_not(order: Order, now: datetime) -> str:
    """Why the order's shipment cannot be confirmed, in a sentence; empty where it can."""
    if order.fulfilment == Fulfilment.AFN:
        return _("The marketplace ships it.")
    if order.status == OrderStatus.PENDING:
        return _("The payment is still being authorised.")
    if order.status not in OPEN:
        return str(OrderStatus(order.status).label)
    return _("The time to confirm it is over.") if standing.is_overdue(order, now) else ""


def lines(
    orders: Sequence[Order],
    desk: Desk,
    *,
    typed: Mapping[str, Typed] | None = None,
    checked: Iterable[str] = (),
    pasted: Iterable[str] = (),
) -> list[Line]:
    """A line for each order with what was typed so far; the checked ones with what is wrong with it."""
    # The marks first: what happens between the two reads is then found when the shipment is confirmed.
    marks = changes.marks(order.pk for order in orders)
    items = contents.items_of(orders)
    found, marked, fresh = [], set(checked), set(pasted)
    for order in orders:
        values = {"ship_date": f"{desk.today}", **(typed or {}).get(order.number, {})}
        form = _form(order, desk, values, is_checked=order.number in marked)
        left = [item for item in items[order.pk] if item.units_open]
        units = {item.pk: item.units_open for item in left}
        seen = Seen(marks.get(order.pk, changes.NOTHING_SEEN), units)
        told = contents.named(left)
        found.append(Line(order, form, seen, *told, sum(units.values()), order.number in fresh))
    return found


def _form(order: Order, desk: Desk, values: Typed, *, is_checked: bool) -> LineForm:
    if not is_checked:
        return LineForm(initial=values, order=order, today=desk.today, prefix=order.number)
    data = {f"{order.number}-{name}": value for name, value in values.items()}
    return LineForm(data, order=order, today=desk.today, prefix=order.number)


def typed_in(data: Mapping[str, str], numbers: Iterable[str]) -> dict[str, dict[str, str]]:
    """What stands in the fields of these orders' lines."""
    return {
        number: {name: data.get(f"{number}-{name}", "") for name in TYPED}
        for number in numbers
        if f"{number}-carrier" in data
    }


def filled(typed: Mapping[str, Typed], top: Typed) -> dict[str, dict[str, str]]:
    """The same with the top line's values wherever a field is empty; the day is always the top line's."""
    day = top.get("ship_date", "")
    return {
        number: {
            **{name: value or top.get(name, "") for name, value in values.items()},
            "ship_date": day or values.get("ship_date", ""),
        }
        for number, values in typed.items()
    }
