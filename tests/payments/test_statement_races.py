"""Several workers at one statement, and workers that are killed at it: every order is paid once (P1, P2)."""

import threading
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection

from payments import audit, calls, ledger, statements
from payments.models import LedgerEntry, Payment, Statement
from payments.models.statement import StatementQuerySet
from payments.states import Operation
from tests.crashes import die, killed_in
from tests.factories import SellerFactory
from tests.helpers import at_once
from tests.payments.helpers import NOW, asked, charged
from tests.settings import APP_ROLE

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(days=29)
ROUNDS, WORKERS, ORDERS = 10, 4, 5


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(statements, "BATCH", 2)


@pytest.fixture
def unconstrained() -> Iterator[None]:
    """The database without what keeps an order from being paid twice."""
    line, paid = "payments_statementline", "payments_ledgerentry"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SET ROLE NONE; ALTER TABLE {line} DROP CONSTRAINT statement_line_once; DROP INDEX ledger_paid_once;"
            f" SET ROLE {APP_ROLE}"
        )
        yield
        cursor.execute(
            f"SET ROLE NONE; TRUNCATE {line}, {paid};"
            f" ALTER TABLE {line} ADD CONSTRAINT statement_line_once UNIQUE (statement_id, payment_id);"
            f" CREATE UNIQUE INDEX ledger_paid_once ON {paid} (statement_id, payment_id, account)"
            f" WHERE statement_id IS NOT NULL; SET ROLE {APP_ROLE}"
        )


def due(seller) -> Statement:
    """A running statement with five orders that is to be closed."""
    for _ in range(ORDERS):
        charged(seller)
    statements.sweep(NOW)
    statements.close(seller.statements.get().pk, now=LATER)
    return seller.statements.running().get()


def paid(statement: Statement) -> int:
    entries = LedgerEntry.objects.filter(statement=statement, account="paid_out")
    return -sum(entries.values_list("amount", flat=True))


def test_of_workers_that_close_at_once_each_order_is_paid_once_p1(db):
    for _ in range(ROUNDS):
        statement = due(SellerFactory())
        outcomes = at_once(*[partial(statements.sweep, LATER)] * WORKERS)
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        statements.sweep(LATER)
        statement.refresh_from_db()
        assert (statement.state, statement.orders, statement.paid_out) == ("closed", ORDERS, ORDERS * 850)
        assert paid(statement) == ORDERS * 850
    assert list(audit.faults()) == []


def without_locks(monkeypatch) -> None:
    """Nobody holds the statement or the payments; all find the first orders before one of them settles."""
    gate = threading.Barrier(WORKERS)
    monkeypatch.setattr(StatementQuerySet, "select_for_update", lambda self, **how: self)

    def next_payments(statement: Statement) -> list[int]:
        found = Payment.objects.filter(seller=statement.seller_id, settles_on__lte=statement.closes_on)
        first = list(found.order_by("pk").values_list("pk", flat=True)[:2])
        with suppress(threading.BrokenBarrierError):
            gate.wait(timeout=1)
        return first

    monkeypatch.setattr(statements, "_next_payments", next_payments)


def test_without_the_locks_the_database_refuses_the_second_payout_control(db, monkeypatch):
    statement = due(SellerFactory())
    without_locks(monkeypatch)
    outcomes = at_once(*[partial(statements.close, statement.pk, now=LATER)] * WORKERS)
    assert any(isinstance(outcome, IntegrityError) for outcome in outcomes)
    assert paid(statement) <= ORDERS * 850


def test_without_locks_and_constraints_orders_are_paid_twice_control(db, monkeypatch, unconstrained):
    twice = 0
    with monkeypatch.context() as patch:
        for _ in range(ROUNDS):
            statement = due(SellerFactory())
            without_locks(patch)
            at_once(*[partial(statements.close, statement.pk, now=LATER)] * WORKERS)
            patch.undo()
            patch.setattr(statements, "BATCH", 2)
            twice += paid(statement) > ORDERS * 850
    assert twice > 0


def after_writing(statement, payments, now) -> None:
    settle(statement, payments, now)
    die()


settle, finish = statements._settle, statements._finish
POINTS = {
    "before a batch": ("_next_payments", die, 0),
    "in the first batch": ("_settle", after_writing, 0),
    "in the last batch, two are done": ("_finish", die, 4),
    "after closing": ("_finish", lambda *args: (finish(*args), die()), 4),
}


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_worker_leaves_whole_batches_and_the_next_one_goes_on_p1(db, monkeypatch, point):
    name, deadly, settled = POINTS[point]
    statement = due(SellerFactory())
    with monkeypatch.context() as patch:
        patch.setattr(statements, name, deadly)
        killed_in(partial(statements.sweep, LATER))
    assert statement.lines.count() == settled
    assert paid(statement) == settled * 850
    assert list(audit.faults()) == []
    statements.sweep(LATER)
    statement.refresh_from_db()
    assert (statement.state, statement.orders, statement.paid_out) == ("closed", ORDERS, ORDERS * 850)
    assert paid(statement) == ORDERS * 850
    assert list(audit.faults()) == []


def test_a_batch_that_is_not_one_transaction_pays_what_it_does_not_settle_control(db, monkeypatch):
    statement = due(SellerFactory())
    with monkeypatch.context() as patch:
        patch.setattr(statements.transaction, "atomic", lambda **how: nullcontext())
        patch.setattr(statements, "_hold", lambda pk, now: Statement.objects.get(pk=pk))
        patch.setattr(statements, "_next_payments", lambda statement: [statement.seller.payments.first().pk])
        patch.setattr(statements, "SETTLE", "SELECT pg_sleep(2)")
        killed_in(lambda: (threading.Timer(0.5, die).start(), statements.close(statement.pk, now=LATER)))
    assert [fault.faults for fault in audit.faults()] == [["due_differs_from_payment"]]


def test_a_refund_that_comes_while_its_order_is_settled_is_for_the_next_statement(db, monkeypatch):
    """The two meet at the payment's lock; whichever is first, both are in the books (P2)."""
    for _ in range(ROUNDS):
        statement = due(SellerFactory())
        payment = statement.seller.payments.first()
        call = asked(payment, Operation.REFUND, 1_000, now=LATER)
        outcome = calls.run(call, now=LATER)
        outcomes = at_once(
            partial(calls.record, call.pk, outcome, now=LATER), partial(statements.sweep, LATER)
        )
        assert not [each for each in outcomes if isinstance(each, Exception)]
        assert ledger.balance(payment) == ledger.Balance(1_000, 1_000, 30, 850, -880)
        assert list(audit.faults()) == []
        statements.sweep(LATER + timedelta(days=14))
        assert ledger.balance(payment) == ledger.Balance(1_000, 1_000, 30, -30, 0)
    assert list(audit.faults()) == []
