"""What an order costs, and what its payment is doing: the orders' side of the payments app."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.money import share
from accounts.nudge import nudge
from orders.models import Order, OrderItem
from payments import batches, providers
from payments.models import Payment
from payments.states import PaymentState

COMPONENTS = ("price", "tax", "shipping", "shipping_tax")


def kept(item: OrderItem, component: str) -> int:
    """What remains to be paid of one component for the units that were not canceled, in minor units (O12)."""
    amount: int = getattr(item, component)
    # Only a part of a line needs the order for its step: most items keep all their units.
    return part(item.order, amount, item.units_kept, item.quantity) if item.units_canceled else amount


def part(order: Order, amount: int, kept: int, quantity: int) -> int:
    """What so many units of a line cost, as an amount that the order's payment provider can move (P3)."""
    return share(amount, kept, quantity, step(order))


def step(order: Order) -> int:
    """The smallest amount that can be moved of this order's money, in minor units."""
    # Asked for every part of every list: only in these few currencies does it depend on the order's provider.
    if not providers.is_coarse(order.currency):
        return 1
    return providers.step(order.payment.provider, order.currency) or 1


def why_not_movable(order: Order, amount: int) -> str:
    """Why the order's payment provider can't move this amount, in a sentence; empty where it can."""
    if not providers.is_coarse(order.currency):
        return ""
    return providers.why_not_movable(order.payment.provider, amount, order.currency)


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
