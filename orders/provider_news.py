"""What follows for an order from what its payment provider reports later (P3).

Each function looks at the object at the provider first, outside any transaction, then holds the order and changes what
is not yet as the provider has it. So the same report twice, or an old one, changes nothing.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from accounts.actors import Actor
from accounts.nudge import nudge
from orders import history, provider_calls
from orders.models import Order, OrderEvent
from orders.states import EventKind, OrderStatus
from payments import disputes, holds, news
from payments.disputes import Change
from payments.models import Payment, ProviderCall, ProviderEvent
from payments.providers.news import HoldSeen
from payments.states import Operation, PaymentState

RENEW = "orders.tasks.renew_holds"
logger = structlog.get_logger(__name__)


def payment(event: ProviderEvent, actor: Actor, now: datetime) -> bool:
    """A hold or a charge changed: finish the call that waits for it, renew a hold that ended, let go of a stray one."""
    seen = news.of(event.provider).payment(event.about)
    found = _payment(seen) if seen else None
    if seen is None or found is None:
        return False
    for call in _waiting(found, seen):
        provider_calls.finish(call, actor=actor, now=now)
    with transaction.atomic(durable=True):
        order = Order.objects.lock(Order.objects.only("pk").get(payment=found.pk).pk)
        _compare(order, Payment.objects.lock(found.pk), seen, event, actor=actor, now=now)
    return True


def dispute(event: ProviderEvent, actor: Actor, now: datetime) -> bool:
    """A dispute was opened, moved money, or ended: the ledger and the history follow."""
    seen = news.of(event.provider).dispute(event.about)
    found = Payment.objects.filter(provider_reference=seen.payment).first() if seen and seen.payment else None
    if seen is None or found is None:
        return False
    with transaction.atomic(durable=True):
        order = Order.objects.lock(Order.objects.only("pk").get(payment=found.pk).pk)
        change = disputes.follow(found, seen, now=now)
        history.write(_events(order, change, actor=actor, now=now))
    return True


def _payment(seen: HoldSeen) -> Payment | None:
    """Whose hold it is: by the call that made it, or by its name."""
    call = _call(seen)
    return call.payment if call else Payment.objects.filter(provider_reference=seen.reference).first()


def _call(seen: HoldSeen) -> ProviderCall | None:
    try:
        key = UUID(seen.call)
    except ValueError:
        return None
    return ProviderCall.objects.filter(key=key).select_related("payment").first()


def _waiting(found: Payment, seen: HoldSeen) -> list[ProviderCall]:
    """The open calls that this hold answers. One whose answer was lost learns the name of what it made."""
    made = found.calls.open().filter(operation__in=[Operation.AUTHORISE, Operation.RENEW])
    if call := _call(seen):
        made.filter(pk=call.pk, reference="").update(reference=seen.reference)
    waiting = list(made.filter(reference=seen.reference))
    if found.provider_reference == seen.reference:
        waiting += found.calls.open().filter(operation__in=[Operation.CAPTURE, Operation.VOID])
    return waiting


def _compare(
    order: Order, found: Payment, seen: HoldSeen, event: ProviderEvent, *, actor: Actor, now: datetime
) -> None:
    """Act on what the provider has and the payment has not; the caller holds the order and the payment."""
    is_own = found.provider_reference == seen.reference
    if found.calls.open().filter(reference__in=["", seen.reference]).exists():
        return  # its answer will say
    if seen.is_canceled and is_own and found.state == PaymentState.AUTHORISED:
        _hold_ended(order, found, seen, actor=actor, now=now)
    elif seen.is_held and not is_own:
        holds.release(found, seen.reference, now=now)
    elif seen.is_charged and not (is_own and found.state == PaymentState.CAPTURED):
        ProviderEvent.objects.filter(pk=event.pk).update(needs_attention=True)
        logger.error("provider_charged_unasked", order=order.number, payment=seen.reference)


def _hold_ended(order: Order, found: Payment, seen: HoldSeen, *, actor: Actor, now: datetime) -> None:
    """The hold is no more: said once, and renewed at once where the order is still to be shipped."""
    told: dict[str, Any] = {"hold": seen.reference}
    if order.events.filter(kind=EventKind.HOLD_ENDED, details=told).exists():
        return
    holds.end(found, now=now)
    history.write([history.event(order, EventKind.HOLD_ENDED, actor=actor, now=now, **told)])
    if order.status == OrderStatus.UNSHIPPED:
        nudge(RENEW)


def _events(order: Order, change: Change, *, actor: Actor, now: datetime) -> list[OrderEvent]:
    """What the history tells of a dispute, in the order in which it happens."""
    case = change.dispute
    ended = {"won": EventKind.DISPUTE_WON, "lost": EventKind.DISPUTE_LOST}.get(case.status)
    kinds = [
        EventKind.DISPUTE_OPENED if change.is_new else None,
        EventKind.DISPUTE_WITHDRAWN if change.is_withdrawn else None,
        EventKind.DISPUTE_RETURNED if change.is_returned else None,
        (ended or EventKind.DISPUTE_CLOSED) if change.is_closed else None,
    ]
    told: dict[str, Any] = {"dispute": case.pk, "amount": case.amount, "currency": case.currency}
    return [history.event(order, kind, actor=actor, now=now, **told) for kind in kinds if kind]
