"""Calls to the payment provider: the intent, the call and its outcome, each in a transaction of its own (ADR 0003).

with transaction.atomic(durable=True):      # the caller's, holding the order
    call = calls.request(payment, Operation.CAPTURE, amount, now=now)
outcome = calls.run(call, now=now)          # outside any transaction
with transaction.atomic(durable=True):      # holding the order again
    call = calls.record(call.pk, outcome, now=now)
    if call.state == CallState.DONE: ...    # idempotent: the same answer may be recorded twice
"""

from datetime import datetime

from accounts.models import Seller
from accounts.money import Money
from payments.models import Payment, ProviderCall
from payments.providers.base import Outcome
from payments.states import Operation


class CallRefused(Exception):
    """The payment is not where this could be asked of it; says why in a sentence to show."""


def begin(seller: Seller, order_number: str, total: Money, token: str, *, now: datetime) -> ProviderCall:
    """Save the payment of a new order, and the intent to authorise it (O2). `call.payment` is the payment.

    The provider is that of the settings at this moment, and stays the payment's own.
    """
    raise NotImplementedError


def request(payment: Payment, operation: Operation, amount: int, *, now: datetime) -> ProviderCall:
    """Record an intent in the caller's transaction, who holds the order. Nothing is asked yet.

    An authorisation moves the payment to pending, a capture to capturing, a void to voiding. Raises CallRefused
    when the payment does not stand where this can be asked, or when the amount is more than it has.
    """
    raise NotImplementedError


def release(payment: Payment, *, now: datetime) -> ProviderCall | None:
    """The order was canceled: whatever is held of the buyer's money is let go, now or as soon as it is known.

    Returns the intent to void when something is held. While an authorisation is under way nothing is to be done:
    record() voids it should it succeed. A payment that holds nothing becomes voided at once; again is no error.
    Raises CallRefused when the money is being or was charged.
    """
    raise NotImplementedError


def run(call: ProviderCall, *, now: datetime) -> Outcome:
    """Claim the call for this worker and ask the provider. Never raises for trouble at the provider.

    Raises RuntimeError inside a transaction: a provider must not be waited for under locks.
    """
    raise NotImplementedError


def record(call_id: int, outcome: Outcome, *, now: datetime) -> ProviderCall:
    """Write the answer down and move the payment, in the caller's transaction, who holds the order.

    Afterwards the call is done (payment authorised, captured with its ledger entries, voided), refused (declined, or
    as before the request) or still open and due again. A finished call never changes. HELD changes nothing.
    """
    raise NotImplementedError


def due(*, now: datetime, limit: int = 20) -> list[ProviderCall]:
    """Open calls that nobody works on and whose time has come, for the sweep."""
    return list(ProviderCall.objects.due(now).select_related("payment")[:limit])
