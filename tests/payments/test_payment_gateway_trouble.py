"""M6: a provider that answers late, twice, out of order, with errors or not at all charges once (O15, R7).

Each scenario runs 100 times with the call's idempotency key, and 20 times with a fresh key for each attempt,
as code without this guard would do: then the provider's books must show double charges.
"""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from payments import calls, ledger
from payments.models import Payment, ProviderCall
from payments.models.call import LEASE
from payments.providers import sandbox
from payments.states import Operation, PaymentState
from tests.payments.helpers import NOW, SWEEP, asked, authorised, done_at_provider, finish, sweep

pytestmark = pytest.mark.django_db
LOOPS, CONTROL_LOOPS = 100, 20


def asked_and_unanswered(call: ProviderCall) -> None:
    """The page or the worker asks; the answer is lost on its way, and that is recorded."""
    finish(call)


def killed_before_recording(call: ProviderCall) -> None:
    calls.run(call, now=NOW)


def delivered_twice(call: ProviderCall) -> None:
    """A job runs twice, the second time after the first one's lease; both record."""
    first = calls.run(call, now=NOW)
    second = calls.run(call, now=NOW + LEASE)
    calls.record(call.pk, second, now=NOW + LEASE)
    calls.record(call.pk, first, now=NOW + LEASE)


def answered_out_of_order(call: ProviderCall) -> None:
    """The first answer (a timeout) is recorded after the second (done)."""
    first = calls.run(call, now=NOW)
    calls.record(call.pk, calls.run(call, now=NOW + LEASE), now=NOW + LEASE)
    calls.record(call.pk, first, now=NOW + LEASE)


SCENARIOS: dict[str, tuple[str, Callable[[ProviderCall], None]]] = {
    "timeout after success": ("tok_timeout", asked_and_unanswered),
    "duplicate": ("tok_approve", delivered_twice),
    "out of order": ("tok_timeout", answered_out_of_order),
    "500": ("tok_error_500", asked_and_unanswered),
    "hang": ("tok_approve", killed_before_recording),
}


@pytest.fixture(params=SCENARIOS)
def charged(request, seller):
    """Charge one order under the scenario, then sweep twice."""
    token, trouble = SCENARIOS[request.param]

    def charge() -> Payment:
        payment = authorised(seller, token)
        trouble(asked(payment, Operation.CAPTURE))
        for count in (1, 2):
            sweep(NOW + LEASE + count * SWEEP)
        payment.refresh_from_db()
        return payment

    return charge


def test_one_charge_whatever_the_provider_does_m6(charged):
    for _ in range(LOOPS):
        payment = charged()
        assert payment.state == PaymentState.CAPTURED
        assert done_at_provider(payment, Operation.CAPTURE) == 1
        assert done_at_provider(payment, Operation.AUTHORISE) == 1
        assert ledger.balance(payment).charges == payment.captured_amount == payment.amount
        assert not payment.calls.open().exists()


def test_with_a_fresh_key_for_each_attempt_the_buyer_is_charged_twice_m6_control(charged, monkeypatch):
    book = sandbox._book
    monkeypatch.setattr(
        sandbox, "_book", lambda operation, asked: book(operation, replace(asked, key=uuid.uuid4()))
    )
    monkeypatch.setattr(sandbox, "_step", lambda row: sandbox.TIMEOUT if _first(row) else sandbox.APPROVE)
    twice = sum(done_at_provider(charged(), Operation.CAPTURE) > 1 for _ in range(CONTROL_LOOPS))
    assert twice == CONTROL_LOOPS


def _first(row) -> bool:
    """With fresh keys no ask is ever a second one: the order's first operation of a kind stands for it."""
    return row.token in ("tok_timeout", "tok_error_500") and not sandbox._earlier(row)


def test_a_provider_that_hangs_is_waited_for_less_than_a_lease(seller, monkeypatch):
    monkeypatch.setattr(sandbox, "HANG_SECONDS", 0.01)
    payment = authorised(seller, "tok_hang")
    call = finish(asked(payment, Operation.CAPTURE))
    assert (call.is_open, call.code) == (True, "timeout")
    assert sweep(NOW + timedelta(seconds=15)) == 1
    assert done_at_provider(payment, Operation.CAPTURE) == 1
    assert Payment.objects.get(pk=payment.pk).state == PaymentState.CAPTURED
