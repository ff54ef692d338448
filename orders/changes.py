"""Two people on one order: what happened to it since somebody's page was made, and by whom (O14, O19).

A page remembers the order's last event. The operation, holding the order, looks whether one that matters to it came
after that: then nothing is overwritten, and the person reads what changed before they decide anew.
"""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Max
from django.utils.translation import gettext as _

from orders import sentences
from orders.models import Order, OrderEvent
from orders.refusals import Refused
from orders.sentences import Line
from orders.states import EventKind

NOTHING_SEEN = 0
"""The mark of a page that does not say what it showed in a way that can be read."""

TO_CANCEL = (
    EventKind.UNITS_CANCELED,
    EventKind.UNITS_UNSUPPLIED,
    EventKind.CANCEL_REQUESTED,
    EventKind.REQUEST_DECLINED,
)
TO_SHIP = (
    EventKind.UNITS_CANCELED,
    EventKind.UNITS_UNSUPPLIED,
    EventKind.CANCEL_REQUESTED,
    EventKind.SHIPMENT_CONFIRMED,
    EventKind.ORDER_COMPLETED,
    EventKind.CANCELED,
)
TO_REFUND = (
    EventKind.SHIPMENT_CONFIRMED,
    EventKind.ORDER_COMPLETED,
    EventKind.UNITS_UNSUPPLIED,
    EventKind.UNITS_CANCELED,
    EventKind.CANCELED,
    EventKind.REFUND_REQUESTED,
    EventKind.REFUND_TAKEN_BACK,
    EventKind.REFUND_FAILED,
)
TO_EDIT = (EventKind.PACKAGE_EDITED,)


class Changed(Refused):
    """The order has changed since the page was made from which this was asked; `lines` say how, newest first."""

    def __init__(self, lines: Collection[Line]) -> None:
        self.lines = list(lines)
        told = " ".join(f"{line.who}: {line.sentence}" for line in self.lines)
        sentence = _("The order has changed since this page was made, so nothing was done. %(told)s")
        super().__init__((sentence % {"told": told}).rstrip())


def mark(order: Order) -> int:
    """The last thing that happened to the order. Read it before what the page shows, so that nothing is missed."""
    return marks([order.pk]).get(order.pk, NOTHING_SEEN)


def marks(orders: Iterable[int]) -> dict[int, int]:
    """The same of many orders, in one query."""
    found = OrderEvent.objects.filter(order__in=list(orders)).order_by().values("order_id")
    return dict(found.annotate(last=Max("pk")).values_list("order_id", "last"))


def since(seen: Mapping[int, int], kinds: Collection[EventKind]) -> dict[int, list[Line]]:
    """What happened of these kinds to each order after the event that was seen of it, in one query; else nothing."""
    if not seen:
        return {}
    found = OrderEvent.objects.select_related("actor", "memo").filter(order__in=list(seen), kind__in=kinds)
    news: dict[int, list[OrderEvent]] = {}
    for event in found.filter(pk__gt=min(seen.values())):
        if event.pk > seen[event.order_id]:
            news.setdefault(event.order_id, []).append(event)
    return {order: sentences.timeline(events) for order, events in news.items()}


def check(
    order: Order, seen: int | None, kinds: Collection[EventKind], *, package: int | None = None
) -> None:
    """Raise Changed where something of these kinds came after `seen`; the caller holds the order.

    With a package's number, only what happened to that one counts. None asks for no check.
    """
    if seen is None:
        return
    found = order.events.select_related("actor", "memo").filter(pk__gt=seen, kind__in=kinds)
    if package is not None:
        found = found.filter(details__package=package)
    lines = sentences.timeline(found)
    if lines or seen == NOTHING_SEEN:
        raise Changed(lines)
