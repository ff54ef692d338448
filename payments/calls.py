"""Calls to the payment provider: intent, call and outcome, each in a transaction of its own (ADR 0003).

with transaction.atomic(durable=True):  # the caller's, holding the order
    call = calls.request(payment, Operation.CAPTURE, amount, now=now)
outcome = calls.run(call, now=now)  # outside any transaction
with transaction.atomic(durable=True):  # holding the order again
    call = calls.record(call.pk, outcome, now=now)  # the same answer may come twice
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.utils.translation import gettext as _

from payments import holds, ledger, providers
from payments.models import Payment, ProviderCall
from payments.providers.base import Outcome, Request, Status
from payments.states import (
    ASKED_FROM,
    BESIDE,
    MOVES,
    WHEN_DONE,
    WHEN_REFUSED,
    WHILE_OPEN,
    CallState,
    Operation,
    PaymentState,
)

logger = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=1)
ATTEMPTS_BEFORE_ATTENTION = 8  # about an hour of silence
# A declined card is tried again after these, then once a day until the order's limit (O4).
AUTHORISE_AGAIN_AFTER = [timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), timedelta(days=1)]

METHODS: dict[str, str] = {Operation.RENEW: Operation.AUTHORISE, Operation.RELEASE: Operation.VOID}
"""What a provider is asked for an operation that has no name of its own there."""


class CallRefused(Exception):
    """The payment is not where this could be asked of it; says why in a sentence to show."""


def request(payment: Payment, operation: Operation, amount: int, *, now: datetime) -> ProviderCall:
    """Record an intent in the caller's transaction, who holds the order. Nothing is asked yet.

    An authorisation moves the payment to pending, a capture to capturing, a void to voiding. Raises
    CallRefused when the payment does not stand where this can be asked, or has less than the amount.
    """
    payment = Payment.objects.lock(payment.pk)
    _check_request(payment, operation, amount)
    call = ProviderCall.objects.create(
        payment=payment,
        operation=operation,
        amount=amount,
        currency=payment.currency,
        requested_at=now,
        next_try_at=now,
    )
    if operation not in BESIDE:
        _move(payment, WHILE_OPEN[operation], next_try_at=None)
    return call


def run(call: ProviderCall, *, now: datetime) -> Outcome:
    """Claim the call for this worker and ask the provider. Never raises for trouble at the provider.

    Raises RuntimeError inside a transaction: a provider must not be waited for under locks.
    """
    claimed = _claim(call.pk, now)
    if claimed is None:
        return Outcome(Status.HELD)
    try:
        return _ask(claimed, now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # whatever broke, the money may have moved: only asking again can tell
        logger.exception("provider_call_broke", call=str(claimed.key), operation=claimed.operation)
        return Outcome(Status.UNKNOWN, code="fault")


@transaction.atomic
def record(call_id: int, outcome: Outcome, *, now: datetime) -> ProviderCall:
    """Write the answer down and move the payment, in the caller's transaction, who holds the order.

    Afterwards the call is done (payment authorised, captured or refunded with its ledger entries, or voided), refused
    (declined, or as before the request), or still open and due again. A finished call never changes, HELD
    changes nothing: look at the state of the call that is returned.
    """
    call = ProviderCall.objects.get(pk=call_id)
    payment = Payment.objects.lock(call.payment_id)
    call = ProviderCall.objects.select_for_update(of=("self",), no_key=True).get(pk=call_id)
    call.payment = payment
    if outcome.status == Status.HELD:
        return call
    if not call.is_open:
        _notice_contradiction(call, outcome)
    elif outcome.status == Status.APPROVED:
        _finish(call, CallState.DONE, outcome, now)
        _when_done(call, outcome, now)
    elif outcome.status == Status.DECLINED:
        _finish(call, CallState.REFUSED, outcome, now)
        _when_refused(call, now)
    else:
        _wait(call, outcome, now)
    return call


def due(operations: Collection[Operation], *, now: datetime, limit: int = 20) -> list[ProviderCall]:
    """Open calls of these kinds that nobody works on and whose time has come, for the sweep."""
    found = ProviderCall.objects.due(now).filter(operation__in=operations)
    return list(found.select_related("payment")[:limit])


def _check_request(payment: Payment, operation: Operation, amount: int) -> None:
    if payment.state not in ASKED_FROM[operation]:
        raise CallRefused(_("The payment cannot be asked for this: %s.") % payment.get_state_display())
    if payment.released_at and operation in (Operation.AUTHORISE, Operation.CAPTURE, Operation.RENEW):
        raise CallRefused(_("The order was canceled: its money is let go."))
    is_asked = payment.calls.open().filter(operation=operation) if operation == Operation.RENEW else None
    if is_asked or (operation not in BESIDE and payment.calls.open().exclude(operation__in=BESIDE).exists()):
        raise CallRefused(_("The payment provider was asked already; its answer is awaited."))
    if operation == Operation.REFUND and not amount:
        raise CallRefused(_("There is nothing to refund."))
    if not 0 <= amount <= _at_most(payment, operation):
        raise CallRefused(_("The amount is more than the payment has left."))


def _at_most(payment: Payment, operation: Operation) -> int:
    """The most that can be asked for: all that is held, or what was taken and not given back."""
    if operation != Operation.REFUND:
        return payment.amount
    refunds = payment.calls.filter(operation=Operation.REFUND, reversed_at=None)
    given_back = sum(refunds.exclude(state=CallState.REFUSED).values_list("amount", flat=True))
    return payment.captured_amount - given_back - payment.disputed()


@transaction.atomic(durable=True)
def _claim(call_id: int, now: datetime) -> ProviderCall | None:
    """Take an open call for a lease, counted in its row before anyone is asked; None when another has it."""
    free = ProviderCall.objects.unclaimed(now).filter(pk=call_id).select_related("payment")
    call = free.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if call:
        call.state, call.claimed_at, call.attempts = CallState.SENT, now, call.attempts + 1
        call.save(update_fields=["state", "claimed_at", "attempts"])
    return call


def _ask(call: ProviderCall, now: datetime) -> Outcome:
    payment, operation = call.payment, call.operation
    if not payment.amount:
        return Outcome(Status.APPROVED, code="nothing_to_move")
    if operation == Operation.CAPTURE and not call.amount:
        operation = Operation.VOID  # to take nothing is to let go; providers refuse a capture of zero
    asked = Request(
        key=call.key,
        order_number=payment.order_number,
        token=payment.token,
        amount=call.amount,
        currency=call.currency,
        reference=_reference(call),
        attempt=call.attempts,
        now=now,
        needed_until=payment.needed_until,
    )
    outcome: Outcome = getattr(providers.get(payment.provider), METHODS.get(operation, operation))(asked)
    return outcome


def _reference(call: ProviderCall) -> str:
    """What the provider knows the money by. A refund's own name is not it: the charge it is taken from is."""
    if call.operation == Operation.REFUND:
        return call.payment.provider_reference
    if call.operation == Operation.RENEW:
        return call.reference
    return call.reference or call.payment.provider_reference


