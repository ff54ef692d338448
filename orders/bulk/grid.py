"""The grid in which the shipments of many orders are confirmed: a line for each, as it is at this moment (O14)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts import calendars
from accounts.models import Seller
from inventory.models import Fulfilment
from orders import changes, parcel_remarks, sentences, standing, tracking
from orders.bulk import contents, headings
from orders.carriers import CARRIERS
from orders.entry.cart import NUMBER
from orders.forms.bulk import LineForm
from orders.lists import search
from orders.models import CancelRequest, Order
from orders.packages import Contents
from orders.states import OPEN, OrderStatus, RequestState

MOST = 100
TYPED = ("carrier", "tracking_number", "service", "ship_date")
SEEN = re.compile(r"[0-9]{1,18}(:[0-9]{1,18}x[0-9]{1,4}){1,1000}")

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
        if int(event) == changes.NOTHING_SEEN:
            return None
        pairs = (unit.split("x") for unit in units)
        return cls(int(event), {int(pk): int(count) for pk, count in pairs})


@dataclass(frozen=True)
class Sent:
    """What the form of the grid says, by order number: what was typed, and what the page had shown of each order."""

    typed: dict[str, dict[str, str]]
    seen: dict[str, Seen]

    @property
    def said(self) -> list[object]:
        """All of it, as plain as JSON."""
        return [self.typed, {number: str(seen) for number, seen in self.seen.items()}]


@dataclass(frozen=True)
class Line:
    """One order of the grid. `news` are what happened to it since the page was made; `remark` is no refusal."""

    order: Order
    form: LineForm
    seen: Seen
    title: str
    more: str
    units: int
    is_pasted: bool = False
    is_asked: bool = False
    remark: str = ""
    news: Sequence[sentences.Line] = ()


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
    orders = list(orders)
    to_ship = contents.units_open(orders)
    for order in orders:
        why = _why_not(order, now, to_ship[order.pk])
        if why:
            left.append(Left(order, why))
        else:
            shippable.append(order)
    return shippable, left


def _why_not(order: Order, now: datetime, to_ship: int) -> str:
    """Why the order's shipment cannot be confirmed, in a sentence; empty where it can."""
    if order.fulfilment == Fulfilment.AFN:
        return _("The marketplace ships it.")
    if order.status == OrderStatus.PENDING:
        return _("The payment is still being authorised.")
    if order.status not in OPEN:
        return str(OrderStatus(order.status).label)
    if not to_ship:
        return _("Nothing is left to ship: the rest was refunded.")
    return _("The time to confirm it is over.") if standing.is_overdue(order, now) else ""


def sent(data: QueryDict) -> Sent:
    """The lines that a form brings, without the one that it leaves out."""
    numbers = [number for number in dict.fromkeys(data.getlist("line")) if NUMBER.fullmatch(number)]
    numbers = [number for number in numbers if number != data.get("drop")][:MOST]
    typed = typed_in(data, numbers)
    read = {number: Seen.read(data.get(f"{number}-seen", "")) for number in typed}
    return Sent(typed, {number: seen for number, seen in read.items() if seen})


def lines(
    orders: Sequence[Order],
    desk: Desk,
    *,
    typed: Mapping[str, Typed] | None = None,
    seen: Mapping[str, Seen] | None = None,
    checked: Iterable[str] = (),
    pasted: Iterable[str] = (),
) -> list[Line]:
    """A line for each order with what was typed so far; the checked ones with what is wrong with it.

    The mark of what a person has seen of an order is carried along, so that what happened since is not lost.
    """
    # The marks first: what happens between the two reads is then found when the shipment is confirmed.
    marks = changes.marks(order.pk for order in orders)
    marks |= {order.pk: seen[order.number].event for order in orders if seen and order.number in seen}
    items, asked = contents.items_of(orders), _asked(orders)
    others = _others(orders, desk, typed or {})
    found, marked, fresh = [], set(checked), set(pasted)
    for order in orders:
        values = {"ship_date": f"{desk.today}", **(typed or {}).get(order.number, {})}
        form = _form(order, desk, values, is_checked=order.number in marked)
        left = [item for item in items[order.pk] if item.units_open]
        units = {item.pk: item.units_open for item in left}
        shown = Seen(marks.get(order.pk, changes.NOTHING_SEEN), units)
        found.append(
            Line(
                order,
                form,
                shown,
                *contents.named(left),
                sum(units.values()),
                is_pasted=order.number in fresh,
                is_asked=order.pk in asked,
                remark=_remark(values, others[order.number]),
            )
        )
    return found


def told(lines: Sequence[Line]) -> list[Line]:
    """The same lines with what happened to each since it was seen, which counts as seen from now on."""
    marks = changes.marks(line.order.pk for line in lines)
    news = changes.since({line.order.pk: line.seen.event for line in lines}, changes.TO_SHIP)
    return [
        replace(
            line,
            news=news[line.order.pk],
            seen=Seen(marks.get(line.order.pk, changes.NOTHING_SEEN), line.seen.units),
        )
        if line.order.pk in news
        else line
        for line in lines
    ]


def _asked(orders: Iterable[Order]) -> set[int]:
    """Those whose buyer asked to cancel and waits for an answer (O10)."""
    found = CancelRequest.objects.filter(order__in=[order.pk for order in orders], state=RequestState.OPEN)
    return set(found.values_list("order_id", flat=True))


def _remark(values: Typed, others: Iterable[str]) -> str:
    """What is odd about the tracking number, once there is one and a carrier that we know.

    `others` are the orders that have the number already. What the form refuses is said there.
    """
    number, carrier = values.get("tracking_number", "").strip(), headings.carrier(values.get("carrier", ""))
    if not number or carrier not in CARRIERS:
        return ""
    found = [tracking.judge(carrier, number), *parcel_remarks.on_use(number, others)]
    return " ".join(each.sentence for each in found if not each.is_refused).strip()


def _others(orders: Sequence[Order], desk: Desk, typed: Mapping[str, Typed]) -> dict[str, list[str]]:
    """{order number: other orders with the tracking number that is typed for it}, in one query."""
    numbers = {order.number: typed.get(order.number, {}).get("tracking_number", "") for order in orders}
    found = parcel_remarks.orders_with(desk.seller.pk, numbers.values())
    return {
        order.number: [
            name for pk, name in found.get(search.bare(numbers[order.number]), {}).items() if pk != order.pk
        ]
        for order in orders
    }


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
