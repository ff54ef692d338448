"""How long Stripe holds an amount: what is asked for, what the charge says, and the card saved for a renewal (P3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from payments.providers import stripe as provider_module
from payments.providers.base import Request, Status
from payments.providers.stripe import StripeProvider
from tests.payments.helpers import NOW
from tests.payments.provider_news import Shown, shown  # noqa: F401
from tests.payments.test_stripe import address, books, held, intents, request, trouble  # noqa: F401

ENDS = datetime(2026, 12, 7, 18, tzinfo=UTC)


def intent(card: dict[str, Any] | None, status: str = "requires_capture") -> dict[str, Any]:
    """A payment intent as Stripe shows it with its charge."""
    charge = {
        "id": "ch_1",
        "object": "charge",
        "payment_method_details": {"type": "card", "card": card or {}},
    }
    whole = {"id": "pi_1", "object": "payment_intent", "status": status}
    return {**whole, "latest_charge": charge if card is not None else None}


def seen(shown: Shown, content: dict[str, Any]) -> Any:  # noqa: F811
    """What an authorization that was pending learns by a look at its intent."""
    shown("/v1/payment_intents/pi_1", content)
    return StripeProvider().authorise(request(reference="pi_1", attempt=2))


def test_the_charge_says_until_when_it_can_be_captured(shown):  # noqa: F811
    outcome = seen(shown, intent({"capture_before": int(ENDS.timestamp())}))
    assert (outcome.status, outcome.capture_before, outcome.is_extended) == (Status.APPROVED, ENDS, False)


@pytest.mark.parametrize(("status", "granted"), [("enabled", True), ("disabled", False)])
def test_whether_a_longer_hold_was_granted_is_read_back(shown, status, granted):  # noqa: F811
    card = {"capture_before": int(ENDS.timestamp()), "extended_authorization": {"status": status}}
    assert seen(shown, intent(card)).is_extended == granted


@pytest.mark.parametrize("card", [None, {}, {"capture_before": None}])
def test_a_charge_that_says_nothing_has_no_end(shown, card):  # noqa: F811
    outcome = seen(shown, intent(card))
    assert (outcome.status, outcome.capture_before) == (Status.APPROVED, None)


@pytest.mark.parametrize(("days", "is_asked"), [(3, False), (4, False), (5, True), (30, True), (None, False)])
def test_a_longer_hold_is_asked_for_where_the_order_may_ship_later(days, is_asked):
    until = NOW + timedelta(days=days) if days else None
    asked = Request(**{**vars(request()), "now": NOW, "needed_until": until})
    assert bool(provider_module._hold_options(asked)) == is_asked


def test_the_request_for_a_longer_hold_goes_to_stripe(books, monkeypatch):  # noqa: F811
    sent = []
    create = stripe.PaymentIntentService.create

    def noted(self: Any, params: Any, options: Any) -> Any:
        sent.append(params)
        return create(self, params, options)

    monkeypatch.setattr(stripe.PaymentIntentService, "create", noted)
    asked = Request(**{**vars(request()), "now": NOW, "needed_until": NOW + timedelta(days=12)})
    assert StripeProvider().authorise(asked).status == Status.APPROVED
    assert sent[0]["payment_method_options"] == {"card": {"request_extended_authorization": "if_available"}}


def test_the_card_is_saved_to_a_customer_so_that_the_hold_can_be_renewed(books):  # noqa: F811
    asked = request()
    StripeProvider().authorise(asked)
    (made,) = intents(books, asked.key)
    assert str(made.customer).startswith("cus_")