def _finish(call: ProviderCall, state: CallState, outcome: Outcome, now: datetime) -> None:
    call.state, call.finished_at = state, now
    call.claimed_at = call.next_try_at = None
    # A void that was refused leaves the buyer's money held: somebody has to look.
    is_void = call.operation in (Operation.VOID, Operation.RELEASE)
    call.needs_attention = state == CallState.REFUSED and is_void
    _note(call, outcome)
    call.save()


def _wait(call: ProviderCall, outcome: Outcome, now: datetime) -> None:
    """Leave the call open and due again: the pause doubles, and a long silence calls for a person."""
    call.claimed_at = None
    call.next_try_at = now + min(FIRST_PAUSE * 2 ** min(max(call.attempts - 1, 0), 20), LONGEST_PAUSE)
    _note(call, outcome)
    if outcome.status == Status.UNKNOWN and call.attempts >= ATTEMPTS_BEFORE_ATTENTION:
        call.needs_attention = True
        logger.error("provider_call_unanswered", call=str(call.key), attempts=call.attempts, code=call.code)
    call.save()


def _note(call: ProviderCall, outcome: Outcome) -> None:
    call.reference = outcome.reference[:200] or call.reference
    call.code, call.error = outcome.code[:100], outcome.message[:500]


def _when_done(call: ProviderCall, outcome: Outcome, now: datetime) -> None:
    if call.operation == Operation.RENEW:
        _renewed(call, outcome, now)
    elif call.operation != Operation.RELEASE:
        _moved(call, outcome, now)


