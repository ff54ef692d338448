"""What the tests of payments do over and over, in the words of the callers of calls.py."""

import itertools
from datetime import UTC, datetime, timedelta

from django.db import transaction

from accounts.models import Seller
from payments import batches, calls
from payments.models import Payment, ProviderCall, SandboxOperation
from payments.states import CallState, Operation

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SWEEP = timedelta(minutes=1)
_numbers = itertools.count(1)


def next_number() -> str:
    return f"701-{next(_numbers):07d}-0000001"


def begun(
    seller: Seller, token: str = "tok_approve", total: int = 2_599, *, now: datetime = NOW
) -> ProviderCall:
    """The authorisation of a new order's payment, requested and not yet sent."""
    payment = Payment(
        seller=seller,
        order_number=next_number(),
        currency=seller.marketplace.currency,
        amount=total,
        provider="sandbox",
        token=token,
        created_at=now,
    )
    with transaction.atomic():
        (call,) = batches.begin([payment], now=now)
    return call


def released(payment: Payment, *, now: datetime = NOW) -> list[ProviderCall]:
    """The intents that follow from canceling the payment's order."""
    with transaction.atomic():
        return batches.release([payment], now=now)


def finish(call: ProviderCall, *, now: datetime = NOW) -> ProviderCall:
    """Ask and record, as a worker does."""
    outcome = calls.run(call, now=now)
    with transaction.atomic():
        return calls.record(call.pk, outcome, now=now)


def sweep(now: datetime) -> int:
    """Finish what is due; how many calls that were."""
    found = calls.due(Operation, now=now, limit=1_000)
    for call in found:
        finish(call, now=now)
    return len(found)


def authorised(
    seller: Seller, token: str = "tok_approve", total: int = 2_599, *, now: datetime = NOW
) -> Payment:
    """A payment that was authorised, after as many sweeps as it took before the given moment's day."""
    call = finish(begun(seller, token, total, now=now - timedelta(hours=3)), now=now - timedelta(hours=3))
    for minutes in range(1, 120, 20):
        if call.is_open:
            call = finish(call, now=now - timedelta(hours=3) + timedelta(minutes=minutes))
    payment = Payment.objects.get(pk=call.payment_id)
    assert call.state == CallState.DONE, call.code
    return payment


def asked(
    payment: Payment, operation: Operation, amount: int | None = None, *, now: datetime = NOW
) -> ProviderCall:
    """An intent written down for this payment, by default over its whole amount."""
    with transaction.atomic():
        return calls.request(payment, operation, payment.amount if amount is None else amount, now=now)


def refunded(payment: Payment, amount: int, *, now: datetime = NOW) -> ProviderCall:
    """A refund of this amount, asked for and done."""
    call = finish(asked(payment, Operation.REFUND, amount, now=now), now=now)
    assert call.state == CallState.DONE, call.code
    return call


def done_at_provider(payment: Payment, operation: Operation) -> int:
    """How often the provider's own books say that it was done for this order."""
    rows = SandboxOperation.objects.filter(order_number=payment.order_number, operation=operation)
    return rows.filter(status="approved").count()


def charged(
    seller: Seller, total: int = 1_000, *, now: datetime = NOW, token: str = "tok_approve"
) -> Payment:
    """A payment of an order that was shipped at this moment."""
    return finish(
        asked(authorised(seller, token, total, now=now), Operation.CAPTURE, now=now), now=now
    ).payment
