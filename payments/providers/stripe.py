"""Stripe: a PaymentIntent is held at authorisation and captured by hand at the first confirmation (O15)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import stripe
import structlog
from django.conf import settings
from django.utils.translation import gettext_noop

from payments.providers import stripe_units
from payments.providers.base import Outcome, Request, Status

logger = structlog.get_logger(__name__)

USUAL_HOLD = timedelta(days=4)  # the shortest that cards give; how long one lasts is what Stripe says of it
TIMEOUTS = (5.0, 10.0)  # seconds to connect, to wait for an answer; together well under the lease of a call

# What the state of an intent, seen as it is, says about each operation. Any other state says nothing yet.
AUTHORISED = {
    "requires_capture": Status.APPROVED,
    "processing": Status.PENDING,
    "requires_action": Status.DECLINED,
    "requires_payment_method": Status.DECLINED,
    "canceled": Status.DECLINED,
}
CAPTURED = {"succeeded": Status.APPROVED, "processing": Status.PENDING, "canceled": Status.DECLINED}
VOIDED = {"canceled": Status.APPROVED, "succeeded": Status.DECLINED}
REFUNDED = {
    "succeeded": Status.APPROVED,
    "pending": Status.PENDING,
    "requires_action": Status.PENDING,
    "failed": Status.DECLINED,
    "canceled": Status.DECLINED,
}


# What Stripe says of a request that it does not take is for the log, not for people.
NOT_UNDERSTOOD = gettext_noop("the payment provider did not take the request; the operator is told.")
NOT_MOVABLE = gettext_noop("The payment provider can't move this amount in this currency.")


def client() -> stripe.StripeClient:
    """The library's client for our account; it never tries again by itself."""
    return stripe.StripeClient(
        settings.STRIPE_API_KEY,
        base_addresses={"api": settings.STRIPE_API_BASE},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=TIMEOUTS),
    )


class StripeProvider:
    """Asks with the call's key, so that Stripe repeats its answer instead of its work.

    Before it asks a second time it looks what was done: Stripe forgets keys after a day.
    """

    # Of a payment method, of a card or source of before, and of the test cards (pm_card_visa).
    TOKEN = re.compile(r"(?:pm|card|src|tok)_[A-Za-z0-9_]{1,190}")

    def __init__(self) -> None:
        self.client = client()

    @staticmethod
    def step(currency: str) -> int:
        try:
            return stripe_units.step(currency)
        except stripe_units.CannotMove:
            return 0

    def authorise(self, request: Request) -> Outcome:
        def ask() -> Outcome:
            if request.reference:  # asked before, and not decided then
                return _judge_hold(self._intent(request))
            asked: Any = {
                "amount": _amount(request),
                "currency": request.currency.lower(),
                "customer": self._customer(request),
                "payment_method": request.token,
                "allowed_payment_method_types": ["card"],
                "capture_method": "manual",
                "confirm": True,
                "off_session": True,
                "metadata": _metadata(request),
                "expand": ["latest_charge"],
                **_hold_options(request),
            }
            return _judge_hold(self.client.v1.payment_intents.create(asked, _options(request)))

        return _answer(ask)

    def capture(self, request: Request) -> Outcome:
        def ask() -> Outcome:
            intent = self.client.v1.payment_intents.capture(
                request.reference, {"amount_to_capture": _amount(request)}, _options(request)
            )
            return _judge(intent, CAPTURED)

        return self._settle(request, CAPTURED, ask)

    def void(self, request: Request) -> Outcome:
        def ask() -> Outcome:
            intent = self.client.v1.payment_intents.cancel(request.reference, {}, _options(request))
            return _judge(intent, VOIDED)

        return self._settle(request, VOIDED, ask)

    def refund(self, request: Request) -> Outcome:
        def ask() -> Outcome:
            made = self._refund_made(request) or self.client.v1.refunds.create(
                {
                    "payment_intent": request.reference,
                    "amount": _amount(request),
                    "metadata": _metadata(request),
                },
                _options(request),
            )
            return _judge(made, REFUNDED)

        return _answer(ask)

    def _settle(self, request: Request, meaning: Mapping[str, Status], ask: Callable[[], Outcome]) -> Outcome:
        """Capture or cancel an intent. Its own state decides, before a second try and after a refusal."""
        seen = _answer(lambda: self._seen(request, meaning)) if request.attempt > 1 else None
        if seen and seen.status != Status.UNKNOWN:
            return seen
        outcome = _answer(ask)
        if outcome.status != Status.DECLINED:
            return outcome
        # Perhaps it was done before. Where this look is cut off, nobody knows: it is asked again.
        return _answer(lambda: self._after_refusal(request, meaning, outcome))

    def _after_refusal(self, request: Request, meaning: Mapping[str, Status], refused: Outcome) -> Outcome:
        """What the intent says of a refused operation; the refusal counts unless it was done, or still may be."""
        seen = self._seen(request, meaning)
        return seen if seen.status in (Status.APPROVED, Status.PENDING) else refused

    def _seen(self, request: Request, meaning: Mapping[str, Status]) -> Outcome:
        return _judge(self._intent(request), meaning)

    def _intent(self, request: Request) -> stripe.PaymentIntent:
        return self.client.v1.payment_intents.retrieve(request.reference, {"expand": ["latest_charge"]})

    def _customer(self, request: Request) -> str:
        """The customer to whom the card is saved, made where it has none: only so can a hold be renewed later."""
        method = self.client.v1.payment_methods.retrieve(request.token)
        if method.customer:
            return str(method.customer)
        made = self.client.v1.customers.create(
            {"payment_method": request.token}, {"idempotency_key": f"customer-{request.token}"}
        )
        return made.id

    def _refund_made(self, request: Request) -> stripe.Refund | None:
        """What an earlier try refunded, if it did: it carries the call's key."""
        if request.attempt == 1:
            return None
        refunds = self.client.v1.refunds.list({"payment_intent": request.reference, "limit": 100})
        for refund in refunds.auto_paging_iter():
            if getattr(refund.metadata, "call", None) == str(request.key):
                return refund
        return None


