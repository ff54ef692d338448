"""The ledger's transactions: each is balanced, written once, and never changed (P1, P2)."""

from dataclasses import dataclass
from datetime import datetime

from payments.models import LedgerEntry, Payment, ProviderCall


@dataclass(frozen=True)
class Balance:
    """One order's money: charges − refunds − fees = paid_out + due (P2)."""

    charges: int
    refunds: int
    fees: int
    paid_out: int
    due: int


def charge(payment: Payment, call: ProviderCall, *, now: datetime) -> list[LedgerEntry]:
    """Book what a finished capture took from the buyer. The caller holds the payment; twice books once (O15).

    calls.record() does it with the capture: nobody else needs to.
    """
    raise NotImplementedError


def balance(payment: Payment) -> Balance:
    """The figures of one order (P2)."""
    raise NotImplementedError
