"""M7: the nightly reconciliation finds every planted fault among many orders, and gives no false alarm (P2).

Here among 300 orders; `python -m benchmarks` and `check_ledger` show the time that it takes for a million.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest

from payments import audit, statements
from payments.models import LedgerEntry, Payment, ProviderCall, Statement, StatementLine
from tests.factories import SellerFactory
from tests.payments.helpers import NOW, charged, refunded
from tests.payments.test_ledger import plant, unguarded_ledger

pytestmark = pytest.mark.django_db
ORDERS, FAULTS = 300, 20
LATER = NOW + timedelta(days=29)


def entries(payment: Payment, **which: str):
    return LedgerEntry.objects.filter(payment=payment, **which)


def calls(payment: Payment, operation: str):
    return ProviderCall.objects.filter(payment=payment, operation=operation)


def moved(payment: Payment, one: str, other: str, amount: int) -> None:
    """An amount from one account to another, in balance."""
    transaction = uuid.uuid4()
    plant(payment, one, amount, transaction=transaction)
    plant(payment, other, -amount, transaction=transaction)


PLANTS: list[Callable[[Payment], object]] = [
    lambda p: entries(p, account="due", kind="charge").update(amount=-1),
    lambda p: entries(p, account="charges").delete(),
    lambda p: entries(p).delete(),
    lambda p: entries(p, account="fees").update(currency="JPY"),
    lambda p: entries(p, account="fees", kind="charge").update(order_number="000-0000000-0000000"),
    lambda p: plant(p, "due", 1),
    lambda p: moved(p, "charges", "due", 7),
    lambda p: moved(p, "refunds", "due", -7),
    lambda p: moved(p, "fees", "due", 1),
    lambda p: moved(p, "paid_out", "due", -1),
    lambda p: Payment.objects.filter(pk=p.pk).update(captured_amount=1),
    lambda p: Payment.objects.filter(pk=p.pk).update(due_amount=1),
    lambda p: Payment.objects.filter(pk=p.pk).update(refund_fee_kept_basis_points=0),
    lambda p: calls(p, "capture").update(amount=1),
    lambda p: calls(p, "capture").update(state="refused"),
    lambda p: calls(p, "refund").update(amount=1),
    lambda p: calls(p, "refund").update(state="refused"),
    lambda p: calls(p, "refund").update(amount=5_000),
    lambda p: StatementLine.objects.filter(payment=p).update(amount=0, charges=0, refunds=0, fees=0),
    lambda p: StatementLine.objects.filter(payment=p).delete(),
]


def books(orders: int) -> list[Payment]:
    """Orders of three sellers: refunded in part, some paid, some refunded after they were."""
    sellers = [SellerFactory() for _ in range(3)]
    payments = [charged(sellers[n % 3], 1_000 + n) for n in range(orders)]
    for payment in payments[::2]:
        refunded(payment, 333, now=NOW + timedelta(days=1))
    statements.sweep(LATER)
    for payment in payments[::5]:
        refunded(payment, 100, now=LATER)
    return payments


def test_twenty_planted_faults_are_found_and_nothing_else_m7():
    orders = books(ORDERS)
    assert list(audit.faults()) == []
    assert len(PLANTS) == FAULTS
    broken = orders[::10][:FAULTS]  # each refunded and paid, as every tenth is
    assert len(broken) == FAULTS
    with unguarded_ledger():
        for payment, fault in zip(broken, PLANTS, strict=True):
            fault(payment)
    found = {fault.order_number for fault in audit.faults() if " statement " not in fault.order_number}
    assert found == {payment.order_number for payment in broken}
    assert {fault.order_number for fault in audit.faults(batch=7)} >= found


STATEMENTS = {
    "totals_differ_from_lines": {"orders": 1},
    "payouts_differ_from_ledger": {"charges": 1, "paid_out": 1, "refunds": 0, "fees": 0},
    "does_not_follow_from_the_one_before": {"opens_on": NOW.date()},
}


@pytest.mark.parametrize("fault", STATEMENTS)
def test_a_statement_that_was_changed_is_named_p1(fault):
    books(6)
    statement = Statement.objects.closed().order_by("pk").last()
    with unguarded_ledger("payments_statement"):
        Statement.objects.filter(pk=statement.pk).update(**STATEMENTS[fault])
    (found,) = audit.faults()
    assert found.order_number == f"{statement.seller.slug} statement {statement.number}"
    assert fault in found.faults
