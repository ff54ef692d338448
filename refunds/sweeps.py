"""The periodic jobs over refunds: what is due is sent, and what was sent is asked about until it is answered.

Like the sweeps of orders: rows that another worker holds are passed over, what is done is decided on the locked
rows, and a killed sweep leaves its batch to the next.
"""

from datetime import datetime, timedelta

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

from accounts.actors import Actor
from orders.models import Order
from payments import calls
from payments.models import ProviderCall
from payments.providers.base import Outcome, Status
from payments.states import Operation
from refunds import provider_calls
from refunds.models import Refund

CALLS_AT_ONCE = 20
PAUSE_AFTER_A_FAULT = timedelta(minutes=15)

logger = structlog.get_logger(__name__)


def send_due(now: datetime, actor: Actor) -> int:
    """Make provider calls of the refunds whose grace is over, and ask at once (R7).

    Each in a transaction of its own: whoever closes a statement holds many payments in an order of its own, and
    one at a time meets it in none.
    """
    due = Refund.objects.due(now).values_list("pk", "order_id")[:CALLS_AT_ONCE]
    return sum(_send_one(pk, order_id, actor=actor, now=now) for pk, order_id in list(due))


def _send_one(pk: int, order_id: int, *, actor: Actor, now: datetime) -> bool:
    """Send a refund and ask for it; False where another worker holds its order, or it is not due any more."""
    with transaction.atomic(durable=True):
        held = Order.objects.filter(pk=order_id).lock_due(1)
        # Read again under the order's lock: another worker, or a hand, may have been here since the search.
        refund = Refund.objects.due(now).filter(pk=pk).first() if held else None
        call = _send(held[0], refund, actor=actor, now=now) if refund else None
    if call:
        _finish(call, actor=actor, now=now)
    return refund is not None


def finish_refund_calls(now: datetime, actor: Actor) -> int:
    """Ask the provider about refunds without a final answer: crashes and silences end here."""
    found = calls.due([Operation.REFUND], now=now, limit=CALLS_AT_ONCE)
    for call in found:
        _finish(call, actor=actor, now=now)
    return len(found)


def send_refunds(now: datetime, actor: Actor) -> int:
    """Both, as the command does them."""
    return send_due(now, actor) + finish_refund_calls(now, actor)


def _send(order: Order, refund: Refund, *, actor: Actor, now: datetime) -> ProviderCall | None:
    """Send one; what breaks on the way waits a while, and holds up no other."""
    try:
        with transaction.atomic():
            return provider_calls.send(order, refund, actor=actor, now=now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("refund_not_sent", refund=refund.pk)
        Refund.objects.filter(pk=refund.pk).update(due_at=now + PAUSE_AFTER_A_FAULT)
        return None


def _finish(call: ProviderCall, *, actor: Actor, now: datetime) -> None:
    """Finish a call; what breaks on the way is asked again later, with a longer pause each time, like silence."""
    try:
        provider_calls.finish(call, actor=actor, now=now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("refund_call_not_finished", call=str(call.key))
        calls.record(call.pk, Outcome(Status.UNKNOWN, code="fault"), now=now)
