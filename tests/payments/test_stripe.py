"""The real stripe library against a localstripe server: each outcome, each kind of trouble (M6, O15, R7)."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from payments import ledger
from payments.models import Payment
from payments.providers import stripe as provider_module
from payments.providers.base import Outcome, Request, Status
from payments.providers.stripe import StripeProvider
from payments.states import Operation
from tests.payments.helpers import NOW, SWEEP, asked, begun, finish, released, sweep

KEY = "sk_test_only_for_localstripe"
CARD, REFUSED_CARD = "pm_card_visa", "pm_card_chargeCustomerFail"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    script = Path(__file__).with_name("stripe_server.py")
    server = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert server.stdout
    try:
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture
def trouble(address: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Points the portal at the server, and orders trouble for its next call."""
    settings.STRIPE_API_BASE, settings.STRIPE_API_KEY = address, KEY
    monkeypatch.setattr(provider_module, "TIMEOUTS", (2.0, 1.5))

    def order(kind: str) -> None:
        requests.post(f"{address}/_config/trouble/{kind}", timeout=5).raise_for_status()

    yield order
    order("none")


@pytest.fixture
def books(address: str, trouble: Any) -> stripe.StripeClient:
    """What the server has on record, seen past the portal."""
    return stripe.StripeClient(KEY, base_addresses={"api": address})


def request(token: str = CARD, reference: str = "", amount: int = 2_599, **fields: Any) -> Request:
    values = {"key": uuid.uuid4(), "order_number": "701-0000001-0000001", "currency": "USD", "attempt": 1}
    return Request(token=token, amount=amount, reference=reference, **(values | fields))


def held(amount: int = 2_599) -> str:
    return StripeProvider().authorise(request(amount=amount)).reference


def intents(books: stripe.StripeClient, key: uuid.UUID) -> list[stripe.PaymentIntent]:
    found = books.v1.payment_intents.list({"limit": 100}).data
    return [intent for intent in found if getattr(intent.metadata, "call", None) == str(key)]


def charged(books: stripe.StripeClient, reference: str) -> list[int]:
    """Every amount that the buyer was charged for one intent, as the server's balance has it."""
    charge = books.v1.payment_intents.retrieve(reference).latest_charge
    name = charge if isinstance(charge, str) else charge.id
    rows = books.v1.balance_transactions.list({"limit": 100}).data
    return [row.amount for row in rows if row.source == name and row.type == "charge"]


def test_an_authorisation_holds_and_takes_nothing_o15(books):
    asked = request()
    outcome = StripeProvider().authorise(asked)
    assert outcome == Outcome(Status.APPROVED, outcome.reference)
    (intent,) = intents(books, asked.key)
    assert (intent.id, intent.status, intent.amount) == (outcome.reference, "requires_capture", 2_599)
    assert intent.metadata.order_number == "701-0000001-0000001"
    assert charged(books, outcome.reference) == []


def test_a_refused_card_is_declined_with_its_reason(trouble):
    outcome = StripeProvider().authorise(request(REFUSED_CARD))
    assert outcome == Outcome(Status.DECLINED, "", "card_declined", "Your card was declined.")


def test_an_unknown_token_is_declined(trouble):
    assert StripeProvider().authorise(request("pm_nobody")).status == Status.DECLINED


def test_a_capture_takes_the_amount_once(books):
    reference = held()
    capture = request(reference=reference)
    assert StripeProvider().capture(capture) == Outcome(Status.APPROVED, reference)
    assert StripeProvider().capture(capture) == Outcome(Status.APPROVED, reference)
    assert charged(books, reference) == [2_599]


def test_a_smaller_capture_lets_the_rest_go_o12(books):
    reference = held(1_000)
    assert StripeProvider().capture(request(reference=reference, amount=400)).status == Status.APPROVED
    charge = books.v1.charges.retrieve(books.v1.payment_intents.retrieve(reference).latest_charge.id)
    assert charge.amount - charge.amount_refunded == 400


