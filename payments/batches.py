"""Beginning and releasing payments, one or many at once, in a fixed number of statements."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from payments.calls import CallRefused
from payments.models import Payment, ProviderCall
from payments.states import CallState, Operation, PaymentState

P = PaymentState


def begin(payments: Sequence[Payment], *, now: datetime) -> list[ProviderCall]:
    """Save the payments of new orders, and an intent to authorise each (O2); nobody is asked yet."""
    Payment.objects.bulk_create(payments)
    return _intend(payments, Operation.AUTHORISE, now)


def release(payments: Iterable[Payment], *, now: datetime) -> list[ProviderCall]:
    """Let go of what is held for canceled orders, now or as soon as it is known.

    Returns the intents to void. While an authorisation is under way there is nothing to void yet:
    record() does it should it succeed. A payment that holds nothing is voided at once. The caller holds the
    orders. Again is no error. Raises CallRefused when one of them is being charged or was.
    """
    held = Payment.objects.lock_all(payment.pk for payment in payments)
    if any(payment.state in (P.CAPTURING, P.CAPTURED) for payment in held):
        raise CallRefused(_("The buyer is being charged, or was; nothing can be released."))
    fresh = [payment for payment in held if payment.released_at is None]
    withdrawn = _withdraw([payment for payment in fresh if payment.state == P.PENDING], now)
    authorised = [payment for payment in fresh if payment.state == P.AUTHORISED]
    empty = [payment for payment in fresh if payment.state == P.DECLINED or payment.pk in withdrawn]
    _set(fresh, released_at=now)
    _set(authorised, state=P.VOIDING)
    _set(empty, state=P.VOIDED, next_try_at=None)
    return _intend(authorised, Operation.VOID, now)


def _set(payments: Sequence[Payment], **fields: object) -> None:
    """Give all of them these values, in the table and in hand."""
    Payment.objects.filter(pk__in=[payment.pk for payment in payments]).update(**fields)
    for payment in payments:
        for name, value in fields.items():
            setattr(payment, name, value)


def _withdraw(payments: Sequence[Payment], now: datetime) -> set[int]:
    """Finish authorisations that were never sent, and say whose; the answers to the others are awaited."""
    unsent = ProviderCall.objects.open().filter(payment__in=payments, attempts=0).order_by("pk")
    calls = list(unsent.select_for_update(of=("self",), no_key=True))
    ProviderCall.objects.filter(pk__in=[call.pk for call in calls]).update(
        state=CallState.REFUSED, finished_at=now, next_try_at=None, code="withdrawn"
    )
    return {call.payment_id for call in calls}


def _intend(payments: Sequence[Payment], operation: Operation, now: datetime) -> list[ProviderCall]:
    """One intent for each payment, over its whole amount."""
    return ProviderCall.objects.bulk_create(
        ProviderCall(
            payment=payment,
            operation=operation,
            amount=payment.amount,
            currency=payment.currency,
            requested_at=now,
            next_try_at=now,
        )
        for payment in payments
    )
