"""What an order costs, and what its payment is doing: the orders' side of the payments app."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.money import share
from accounts.nudge import nudge
from orders.models import Order, OrderItem
from payments import batches
from payments.models import Payment
from payments.states import PaymentState

COMPONENTS = ("price", "tax", "shipping", "shipping_tax")


def kept(item: OrderItem, component: str) -> int:
    """What remains to be paid of one component for the units that were not canceled, in minor units (O12)."""
    return share(getattr(item, component), item.units_kept, item.quantity)


def ordered(item: OrderItem) -> int:
    """Return what all units of the item came to when it was ordered, in minor units."""
    amounts: list[int] = [getattr(item, component) for component in COMPONENTS]
    return sum(amounts)


def total(items: Iterable[OrderItem]) -> int:
    """What the buyer pays for all units that were not canceled."""
    return sum(kept(item, component) for item in items for component in COMPONENTS)


def capturing(orders: Sequence[Order]) -> set[int]:
    """Which of these orders are being charged at this moment; the caller holds them."""
    payments = Payment.objects.filter(order__in=orders, state=PaymentState.CAPTURING)
    return set(payments.values_list("order__pk", flat=True))


def void(orders: Sequence[Order], now: datetime) -> None:
    """Let go of what is held for canceled orders: asked for with the change, done after it."""
    calls = batches.release(Payment.objects.filter(order__in=orders), now=now)
    if calls:
        nudge("orders.tasks.finish_provider_calls")
