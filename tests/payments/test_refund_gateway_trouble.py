"""M6 for refunds: a provider that answers late, twice, with errors or not at all gives back once (R7).

As for charges, each scenario runs 100 times with the call's idempotency key, and 20 times with a fresh key for each
attempt, as code without this guard would do: then the provider's books must show double refunds.
"""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from payments import audit, calls, ledger
from payments.models import Payment, ProviderCall
from payments.models.call import LEASE
from payments.providers import sandbox
from payments.providers.base import Outcome, Status
from payments.states import Operation
from tests.payments.helpers import NOW, SWEEP, asked, charged, done_at_provider, finish, sweep
from tests.payments.test_payment_gateway_trouble import CONTROL_LOOPS, LOOPS, SCENARIOS

pytestmark = pytest.mark.django_db
TOKENS = ("tok_timeout", "tok_error_500")


@pytest.fixture(params=SCENARIOS)
def given_back(request, seller) -> Callable[[], Payment]:
    """Refund a part of one order under the scenario, then sweep twice."""
    token, trouble = SCENARIOS[request.param]

    def give() -> Payment:
        payment = charged(seller)
        Payment.objects.filter(pk=payment.pk).update(token=token)  # the trouble begins with the refund
        trouble(asked(payment, Operation.REFUND, 400))
        for count in (1, 2):
            sweep(NOW + LEASE + count * SWEEP)
        payment.refresh_from_db()
        return payment

    return give


def test_one_refund_whatever_the_provider_does_m6(given_back):
    for _ in range(LOOPS):
        payment = given_back()
        assert done_at_provider(payment, Operation.REFUND) == 1
        assert ledger.balance(payment) == ledger.Balance(1_000, 400, 102, 0, 498)
        assert payment.due_amount == 498
        assert not payment.calls.open().exists()
    assert list(audit.faults()) == []


def test_with_a_fresh_key_for_each_attempt_the_buyer_gets_it_twice_m6_control(given_back, monkeypatch):
    book = sandbox._book
    monkeypatch.setattr(
        sandbox, "_book", lambda operation, asked: book(operation, replace(asked, key=uuid.uuid4()))
    )
    # With fresh keys no ask is ever a second one: the order's first refund stands for it.
    monkeypatch.setattr(sandbox, "_step", lambda row: sandbox.TIMEOUT if _first(row) else sandbox.APPROVE)
    twice = sum(done_at_provider(given_back(), Operation.REFUND) > 1 for _ in range(CONTROL_LOOPS))
    assert twice == CONTROL_LOOPS


def _first(row) -> bool:
    return row.token in TOKENS and not sandbox._earlier(row)


def test_a_provider_that_hangs_is_asked_again_and_gives_back_once(seller, monkeypatch):
    monkeypatch.setattr(sandbox, "HANG_SECONDS", 0.01)
    payment = charged(seller)
    Payment.objects.update(token="tok_hang")
    call = finish(asked(payment, Operation.REFUND, 400))
    assert (call.is_open, call.code) == (True, "timeout")
    assert sweep(NOW + SWEEP) == 1
    assert done_at_provider(payment, Operation.REFUND) == 1


def test_two_refunds_of_one_order_are_two(seller):
    """The provider's second key is a second refund, not a repetition of the first."""
    payment = charged(seller)
    for amount in (400, 400):
        finish(asked(payment, Operation.REFUND, amount))
    assert done_at_provider(payment, Operation.REFUND) == 2
    assert ledger.balance(payment).refunds == 800


def test_an_answer_that_contradicts_a_finished_refund_is_not_acted_on(seller):
    payment = charged(seller)
    call = finish(asked(payment, Operation.REFUND, 400))
    calls.record(call.pk, sandbox.Outcome(sandbox.Status.DECLINED, code="late"), now=NOW)
    assert ProviderCall.objects.get(pk=call.pk).needs_attention
    assert ledger.balance(payment).refunds == 400


def test_a_refund_that_pends_is_asked_about_by_what_it_is_taken_from(seller, monkeypatch):
    """A provider's name for the refund is none for the charge: asked by it, it would refuse, and be paid again."""
    payment = charged(seller)
    asked_for: list[str] = []

    class Pending:
        def refund(self, request):
            asked_for.append(request.reference)
            return Outcome(Status.PENDING, "re_1", "pending")

    monkeypatch.setattr(calls.providers, "get", lambda _name: Pending())
    call = asked(payment, Operation.REFUND, 500)
    for minutes in (0, 5):
        finish(call, now=NOW + timedelta(minutes=minutes))
    assert asked_for == [payment.provider_reference] * 2
