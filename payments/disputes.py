"""Disputes as the provider has them, and what they do to the ledger (P2, P3)."""

from dataclasses import dataclass
from datetime import datetime

from payments import corrections, ledger
from payments.models import DISPUTE_ENDED, Dispute, Payment
from payments.providers.news import DisputeSeen


@dataclass(frozen=True)
class Change:
    """What is new about a dispute since it was last looked at."""

    dispute: Dispute
    is_new: bool
    is_withdrawn: bool
    is_returned: bool
    is_closed: bool


def follow(payment: Payment, seen: DisputeSeen, *, now: datetime) -> Change:
    """Keep the dispute as it is now, and book what was withdrawn or returned, each once. The caller holds the order.

    What is withdrawn counts as given back to the buyer. What the provider asks of the marketplace for the dispute
    itself is the marketplace's.
    """
    payment = Payment.objects.lock(payment.pk)
    case, is_new = Dispute.objects.get_or_create(
        reference=seen.reference,
        defaults={
            "seller_id": payment.seller_id,
            "payment": payment,
            "amount": seen.amount,
            "currency": seen.currency,
            "status": seen.status,
            "opened_at": seen.opened_at,
        },
    )
    ended = case.closed_at is None and seen.status in DISPUTE_ENDED
    is_withdrawn = seen.is_withdrawn and case.withdrawn_at is None
    is_returned = seen.is_returned and case.returned_at is None and (is_withdrawn or bool(case.withdrawn_at))
    case.status, case.reason, case.respond_by = seen.status, seen.reason[:100], seen.respond_by
    case.closed_at = now if ended else case.closed_at
    case.withdrawn_at = now if is_withdrawn else case.withdrawn_at
    case.returned_at = now if is_returned else case.returned_at
    case.save(update_fields=["status", "reason", "respond_by", "closed_at", "withdrawn_at", "returned_at"])
    if is_withdrawn:
        corrections.add_due(payment, ledger.dispute(payment, case, now=now), now=now)
    if is_returned:
        corrections.add_due(payment, ledger.dispute_returned(payment, case, now=now), now=now)
    return Change(case, is_new, is_withdrawn, is_returned, ended)
