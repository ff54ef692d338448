"""How one order stands at a moment: late, about to be canceled, still in the buyer's hands.

The lists ask the same of the database (`Order.objects.late`); here it is asked of an order already read.
"""

from collections.abc import Iterable
from datetime import datetime

from inventory.models import Fulfilment
from orders.models import Order, OrderItem
from orders.states import MOVES, OPEN, OrderStatus


def is_late(order: Order, now: datetime) -> bool:
    """The seller's to ship, past the ship-by date and not wholly confirmed, refunded or not (O17, O21)."""
    is_sellers = order.status in OPEN and order.fulfilment == Fulfilment.MFN
    return is_sellers and order.ship_by is not None and order.ship_by < now


def is_about_to_be_canceled(order: Order, now: datetime) -> bool:
    """Within two business days of being canceled unconfirmed (O18)."""
    return _awaits_first_confirmation(order) and order.warn_at is not None and order.warn_at <= now


def is_overdue(order: Order, now: datetime) -> bool:
    """Past the deadline: it can no longer be confirmed, whether the job has canceled it yet or not (O18)."""
    deadline = order.confirm_deadline
    return _awaits_first_confirmation(order) and deadline is not None and deadline < now


def is_charge_refused(order: Order) -> bool:
    """Return whether the seller confirmed a shipment, but the last charge was refused (O15)."""
    return _awaits_first_confirmation(order) and order.charge_refused_at is not None


def buyer_may_cancel(order: Order, now: datetime) -> bool:
    """The buyer may still cancel by themselves, the last moment of the window included (O9)."""
    return OrderStatus.CANCELED in MOVES[order.status] and now <= order.cancel_window_ends_at


def shows_ship_to(order: Order) -> bool:
    """Where to ship is known only while, or after, it is the seller's to ship (O2, O13)."""
    return order.status in (*OPEN, OrderStatus.SHIPPED)


def knows_buyer(order: Order) -> bool:
    """Where to ship is known, and not deleted since (D1)."""
    return shows_ship_to(order) and order.personal_data_deleted_at is None


def shows_phone(order: Order, now: datetime) -> bool:
    """A relay number that still reaches the buyer; never where the marketplace ships (C3, C4)."""
    works = order.phone_until is None or now <= order.phone_until
    return bool(order.relay_phone) and works and order.fulfilment == Fulfilment.MFN and shows_ship_to(order)


def units_owed(items: Iterable[OrderItem]) -> int:
    """Return how many units are still to be shipped."""
    return sum(item.units_open for item in items)


def _awaits_first_confirmation(order: Order) -> bool:
    return order.status == OrderStatus.UNSHIPPED and order.fulfilment == Fulfilment.MFN
