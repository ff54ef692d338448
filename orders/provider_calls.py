"""Asking the payment provider on an order's behalf, and what follows from each answer.

The call stands between two transactions: the intent is on record before, the order is held again after. Whoever
finds an open intent, the request that made it or the sweep, finishes it here, and gets the same result.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor, ActorKind
from orders import history, lifecycle, packages
from orders.models import Order
from orders.states import EventKind, OrderStatus
from payments import calls
from payments.models import ProviderCall
from payments.states import CallState, Operation

OPERATIONS = (Operation.AUTHORISE, Operation.CAPTURE, Operation.VOID)
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
    elif call.operation == Operation.CAPTURE and is_done:
        charged: dict[str, Any] = {"amount": call.amount, "currency": call.currency}
        history.write([history.event(order, EventKind.CHARGED, actor=actor, now=now, **charged)])
        packages.confirm(order, packages.waiting(order), now=now)
    elif call.operation == Operation.CAPTURE:
        is_later = actor.kind == ActorKind.SYSTEM
        packages.drop(order, packages.waiting(order), why=call.error, is_later=is_later, now=now)
