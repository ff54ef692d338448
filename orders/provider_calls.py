"""Asking the payment provider on an order's behalf, and what follows from each answer.

The call stands between two transactions: the intent is on record before, the order is held again after. Whoever
finds an open intent, the request that made it or the sweep, finishes it here, and gets the same result.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import moments
from accounts.actors import Actor, ActorKind
from accounts.nudge import nudge
from orders import history, lifecycle, packages
from orders.models import Order
from orders.states import EventKind, OrderStatus
from payments import calls
from payments.models import ProviderCall
from payments.states import CallState, Operation

FINISH = "orders.tasks.finish_provider_calls"
OPERATIONS = (Operation.AUTHORISE, Operation.CAPTURE, Operation.VOID, Operation.RENEW, Operation.RELEASE)
"""What is asked on an order's behalf; a refund's call is finished by `refunds.provider_calls`."""


def finish(call: ProviderCall, *, actor: Actor, now: datetime) -> ProviderCall:
    """Ask the provider, outside any transaction, and record its answer with all that follows from it.

    Afterwards an authorised order is Unshipped, a charged one has its waiting packages confirmed, a refused
    charge has none of them. Without an answer the call stays open and is asked again by the sweep.
    """
    outcome = calls.run(call, now=now)
    with transaction.atomic(durable=True):
        order = Order.objects.lock(Order.objects.only("pk").get(payment=call.payment_id).pk)
        was_open = ProviderCall.objects.open().filter(pk=call.pk).exists()
        call = calls.record(call.pk, outcome, now=now)
        if was_open and not call.is_open:
            _follow(order, call, actor=actor, now=now)
    return call


def _follow(order: Order, call: ProviderCall, *, actor: Actor, now: datetime) -> None:
    """What a final answer means for the order, whose row the caller holds."""
    is_done = call.state == CallState.DONE
    if call.operation == Operation.AUTHORISE and order.status == OrderStatus.PENDING:
        if is_done:
            lifecycle.authorise(order, actor=actor, now=now)
        else:
            history.write([history.event(order, EventKind.DECLINED, actor=actor, now=now, code=call.code)])
    elif call.operation == Operation.RENEW:
        _renewed(order, call, is_done=is_done, actor=actor, now=now)
    elif call.operation == Operation.CAPTURE and is_done:
        charged: dict[str, Any] = {"amount": call.amount, "currency": call.currency}
        history.write([history.event(order, EventKind.CHARGED, actor=actor, now=now, **charged)])
        packages.confirm(order, packages.waiting(order), now=now)
    elif call.operation == Operation.CAPTURE:
        is_later = actor.kind == ActorKind.SYSTEM
        packages.drop(order, packages.waiting(order), why=call.error, is_later=is_later, now=now)


def _renewed(order: Order, call: ProviderCall, *, is_done: bool, actor: Actor, now: datetime) -> None:
    """Tell of a hold that was renewed, or, once for each hold, that it was not: seller and buyer have to know."""
    nudge(FINISH)  # the hold that is of no use any more is let go of at once
    if order.status != OrderStatus.UNSHIPPED:
        return
    if is_done:
        history.write([history.event(order, EventKind.HOLD_RENEWED, actor=actor, now=now)])
        return
    told = (EventKind.HOLD_RENEWED, EventKind.HOLD_NOT_RENEWED)
    last = order.events.filter(kind__in=told).order_by("pk").last()
    if last is None or last.kind == EventKind.HOLD_RENEWED:
        ends = call.payment.capture_before or now
        until = moments.text(ends, order.seller.marketplace.time_zone)
        details = {"until": until, "code": call.code}
        history.write([history.event(order, EventKind.HOLD_NOT_RENEWED, actor=actor, now=now, **details)])
