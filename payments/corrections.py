"""What is booked after the fact: refunds that failed days later, and money that disputes move (P2, P3)."""

from collections.abc import Iterable
from datetime import datetime

from payments import ledger
from payments.models import LedgerEntry, Payment, ProviderCall


def reverse(call: ProviderCall, *, now: datetime) -> None:
    """Book that a finished refund failed after all: its money is the seller's again. Twice books once.

    The caller holds the order.
    """
    payment = Payment.objects.lock(call.payment_id)
    call = ProviderCall.objects.select_for_update(of=("self",), no_key=True).get(pk=call.pk)
    if call.reversed_at:
        return
    call.reversed_at = now
    call.save(update_fields=["reversed_at"])
    add_due(payment, ledger.refund_returned(payment, call, now=now), now=now)


def add_due(payment: Payment, entries: Iterable[LedgerEntry], *, now: datetime) -> None:
    """Count what was just booked into what is due; a settled order is settled once more, from today on (P1)."""
    payment.due_amount += ledger.due_of(entries)
    payment.settles_on = payment.settles_on or ledger.local_day(payment, now)
    payment.save(update_fields=["due_amount", "settles_on"])
