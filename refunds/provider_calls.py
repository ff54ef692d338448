"""Asking the payment provider to give money back, and what follows from each answer (R7).

The call stands between two transactions, as `orders.provider_calls` has it: the intent is on record before, the
order is held again after. Whoever finds an open call finishes it here, and gets the same result.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.actors import Actor
from orders import history
from orders.models import Order
from orders.states import EventKind
from payments import calls
from payments.models import Payment, ProviderCall
from payments.states import CallState, Operation
from refunds import books, refunds, returns
from refunds.models import Refund
from refunds.states import RefundState

NO_REASON = gettext_noop("the payment provider refused.")


def send(order: Order, refund: Refund, *, actor: Actor, now: datetime) -> ProviderCall | None:
    """Put the call on record, in the caller's transaction, who holds the order; nobody is asked yet.

    None where the payment cannot be asked for it: the refund has failed then, and says why.
    """
    try:
        with transaction.atomic():
            payment = Payment.objects.get(order=order)
            call = calls.request(payment, Operation.REFUND, refund.amount, now=now)
    except calls.CallRefused as refusal:
        fail(order, refund, str(refusal), actor=actor, now=now)
        return None
    refund.state, refund.call, refund.sent_at = RefundState.SENT, call, now
    refund.save(update_fields=["state", "call", "sent_at"])
    return call


def finish(call: ProviderCall, *, actor: Actor, now: datetime) -> ProviderCall:
    """Ask the provider, outside any transaction, and record its answer with all that follows from it.

    Afterwards the refund is done, with its ledger entries and its return refunded, or failed, and its amounts can
    be refunded again. Without an answer the call stays open and is asked again by the sweep.
    """
    outcome = calls.run(call, now=now)
    with transaction.atomic(durable=True):
        order = Order.objects.lock(Order.objects.only("pk").get(payment=call.payment_id).pk)
        was_open = ProviderCall.objects.open().filter(pk=call.pk).exists()
        call = calls.record(call.pk, outcome, now=now)
        refund = order.refunds.filter(call=call).first()
        if refund and was_open and not call.is_open:
            _follow(order, refund, call, actor=actor, now=now)
    return call


def _follow(order: Order, refund: Refund, call: ProviderCall, *, actor: Actor, now: datetime) -> None:
    """What a final answer means for the refund; the caller holds its order."""
    if call.state == CallState.DONE:
        _done(order, refund, actor=actor, now=now)
    else:
        fail(order, refund, call.error or NO_REASON, actor=actor, now=now)


def _done(order: Order, refund: Refund, *, actor: Actor, now: datetime) -> None:
    """The buyer has the money; the memo goes with the event that tells of it."""
    refund.state, refund.finished_at = RefundState.DONE, now
    refund.save(update_fields=["state", "finished_at"])
    told = refunds.event(order, refund, EventKind.REFUND_DONE, actor=actor, now=now)
    history.tell_buyer(history.write([told]), refund.memo)
    if refund.of_return:
        returns.mark_refunded(refund.of_return, actor=actor, now=now)


def fail(order: Order, refund: Refund, why: str, *, actor: Actor, now: datetime) -> None:
    """No money has moved; the amounts can be refunded again, by `refunds.retry` or otherwise."""
    books.give_back(refund.lines.all())
    refund.state, refund.finished_at, refund.error = RefundState.FAILED, now, why
    refund.save(update_fields=["state", "finished_at", "error"])
    history.write([refunds.event(order, refund, EventKind.REFUND_FAILED, actor=actor, now=now, why=why)])
