"""The ledger's transactions: each is balanced, written once, and never changed (P1, P2)."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Sum

from accounts import calendars
from payments.models import Account, Dispute, Kind, LedgerEntry, Payment, ProviderCall

WHOLE = 10_000  # basis points


@dataclass(frozen=True)
class Balance:
    """One order's money: charges less refunds less fees is what was paid out and what is due (P2)."""

    charges: int
    refunds: int
    fees: int
    paid_out: int
    due: int


def available_on(payment: Payment, charged_at: datetime) -> date:
    """The marketplace's local day on which the settlement period of a charge at that moment ends (P1)."""
    period = timedelta(days=payment.seller.marketplace.settlement_days)
    return local_day(payment, charged_at) + period


def local_day(payment: Payment, moment: datetime) -> date:
    """The marketplace's day at that moment."""
    return calendars.local_date(moment, payment.seller.marketplace.time_zone)


def due_of(entries: Iterable[LedgerEntry]) -> int:
    """What these entries add to what is due to the seller."""
    return -sum(entry.amount for entry in entries if entry.account == Account.DUE)


def charge(payment: Payment, call: ProviderCall, *, now: datetime) -> list[LedgerEntry]:
    """Book what a finished capture took from the buyer (O15); the caller holds the payment. Twice books once.

    calls.record() does it with the capture: nobody else needs to.
    """
    booked = list(call.entries.order_by("pk"))
    if booked or not call.amount:
        return booked
    fee = fee_of(call.amount, payment.seller.marketplace.fee_basis_points)
    amounts = {Account.CHARGES: call.amount, Account.FEES: -fee, Account.DUE: fee - call.amount}
    return _book(payment, Kind.CHARGE, amounts, now, call=call)


def refund(payment: Payment, call: ProviderCall, *, now: datetime) -> list[LedgerEntry]:
    """Book what a finished refund gave back to the buyer (R7); the caller holds the payment. Twice books once.

    The seller gets the fee on it back, less the share that the marketplace keeps. calls.record() does it with
    the refund: nobody else needs to.
    """
    return _give_back(payment, call.amount, Kind.REFUND, now, call=call)


def refund_returned(payment: Payment, call: ProviderCall, *, now: datetime) -> list[LedgerEntry]:
    """Book that a refund failed after all (R7); the caller holds the payment. Twice books once."""
    return _give_back(payment, -call.amount, Kind.REFUND_RETURNED, now, call=call)


def dispute(payment: Payment, case: Dispute, *, now: datetime) -> list[LedgerEntry]:
    """Book what the buyer's bank took back, as a refund is booked; the caller holds the payment. Twice books once."""
    return _give_back(payment, case.amount, Kind.DISPUTE, now, dispute=case)


def dispute_returned(payment: Payment, case: Dispute, *, now: datetime) -> list[LedgerEntry]:
    """Book what the bank gave back after a dispute was won; the caller holds the payment. Twice books once."""
    return _give_back(payment, -case.amount, Kind.DISPUTE_RETURNED, now, dispute=case)


def _give_back(
    payment: Payment, amount: int, kind: Kind, now: datetime, **source: ProviderCall | Dispute
) -> list[LedgerEntry]:
    """Book so much more that went back to the buyer, or less, with the fee that follows from all of it."""
    booked = list(payment.entries.filter(kind=kind, **source).order_by("pk"))
    if booked or not amount:
        return booked
    before = -sum(payment.entries.filter(account=Account.REFUNDS).values_list("amount", flat=True))
    fee = fee_returned(payment, before + amount) - fee_returned(payment, before)
    amounts = {Account.REFUNDS: -amount, Account.FEES: fee, Account.DUE: amount - fee}
    return _book(payment, kind, amounts, now, **source)


def fee_returned(payment: Payment, refunded: int) -> int:
    """What the seller has back of the order's fee once so much of its charge was refunded in all.

    Parts taken as differences of two such sums always add up to what one refund of the whole gives back.
    """
    fees = payment.entries.filter(kind=Kind.CHARGE, account=Account.FEES)
    fee = -sum(fees.values_list("amount", flat=True))
    part = fee * refunded * (WHOLE - payment.refund_fee_kept_basis_points)
    return (2 * part + payment.captured_amount * WHOLE) // (2 * payment.captured_amount * WHOLE)


def fee_of(amount: int, basis_points: int) -> int:
    """The marketplace's share of an amount, to the minor unit, half rounded up."""
    return (2 * amount * basis_points + WHOLE) // (2 * WHOLE)


def balance(payment: Payment) -> Balance:
    """The figures of one order (P2)."""
    rows = payment.entries.values_list("account").annotate(total=Sum("amount"))
    totals: dict[str, int] = dict(rows)
    return Balance(
        charges=totals.get(Account.CHARGES, 0),
        refunds=-totals.get(Account.REFUNDS, 0),
        fees=-totals.get(Account.FEES, 0),
        paid_out=-totals.get(Account.PAID_OUT, 0),
        due=-totals.get(Account.DUE, 0),
    )


def _book(
    payment: Payment, kind: Kind, amounts: dict[Account, int], now: datetime, **source: ProviderCall | Dispute
) -> list[LedgerEntry]:
    """Write one transaction; the database refuses it at commit unless it adds up to zero."""
    shared: dict[str, Any] = {
        **source,
        "payment": payment,
        "seller_id": payment.seller_id,
        "order_number": payment.order_number,
        "transaction": uuid.uuid4(),
        "kind": kind,
        "currency": payment.currency,
        "at": now,
        "available_on": payment.available_on,
    }
    entries = [LedgerEntry(account=account, amount=n, **shared) for account, n in amounts.items() if n]
    return LedgerEntry.objects.bulk_create(entries)
