"""Stripe's events: verified by its signature, listed by its API, and what they are about as Stripe has it now."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import stripe
from django.conf import settings

from payments.models import DisputeStatus, Topic
from payments.providers import stripe_units
from payments.providers.base import Status
from payments.providers.news import DisputeSeen, EventSeen, HoldSeen, NotSigned, RefundSeen
from payments.providers.stripe import REFUNDED, client

TOLERANCE = 300  # seconds between the signature and our clock

TOPICS = {
    **dict.fromkeys(
        [
            "payment_intent.amount_capturable_updated",
            "payment_intent.succeeded",
            "payment_intent.payment_failed",
            "payment_intent.canceled",
            "payment_intent.requires_action",
            "charge.captured",
            "charge.expired",
            "charge.refunded",
        ],
        Topic.PAYMENT,
    ),
    **dict.fromkeys(["refund.created", "refund.updated", "refund.failed"], Topic.REFUND),
    **dict.fromkeys(
        [
            "charge.dispute.created",
            "charge.dispute.updated",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.funds_reinstated",
            "charge.dispute.closed",
        ],
        Topic.DISPUTE,
    ),
    "payout.failed": Topic.PAYOUT,
}
DISPUTES = {
    "needs_response": DisputeStatus.OPEN,
    "warning_needs_response": DisputeStatus.OPEN,
    "under_review": DisputeStatus.UNDER_REVIEW,
    "warning_under_review": DisputeStatus.UNDER_REVIEW,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
}


def read(body: bytes, signature: str) -> EventSeen:
    """Return the event of a signed message; during a change of secrets any of them may have signed it.

    Raises:
        NotSigned: no secret of ours signed it within the last minutes, or it is no event.
    """
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            return _event(stripe.Webhook.construct_event(body, signature, secret, tolerance=TOLERANCE))
        except stripe.SignatureVerificationError:
            continue
        except (ValueError, AttributeError, TypeError, KeyError):  # signed, and yet no event
            break
    raise NotSigned


class StripeNews:
    """Looks at objects as Stripe has them now. Raises stripe.StripeError for trouble on the way."""

    def __init__(self) -> None:
        self.client = client()

    def events(self, since: datetime) -> Iterator[EventSeen]:
        asked: Any = {"created": {"gte": int(since.timestamp())}, "types": list(TOPICS), "limit": 100}
        for event in self.client.v1.events.list(asked).auto_paging_iter():
            yield _event(event)

    def payment(self, reference: str) -> HoldSeen | None:
        intent = _found(lambda: self.client.v1.payment_intents.retrieve(reference))
        if intent is None:
            return None
        return HoldSeen(
            reference=intent.id,
            call=_call(intent),
            is_held=intent.status == "requires_capture",
            is_charged=intent.status == "succeeded",
            is_canceled=intent.status == "canceled",
        )

    def refund(self, reference: str) -> RefundSeen | None:
        refund = _found(lambda: self.client.v1.refunds.retrieve(reference))
        if refund is None:
            return None
        status = REFUNDED.get(str(refund.status), Status.UNKNOWN)
        why = str(getattr(refund, "failure_reason", None) or "")
        return RefundSeen(refund.id, _call(refund), _name(refund.payment_intent), status, why)

    def dispute(self, reference: str) -> DisputeSeen | None:
        dispute = _found(lambda: self.client.v1.disputes.retrieve(reference))
        if dispute is None:
            return None
        moved = [row.amount for row in getattr(dispute, "balance_transactions", None) or []]
        due = getattr(getattr(dispute, "evidence_details", None), "due_by", None)
        return DisputeSeen(
            reference=dispute.id,
            payment=_name(dispute.payment_intent),
            amount=stripe_units.from_stripe(dispute.amount, dispute.currency),
            currency=dispute.currency.upper(),
            status=DISPUTES.get(dispute.status, DisputeStatus.CLOSED),
            reason=dispute.reason,
            opened_at=datetime.fromtimestamp(dispute.created, UTC),
            respond_by=datetime.fromtimestamp(due, UTC) if due else None,
            is_withdrawn=any(amount < 0 for amount in moved),
            is_returned=any(amount > 0 for amount in moved),
        )


def _event(event: Any) -> EventSeen:
    """The event by its names. An event of a charge is about the payment that the charge belongs to."""
    about = event.data.object
    topic = TOPICS.get(event.type, Topic.OTHER)
    name = getattr(about, "payment_intent", None) if topic == Topic.PAYMENT else None
    return EventSeen(
        reference=event.id,
        kind=event.type[:100],
        topic=topic,
        about=_name(name) or str(getattr(about, "id", "")),
        at=datetime.fromtimestamp(event.created, UTC),
    )


def _found(look: Callable[[], Any]) -> Any:
    try:
        return look()
    except stripe.InvalidRequestError as error:
        if error.http_status == 404:
            return None
        raise


def _name(expandable: Any) -> str:
    """The id of an object that may come whole."""
    return str(getattr(expandable, "id", expandable) or "")


def _call(found: Any) -> str:
    return str(getattr(getattr(found, "metadata", None), "call", None) or "")
