"""How long an authorization lasts, and when it is renewed (P3)."""

from datetime import datetime, timedelta

from payments.models import Payment, ProviderCall
from payments.providers.base import Outcome
from payments.states import Operation

RENEW_BEFORE = timedelta(days=2)
"""Time for the seller and the buyer to act, should it be refused."""
RENEW_AGAIN_AFTER = timedelta(hours=6)


def fields_of(outcome: Outcome, now: datetime) -> dict[str, object]:
    """Return what a payment says of the hold that it was just granted; a short hold is renewed at half its time."""
    ends = outcome.capture_before
    return {
        "capture_before": ends,
        "is_hold_extended": outcome.is_extended,
        "renew_at": ends - min(RENEW_BEFORE, max(ends - now, timedelta()) / 2) if ends else None,
        "renewal_refused_at": None,
    }


def end(payment: Payment, *, now: datetime) -> None:
    """Note that the provider let go of the hold: it is renewed at once. The caller holds the order."""
    payment = Payment.objects.lock(payment.pk)
    payment.capture_before = min(payment.capture_before or now, now)
    payment.renew_at = now
    payment.save(update_fields=["capture_before", "renew_at"])


def release(payment: Payment, reference: str, *, now: datetime) -> ProviderCall:
    """Record an intent to let go of a hold that the payment has no use for; once for each hold.

    The caller holds the order. The payment's own hold is let go of by batches.release().
    """
    calls = ProviderCall.objects.filter(payment=payment, operation=Operation.RELEASE, reference=reference)
    if earlier := calls.first():
        return earlier
    return ProviderCall.objects.create(
        payment=payment,
        operation=Operation.RELEASE,
        amount=payment.amount,
        currency=payment.currency,
        reference=reference,
        requested_at=now,
        next_try_at=now,
    )
