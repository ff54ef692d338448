"""The ledger balances, says what was charged, and cannot be changed (P1, P2)."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments import audit, ledger, statements
from payments.models import LedgerEntry, Payment, ProviderCall
from payments.states import Operation
from tests.payments.helpers import NOW, asked, authorised, finish
from tests.settings import APP_ROLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def charged(seller) -> Payment:
    return finish(asked(authorised(seller, total=1_000), Operation.CAPTURE)).payment


def test_a_charge_is_one_balanced_transaction_p2(charged):
    entries = LedgerEntry.objects.order_by("pk")
    assert [(e.kind, e.account, e.amount) for e in entries] == [
        ("charge", "charges", 1_000),
        ("charge", "fees", -150),
        ("charge", "due", -850),
    ]
    assert len({e.transaction for e in entries}) == 1
    assert {e.order_number for e in entries} == {charged.order_number}
    assert {e.available_on for e in entries} == {charged.available_on}


def test_booking_a_call_twice_books_once(charged):
    call = charged.calls.get(operation=Operation.CAPTURE)
    again = ledger.charge(charged, call, now=NOW + timedelta(days=1))
    assert [e.pk for e in again] == list(LedgerEntry.objects.order_by("pk").values_list("pk", flat=True))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(charges=st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10_000)), min_size=1, max_size=4))
def test_any_charges_balance_to_zero_p2(seller, charges):
    for amount, basis_points in charges:
        seller.marketplace.fee_basis_points = basis_points
        seller.marketplace.save()
        payment = finish(asked(authorised(seller, total=amount), Operation.CAPTURE)).payment
        fee = int((Decimal(amount) * basis_points / 10_000).quantize(Decimal(1), ROUND_HALF_UP))
        figures = ledger.balance(payment)
        assert figures == ledger.Balance(amount, 0, fee, 0, amount - fee)
        assert figures.charges - figures.refunds - figures.fees == figures.paid_out + figures.due
        check_constraints()
    assert LedgerEntry.objects.aggregate(rest=Sum("amount"))["rest"] in (0, None)
    assert list(audit.faults()) == []


def check_constraints() -> None:
    """What a commit does; the test's own transaction never commits."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    ("role", "refusal"), [(APP_ROLE, "permission denied"), ("NONE", r"Cannot (update|delete)")]
)
def test_an_entry_is_never_changed_or_deleted(charged, role, refusal):
    """The portal's own role lacks the right; the owner of the tables meets the trigger."""
    entry = LedgerEntry.objects.first()
    table = LedgerEntry._meta.db_table
    with connection.cursor() as cursor:
        # What is to be checked at the end is checked now, as the role that wrote it.
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL ROLE {role}")
    for change in (
        lambda: LedgerEntry.objects.update(amount=1),
        entry.delete,
        lambda: LedgerEntry.objects.all()._raw_delete("default"),
        lambda: connection.cursor().execute(f"UPDATE {table} SET at = now()"),
    ):
        with pytest.raises(DatabaseError, match=refusal), transaction.atomic():
            change()
    assert LedgerEntry.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_does_not_balance_is_refused_at_commit(charged):
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        plant(charged, "due", 1)
    assert LedgerEntry.objects.count() == 3
    with transaction.atomic():
        one = uuid.uuid4()
        plant(charged, "due", 1, transaction=one)
        plant(charged, "paid_out", -1, transaction=one)
    assert LedgerEntry.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_the_balance_is_checked_even_where_triggers_are_ignored(charged):
    with (
        pytest.raises(IntegrityError, match="does not balance"),
        pgtrigger.ignore(),
        transaction.atomic(),
    ):
        plant(charged, "due", 1)


@pytest.mark.django_db(transaction=True)
def test_each_order_balances_by_itself_in_a_shared_transaction(charged, seller):
    other = finish(asked(authorised(seller), Operation.CAPTURE)).payment
    one = uuid.uuid4()
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        plant(charged, "due", 1, transaction=one)
        plant(other, "paid_out", -1, transaction=one)


def plant(payment: Payment, account: str, amount: int, **fields: object) -> LedgerEntry:
    shared = {"seller": payment.seller, "order_number": payment.order_number, "currency": payment.currency}
    statements.open_first([payment.seller], now=NOW)
    running = payment.seller.statements.running().get()
    values = {"transaction": uuid.uuid4(), "kind": "payout", "statement": running, **shared, **fields}
    return LedgerEntry.objects.create(payment=payment, account=account, amount=amount, at=NOW, **values)


@contextmanager
def unguarded_ledger(*more: str) -> Iterator[None]:
    """What only the owner of the tables can do: write what the database would refuse."""
    tables = [LedgerEntry._meta.db_table, "payments_statementline", *more]
    check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        check_constraints()
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(f"SET ROLE {APP_ROLE}")


def check_ledger(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("check_ledger", *arguments, stdout=out)
    except SystemExit as stop:
        return int(str(stop.code)), out.getvalue()
    return 0, out.getvalue()


def test_check_ledger_finds_nothing_in_a_true_ledger(charged, seller):
    authorised(seller)
    assert check_ledger() == (0, "2 orders checked, 0 do not hold.\n")
    assert check_ledger("--json") == (0, '{"orders": 2, "faults": []}\n')


def test_check_ledger_names_every_planted_fault_and_no_other(charged, seller):
    payments = [finish(asked(authorised(seller), Operation.CAPTURE)).payment for _ in range(7)]
    one, three = uuid.uuid4(), uuid.uuid4()
    with unguarded_ledger():
        plant(payments[0], "due", -5)
        plant(payments[1], "charges", 7, transaction=one)
        plant(payments[1], "due", -7, transaction=one)
        Payment.objects.filter(pk=payments[2].pk).update(captured_amount=1)
        ProviderCall.objects.filter(payment=payments[3], operation="capture").update(amount=3)
        plant(payments[4], "refunds", -9_999, transaction=three)
        plant(payments[4], "due", 9_999, transaction=three)
        LedgerEntry.objects.filter(payment=payments[5]).update(order_number="000-0000000-0000000")
    status, text = check_ledger("--json")
    assert status == 1
    assert json.loads(text) == {
        "orders": 8,
        "faults": [
            {"order_number": payment.order_number, "faults": faults}
            for payment, faults in zip(
                payments,
                [
                    ["does_not_balance", "due_differs_from_payment"],
                    ["charges_differ_from_payment", "due_differs_from_payment"],
                    ["charges_differ_from_payment", "captures_differ_from_payment"],
                    ["captures_differ_from_payment"],
                    [
                        "refunds_differ_from_provider_calls",
                        "refunds_exceed_charges",
                        "fees_differ_from_rule",
                        "due_differs_from_payment",
                    ],
                    ["entry_of_another_order"],
                ],
                strict=False,
            )
        ],
    }
    assert check_ledger() == (1, text_of(payments))
    assert len(list(audit.faults(batch=2))) == 6


def text_of(payments: list[Payment]) -> str:
    lines = [f"{fault.order_number}: {', '.join(fault.faults)}" for fault in audit.faults()]
    return "\n".join([*lines, "8 orders checked, 6 do not hold.", ""])