def test_a_void_lets_go(books):
    reference = held()
    assert StripeProvider().void(request(reference=reference)) == Outcome(Status.APPROVED, reference)
    assert books.v1.payment_intents.retrieve(reference).status == "canceled"
    assert charged(books, reference) == []


def test_a_capture_after_a_void_is_declined(trouble):
    reference = held()
    StripeProvider().void(request(reference=reference))
    assert StripeProvider().capture(request(reference=reference)).status == Status.DECLINED


def test_a_void_after_a_capture_is_declined(trouble):
    reference = held()
    StripeProvider().capture(request(reference=reference))
    assert StripeProvider().void(request(reference=reference)).status == Status.DECLINED


def test_a_refund_gives_back_once_r7(books):
    reference = held()
    StripeProvider().capture(request(reference=reference))
    refund = request(reference=reference, amount=600)
    first, second = StripeProvider().refund(refund), StripeProvider().refund(refund)
    assert (first.status, first) == (Status.APPROVED, second)
    assert [row.amount for row in books.v1.refunds.list({"payment_intent": reference}).data] == [600]


TROUBLE = ["hang", "drop", "500", "503", "429"]


@pytest.mark.parametrize("kind", TROUBLE)
def test_trouble_after_the_work_is_unknown_and_the_same_key_tells_the_truth_m6(books, trouble, kind):
    asked = request()
    trouble(kind)
    outcome = StripeProvider().authorise(asked)
    assert (outcome.status, outcome.reference) == (Status.UNKNOWN, "")
    assert StripeProvider().authorise(asked).status == Status.APPROVED
    assert len(intents(books, asked.key)) == 1


@pytest.mark.parametrize("kind", TROUBLE)
def test_without_keys_the_same_trouble_holds_the_money_twice_m6_control(books, trouble, kind):
    asked = request()
    trouble("no-keys")
    trouble(kind)
    StripeProvider().authorise(asked)
    StripeProvider().authorise(asked)
    assert len(intents(books, asked.key)) == 2


@pytest.mark.parametrize("kind", TROUBLE)
@pytest.mark.parametrize("operation", ["capture", "void"])
def test_a_second_try_looks_before_it_asks_even_when_keys_are_forgotten_m6(books, trouble, operation, kind):
    reference = held()
    trouble("no-keys")
    trouble(kind)
    ask = getattr(StripeProvider(), operation)
    first = request(reference=reference)
    assert ask(first).status == Status.UNKNOWN
    again = Request(**{**vars(first), "attempt": 2})
    assert ask(again) == Outcome(Status.APPROVED, reference)
    assert charged(books, reference) == ([2_599] if operation == "capture" else [])


@pytest.mark.parametrize("kind", TROUBLE)
def test_a_second_try_finds_its_refund_even_when_keys_are_forgotten_m6(books, trouble, kind):
    reference = held()
    StripeProvider().capture(request(reference=reference))
    trouble("no-keys")
    trouble(kind)
    first = request(reference=reference, amount=600)
    assert StripeProvider().refund(first).status == Status.UNKNOWN
    assert StripeProvider().refund(Request(**{**vars(first), "attempt": 2})).status == Status.APPROVED
    assert [row.amount for row in books.v1.refunds.list({"payment_intent": reference}).data] == [600]


def test_a_key_used_for_another_amount_tells_nothing_about_the_first(trouble):
    asked = request()
    StripeProvider().authorise(asked)
    assert StripeProvider().authorise(Request(**{**vars(asked), "amount": 1})).status == Status.UNKNOWN


def test_a_wrong_api_key_is_our_fault_and_declines_nobody(trouble, settings):
    settings.STRIPE_API_KEY = "nonsense"
    assert StripeProvider().authorise(request()).status == Status.UNKNOWN


