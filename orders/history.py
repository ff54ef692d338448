"""Writing what happened to an order; `sentences.py` says it in words."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.actors import Actor
from accounts.nudge import nudge
from orders.models import Memo, Order, OrderEvent
from orders.states import EventKind

TELLS = "notifications.tasks.send"


def event(
    order: Order,
    kind: EventKind,
    *,
    actor: Actor,
    now: datetime,
    old_status: str = "",
    new_status: str = "",
    **details: Any,
) -> OrderEvent:
    """An event of this order, not yet saved; the caller holds the order's row."""
    return OrderEvent(
        order=order,
        seller_id=order.seller_id,
        kind=kind,
        at=now,
        actor=actor.user,
        actor_kind=actor.kind,
        source=actor.source,
        old_status=old_status,
        new_status=new_status,
        details=details,
    )


def write(events: Iterable[OrderEvent]) -> list[OrderEvent]:
    """Save events with the change that they tell of, in its transaction: history and outbox in one.

    Whoever is to be told of them hears so after the commit.
    """
    saved = OrderEvent.objects.bulk_create(events)
    if saved:
        nudge(TELLS)
    return saved


def tell_buyer(events: Iterable[OrderEvent], memo: str) -> None:
    """Keep the seller's words to the buyer with the events they go with; nothing where there are none."""
    if memo.strip():
        shared = {"text": memo.strip()}
        Memo.objects.bulk_create(
            Memo(order_id=each.order_id, seller_id=each.seller_id, event=each, **shared) for each in events
        )
