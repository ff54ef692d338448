"""Beginning and releasing many payments at once, for imports and sweeps, in a fixed number of statements."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from payments.calls import CallRefused
from payments.models import Payment, ProviderCall
from payments.states import Operation, PaymentState


def begin(payments: Sequence[Payment], *, now: datetime) -> None:
    """Save the payments of new orders, and an intent to authorise each (O2); nobody is asked yet."""
    Payment.objects.bulk_create(payments)
    _intend(payments, Operation.AUTHORISE, now)


def release(payments: Iterable[Payment], *, now: datetime) -> list[ProviderCall]:
    """The orders were canceled: what is held of the buyers' money is let go, now or as soon as it is known.

    Returns the intents to void. The caller holds the orders. Again is no error. Raises CallRefused when one of
    the payments is being charged or was.
    """
    by_state: dict[str, list[Payment]] = {}
    for payment in payments:
        if payment.released_at is None:
            by_state.setdefault(payment.state, []).append(payment)
    if by_state.keys() & {PaymentState.CAPTURING, PaymentState.CAPTURED}:
        raise CallRefused(_("The buyer is being charged, or was; nothing can be released."))
    for state, moved in by_state.items():
        to = {PaymentState.AUTHORISED: PaymentState.VOIDING, PaymentState.DECLINED: PaymentState.VOIDED}.get(
            PaymentState(state), state
        )
        Payment.objects.filter(pk__in=[payment.pk for payment in moved]).update(state=to, released_at=now)
    return _intend(by_state.get(PaymentState.AUTHORISED, []), Operation.VOID, now)


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