def test_a_server_that_is_not_there_is_unknown(trouble, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    assert StripeProvider().authorise(request()).status == Status.UNKNOWN


@pytest.mark.parametrize("kind", TROUBLE)
def test_an_order_is_charged_once_through_stripe_m6(books, trouble, seller, kind):
    call = begun(seller, CARD)
    Payment.objects.update(provider="stripe")
    payment = finish(call).payment
    assert payment.state == "authorised"
    trouble(kind)
    assert finish(asked(payment, Operation.CAPTURE)).is_open
    assert sweep(NOW + SWEEP) == 1
    payment.refresh_from_db()
    assert (payment.state, payment.captured_amount) == ("captured", 2_599)
    assert charged(books, payment.provider_reference) == [2_599]


def test_a_canceled_order_is_let_go_through_stripe(books, seller):
    call = begun(seller, CARD)
    Payment.objects.update(provider="stripe")
    payment = finish(call).payment
    finish(*released(payment))
    assert books.v1.payment_intents.retrieve(payment.provider_reference).status == "canceled"


def given_back(books: stripe.StripeClient, reference: str) -> list[int]:
    return [row.amount for row in books.v1.refunds.list({"payment_intent": reference}).data]


@pytest.mark.parametrize("kind", TROUBLE)
def test_an_order_is_refunded_once_through_stripe_m6(books, trouble, seller, kind):
    call = begun(seller, CARD)
    Payment.objects.update(provider="stripe")
    payment = finish(asked(finish(call).payment, Operation.CAPTURE)).payment
    trouble(kind)
    assert finish(asked(payment, Operation.REFUND, 600)).is_open
    assert sweep(NOW + SWEEP) == 1
    assert given_back(books, payment.provider_reference) == [600]
    assert ledger.balance(payment) == ledger.Balance(2_599, 600, 318, 0, 1_681)


@pytest.mark.parametrize("kind", TROUBLE)
def test_without_keys_and_without_looking_it_is_refunded_twice_m6_control(books, trouble, kind):
    reference = held()
    StripeProvider().capture(request(reference=reference))
    trouble("no-keys")
    trouble(kind)
    refund = request(reference=reference, amount=600)  # always its first attempt: nobody looks what was done
    assert StripeProvider().refund(refund).status == Status.UNKNOWN
    assert StripeProvider().refund(refund).status == Status.APPROVED
    assert given_back(books, reference) == [600, 600]


def test_an_amount_goes_to_stripe_in_its_own_units(books):
    asked = request(amount=1_200, currency="MGA")
    outcome = StripeProvider().authorise(asked)
    assert StripeProvider().capture(request(reference=outcome.reference, amount=700, currency="MGA"))
    (intent,) = intents(books, asked.key)
    assert (intent.amount, intent.currency) == (12, "mga")


def test_an_amount_that_cannot_be_moved_is_declined_and_never_sent(books):
    asked = request(amount=1_234, currency="KWD")
    outcome = StripeProvider().authorise(asked)
    assert (outcome.status, outcome.code) == (Status.DECLINED, "amount_not_movable")
    assert intents(books, asked.key) == []


@pytest.mark.parametrize("kind", ["hang", "drop", "500", "503", "429"])
@pytest.mark.parametrize("operation", ["capture", "void"])
def test_a_look_that_is_cut_off_after_a_refusal_is_unknown_and_asked_again(
    books, trouble, operation, kind, monkeypatch
):
    """The capture went through and its answer was lost; then "already captured", and the look breaks off."""
    reference = held()
    ask = getattr(StripeProvider(), operation)
    assert ask(request(reference=reference)).status == Status.APPROVED
    trouble("after-next")
    trouble(kind)
    again = request(reference=reference)  # another key: the server refuses, as it did this before
    assert ask(again).status == Status.UNKNOWN
    assert ask(Request(**{**vars(again), "attempt": 2})) == Outcome(Status.APPROVED, reference)
