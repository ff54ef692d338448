"""Several workers at one call, on real connections: one asks, one records, the money moves once (O15, D4)."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from payments import calls, ledger
from payments.models import Account, Kind, LedgerEntry, Payment, SandboxOperation
from payments.models.call import ProviderCallQuerySet
from payments.models.payment import PaymentQuerySet
from payments.providers.base import Outcome, Status
from payments.states import Operation
from tests.helpers import at_once
from tests.payments.helpers import NOW, asked, authorised, begun, done_at_provider, finish, released

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS, WORKERS = 20, 4


def test_of_workers_that_claim_at_once_one_asks(seller):
    for _ in range(ROUNDS):
        call = begun(seller)
        outcomes = at_once(*[partial(calls.run, call, now=NOW)] * WORKERS)
        assert sorted(outcome.status for outcome in outcomes) == ["approved", "held", "held", "held"]
        assert SandboxOperation.objects.get(key=str(call.key)).asks == 1


def record_at_once(seller) -> list[object]:
    """All workers record the same approved capture of one order at the same moment."""
    call = asked(authorised(seller), Operation.CAPTURE)
    outcome = Outcome(Status.APPROVED, "ref")
    return at_once(*[partial(calls.record, call.pk, outcome, now=NOW)] * WORKERS)


def test_of_workers_that_record_at_once_one_books(seller):
    for _ in range(ROUNDS):
        assert not [outcome for outcome in record_at_once(seller) if isinstance(outcome, Exception)]
    assert LedgerEntry.objects.filter(account="charges").count() == ROUNDS
    assert LedgerEntry.objects.count() == 3 * ROUNDS


def book_without_looking(payment, call, *, now) -> list[LedgerEntry]:
    amounts = {Account.CHARGES: call.amount, Account.DUE: -call.amount}
    return ledger._book(payment, Kind.CHARGE, amounts, now, call=call)


def test_without_the_locks_the_database_has_to_refuse_the_second_booking_control(seller, monkeypatch):
    monkeypatch.setattr(PaymentQuerySet, "lock", lambda self, pk: self.get(pk=pk))
    monkeypatch.setattr(ledger, "charge", book_without_looking)
    monkeypatch.setattr(ProviderCallQuerySet, "select_for_update", lambda self, **how: QuerySet.all(self))
    refused = 0
    for _ in range(ROUNDS):
        refused += sum(isinstance(outcome, IntegrityError) for outcome in record_at_once(seller))
    assert refused > 0
    assert LedgerEntry.objects.filter(account="charges").count() == ROUNDS


def test_two_captures_asked_at_once_are_one(seller):
    for _ in range(ROUNDS):
        payment = authorised(seller)
        outcomes = at_once(*[partial(asked, payment, Operation.CAPTURE)] * WORKERS)
        assert sum(isinstance(outcome, calls.CallRefused) for outcome in outcomes) == WORKERS - 1
        finish(payment.calls.get(operation=Operation.CAPTURE))
        assert done_at_provider(payment, Operation.CAPTURE) == 1


def test_of_release_and_capture_at_once_one_wins(seller):
    for _ in range(ROUNDS):
        payment = authorised(seller)
        outcomes = at_once(partial(asked, payment, Operation.CAPTURE), partial(released, payment))
        assert sum(isinstance(outcome, calls.CallRefused) for outcome in outcomes) == 1
        finish(payment.calls.open().get())
        done = done_at_provider(payment, Operation.CAPTURE), done_at_provider(payment, Operation.VOID)
        assert sorted(done) == [0, 1]


def test_release_at_the_moment_of_authorising_never_leaves_money_held(seller):
    for _ in range(ROUNDS):
        call = begun(seller)
        at_once(partial(finish, call), partial(released, call.payment))
        for left in call.payment.calls.open():
            finish(left)
        payment = Payment.objects.get(pk=call.payment_id)
        assert payment.state == "voided"
        held = done_at_provider(payment, Operation.AUTHORISE) - done_at_provider(payment, Operation.VOID)
        assert held == 0


def test_what_was_recorded_but_not_committed_is_asked_again_and_done_once(seller):
    payment = authorised(seller)
    call = asked(payment, Operation.CAPTURE)
    outcome = calls.run(call, now=NOW)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        calls.record(call.pk, outcome, now=NOW)
        raise ZeroDivisionError
    assert not LedgerEntry.objects.exists()
    assert calls.due(Operation, now=NOW) == []
    assert finish(call, now=NOW + calls.LONGEST_PAUSE).state == "done"
    assert done_at_provider(payment, Operation.CAPTURE) == 1
