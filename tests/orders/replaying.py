"""What the events of an order add up to, and the same of its own rows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from orders.models import Order, OrderEvent
from orders.states import EventKind, OrderStatus, RequestState


@dataclass
class Replay:
    """What the events of one order add up to."""

    status: str = ""
    shipped: Counter = field(default_factory=Counter)
    canceled: Counter = field(default_factory=Counter)
    asked: bool = False
    charged: int = 0


def replay(events: Iterable[OrderEvent], ordered: dict[str, int]) -> Replay:
    """Go through the events from the first to the last; `ordered` {SKU: units} is what was placed."""
    so_far = Replay()
    for event in events:
        assert event.old_status in ("", so_far.status)
        so_far.status = event.new_status or so_far.status
        if event.kind == EventKind.SHIPMENT_CONFIRMED:
            for package in event.details["packages"]:
                so_far.shipped.update({unit["sku"]: unit["units"] for unit in package["units"]})
        elif event.kind == EventKind.UNITS_CANCELED:
            so_far.canceled.update({unit["sku"]: unit["units"] for unit in event.details["units"]})
        elif event.kind == EventKind.CHARGED:
            so_far.charged += event.details["amount"]
        if event.kind in (EventKind.CANCEL_REQUESTED, EventKind.REQUEST_DECLINED):
            so_far.asked = event.kind == EventKind.CANCEL_REQUESTED
        if so_far.status == OrderStatus.CANCELED:
            so_far.canceled = Counter(ordered)
    so_far.asked &= so_far.status in (OrderStatus.UNSHIPPED, OrderStatus.PENDING)
    return so_far


def as_stored(order: Order) -> Replay:
    """The same of the order's own rows."""
    items = list(order.items.all())
    return Replay(
        status=order.status,
        shipped=+Counter({item.sku: item.units_shipped for item in items}),
        canceled=+Counter({item.sku: item.units_canceled for item in items}),
        asked=order.cancel_requests.filter(state=RequestState.OPEN).exists(),
        charged=order.payment.captured_amount,
    )


def history_of(order: Order) -> Replay:
    ordered = {item.sku: item.quantity for item in order.items.all()}
    return replay(order.events.order_by("pk"), ordered)
