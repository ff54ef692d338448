"""The relay phone of an order: a number that reaches the buyer while the order is being fulfilled (C3, C4)."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from accounts.actors import Actor
from accounts.models import Marketplace
from inventory.models import Fulfilment
from orders import history
from orders.models import Order
from orders.states import EventKind

RELEASED: dict[str, object] = {"relay_phone": "", "relay_extension": "", "phone_until": None}


def assigned(order: Order, marketplace: Marketplace) -> dict[str, str]:
    """The columns of a relay number for an order that the seller ships; none where the marketplace ships (C4)."""
    if order.fulfilment == Fulfilment.AFN or not marketplace.relay_phone:
        return {}
    return {
        "relay_phone": marketplace.relay_phone,
        "relay_extension": _free_extension(marketplace.relay_phone),
    }


def _free_extension(phone: str) -> str:
    """One that leads to no other buyer; two that draw the same at once are told apart by the database."""
    while True:
        extension = f"{secrets.randbelow(1_000_000):06d}"
        if not Order.objects.filter(relay_phone=phone, relay_extension=extension).exists():
            return extension


def release(orders: Sequence[Order], *, actor: Actor, now: datetime) -> None:
    """The numbers no longer work and are no longer shown: delivery is complete (C3). The caller holds the rows."""
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(**RELEASED)
    history.write(history.event(order, EventKind.PHONE_RELEASED, actor=actor, now=now) for order in orders)