def _moved(call: ProviderCall, outcome: Outcome, now: datetime) -> None:
    """The payment is where the call was to bring it."""
    payment = call.payment
    fields: dict[str, object] = {}
    if call.operation == Operation.AUTHORISE:
        fields = {"authorised_at": now, "provider_reference": call.reference, **holds.fields_of(outcome, now)}
    elif call.operation == Operation.CAPTURE:
        fields = _charged(call, now)
    elif call.operation == Operation.REFUND:
        fields = _refunded(call, now)
    _move(payment, WHEN_DONE[Operation(call.operation)], **fields)
    if call.operation == Operation.AUTHORISE and payment.released_at:
        request(payment, Operation.VOID, payment.amount, now=now)


def _renewed(call: ProviderCall, outcome: Outcome, now: datetime) -> None:
    """The new hold takes the place of the old one, which is let go of; or the other way round.

    The new one goes where the order was charged, or canceled, while it was asked for: never two captures.
    """
    payment, spare = call.payment, call.reference
    if payment.state == PaymentState.AUTHORISED and not payment.released_at:
        spare = payment.provider_reference
        fields = {"amount": call.amount, "provider_reference": call.reference}
        _move(payment, PaymentState.AUTHORISED, **fields, **holds.fields_of(outcome, now))
    holds.release(payment, spare, now=now)


def _charged(call: ProviderCall, now: datetime) -> dict[str, object]:
    """Book the charge; what the payment says of it (P1)."""
    payment = call.payment
    payment.available_on = ledger.available_on(payment, now)
    due = ledger.due_of(ledger.charge(payment, call, now=now))
    return {
        "captured_amount": call.amount,
        "charged_at": now,
        "available_on": payment.available_on,
        "settles_on": payment.available_on if call.amount else None,
        "due_amount": due,
        "refund_fee_kept_basis_points": payment.seller.marketplace.refund_fee_kept_basis_points,
    }


def _refunded(call: ProviderCall, now: datetime) -> dict[str, object]:
    """Book the refund; an order that was paid out already is settled once more, from today on (P1)."""
    payment = call.payment
    due = payment.due_amount + ledger.due_of(ledger.refund(payment, call, now=now))
    return {"due_amount": due, "settles_on": payment.settles_on or ledger.local_day(payment, now)}


def _when_refused(call: ProviderCall, now: datetime) -> None:
    payment = call.payment
    if call.operation == Operation.RELEASE:
        return None
    if call.operation == Operation.RENEW:
        refused = {"renewal_refused_at": now, "renew_at": now + holds.RENEW_AGAIN_AFTER}
        return _move(payment, PaymentState(payment.state), **refused)
    if call.operation != Operation.AUTHORISE:
        return _move(payment, WHEN_REFUSED[Operation(call.operation)])
    tries = payment.tries + 1
    pause = AUTHORISE_AGAIN_AFTER[min(tries, len(AUTHORISE_AGAIN_AFTER)) - 1]
    if payment.released_at:
        return _move(payment, PaymentState.VOIDED, tries=tries)
    return _move(payment, PaymentState.DECLINED, tries=tries, next_try_at=now + pause)


def _notice_contradiction(call: ProviderCall, outcome: Outcome) -> None:
    """A final answer that differs from the recorded one is never acted on, and never passed over."""
    final = {Status.APPROVED: CallState.DONE, Status.DECLINED: CallState.REFUSED}.get(outcome.status)
    if final and final != call.state:
        call.needs_attention = True
        call.save(update_fields=["needs_attention"])
        logger.error("provider_call_contradicted", call=str(call.key), state=call.state, code=outcome.code)


def _move(payment: Payment, to: PaymentState, **fields: object) -> None:
    """Save the payment's new state with what goes with it. The caller holds the row."""
    if to != payment.state and to not in MOVES[payment.state]:
        raise CallRefused(_("The payment cannot be asked for this: %s.") % payment.get_state_display())
    payment.state = to
    for name, value in fields.items():
        setattr(payment, name, value)
    payment.save(update_fields=["state", *fields])
