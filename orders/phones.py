"""The relay phone of an order: a number that reaches the buyer while the order is being fulfilled (C3, C4).

Numbers are lent by a pool, `settings.PHONE_POOL`. It is asked inside the order's transaction and so must not call
anybody: an exchange learns from the rows which extension leads to whom, and until when.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.actors import Actor
from accounts.models import Marketplace
from inventory.models import Fulfilment
from orders import history
from orders.models import Order
from orders.states import EventKind

RELEASED: dict[str, object] = {"relay_phone": "", "relay_extension": "", "phone_until": None}


class Number(NamedTuple):
    """What a seller dials; together the two lead to one buyer."""

    phone: str
    extension: str


class Pool(Protocol):
    """Where numbers come from. What is released on the order's row is free again."""

    def lend(self, order: Order, marketplace: Marketplace) -> Number | None:
        """A number that leads to nobody else; None where there is none."""


class SharedNumber:
    """The marketplace's one number, with an extension for each order."""

    def lend(self, order: Order, marketplace: Marketplace) -> Number | None:
        """Two that draw the same extension at once are told apart by the database."""
        phone = marketplace.relay_phone
        while phone:
            number = Number(phone, f"{secrets.randbelow(1_000_000):06d}")
            if not Order.objects.filter(relay_phone=phone, relay_extension=number.extension).exists():
                return number
        return None


@cache
def _pool(name: str) -> Pool:
    pool: Pool = import_string(name)()
    return pool


def assigned(order: Order, marketplace: Marketplace) -> dict[str, str]:
    """The columns of a relay number for an order that the seller ships; none where the marketplace ships (C4)."""
    if order.fulfilment == Fulfilment.AFN:
        return {}
    number = _pool(settings.PHONE_POOL).lend(order, marketplace)
    return {"relay_phone": number.phone, "relay_extension": number.extension} if number else {}


def release(orders: Sequence[Order], *, actor: Actor, now: datetime) -> None:
    """The numbers no longer work and are no longer shown: delivery is complete (C3). The caller holds the rows."""
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(**RELEASED)
    history.write(history.event(order, EventKind.PHONE_RELEASED, actor=actor, now=now) for order in orders)