def _amount(request: Request) -> int:
    return stripe_units.to_stripe(request.amount, request.currency)


def _options(request: Request) -> stripe.RequestOptions:
    return {"idempotency_key": str(request.key)}


def _metadata(request: Request) -> dict[str, str]:
    return {"order_number": request.order_number, "call": str(request.key)}


def _hold_options(request: Request) -> dict[str, Any]:
    """Ask for a longer hold where the order may ship after a usual one; the card's network decides."""
    if not request.now or not request.needed_until or request.needed_until <= request.now + USUAL_HOLD:
        return {}
    return {"payment_method_options": {"card": {"request_extended_authorization": "if_available"}}}


def _judge_hold(intent: stripe.PaymentIntent) -> Outcome:
    """The outcome of an authorization, and how long it lasts by the charge's own words."""
    card = card_of(intent)
    extended = getattr(getattr(card, "extended_authorization", None), "status", "")
    return replace(
        _judge(intent, AUTHORISED), capture_before=capture_before(intent), is_extended=extended == "enabled"
    )


def card_of(intent: stripe.PaymentIntent) -> Any:
    """What the intent's latest charge says of the card; None where there is no charge, or not of a card."""
    details = getattr(getattr(intent, "latest_charge", None), "payment_method_details", None)
    return getattr(details, "card", None)


def capture_before(intent: stripe.PaymentIntent) -> datetime | None:
    """Until when the held amount can be captured, where Stripe says so."""
    until = getattr(card_of(intent), "capture_before", None)
    return datetime.fromtimestamp(until, UTC) if until else None


def _judge(found: Any, meaning: Mapping[str, Status]) -> Outcome:
    status = meaning.get(found.status, Status.UNKNOWN)
    return Outcome(status, found.id, "" if status == Status.APPROVED else str(found.status))


def _answer(ask: Callable[[], Outcome]) -> Outcome:
    """A refusal of the card or of the request is final. Whatever else went wrong, it may have been done."""
    try:
        return ask()
    except stripe_units.CannotMove:
        return Outcome(Status.DECLINED, code="amount_not_movable", message=NOT_MOVABLE)
    except stripe.CardError as error:
        return _refusal(error)
    except stripe.InvalidRequestError as error:
        logger.error("stripe_refused_request", code=error.code, param=error.param, said=error.user_message)
        return Outcome(Status.DECLINED, "", error.code or type(error).__name__, NOT_UNDERSTOOD)
    except stripe.StripeError as error:
        return Outcome(Status.UNKNOWN, code=error.code or type(error).__name__)


def _refusal(error: stripe.StripeError) -> Outcome:
    return Outcome(Status.DECLINED, "", error.code or type(error).__name__, error.user_message or "")
