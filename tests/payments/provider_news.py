"""Events as Stripe sends them, signed by us, and the objects that its API then shows, planted at localstripe."""

import itertools
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import stripe
from django.test import Client

from accounts.actors import Actor
from payments import news
from refunds.models import Refund

SECRET = "whsec_only_for_tests"
URL = "/webhooks/stripe/"
_ids = itertools.count(1)


def payload(kind: str, about: dict[str, Any], *, reference: str = "") -> bytes:
    """An event of this kind about an object, as Stripe writes it."""
    event = {
        "id": reference or f"evt_{next(_ids)}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "type": kind,
        "data": {"object": about},
    }
    return json.dumps(event).encode()


def signature(body: bytes, secret: str = SECRET, *, age: int = 0) -> str:
    moment = int(time.time()) - age
    signed = stripe.WebhookSignature._compute_signature(f"{moment}.{body.decode()}", secret)
    return f"t={moment},v1={signed}"


def deliver(body: bytes, header: str | None = None, client: Client | None = None) -> int:
    """Post it as Stripe does; returns the status."""
    headers = {"Stripe-Signature": signature(body) if header is None else header}
    return (client or Client()).post(URL, body, content_type="application/json", headers=headers).status_code


def report(kind: str, about: dict[str, Any], now: datetime) -> None:
    """Deliver an event and follow it."""
    assert deliver(payload(kind, about)) == 200
    follow(now)


def follow(now: datetime) -> int:
    return news.follow_due(now, Actor.system())


class Shown:
    """What the server's API answers for a path, as made up by a test."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __call__(self, path: str, content: dict[str, Any] | None) -> None:
        requests.post(f"{self.address}/_config/shown", json=[path, content], timeout=5).raise_for_status()

    def dispute(self, payment: str, status: str, *moved: int, **more: Any) -> dict[str, Any]:
        """A dispute over 10.00 of this payment, with the amounts that it moved on our balance."""
        found = {
            "id": "dp_1",
            "object": "dispute",
            "amount": 1_000,
            "currency": "usd",
            "status": status,
            "reason": "fraudulent",
            "created": int(datetime(2026, 12, 1, tzinfo=UTC).timestamp()),
            "payment_intent": payment,
            "balance_transactions": [{"object": "balance_transaction", "amount": each} for each in moved],
            "evidence_details": {"due_by": int(datetime(2026, 12, 20, tzinfo=UTC).timestamp())},
            **more,
        }
        self(f"/v1/disputes/{found['id']}", found)
        return found

    def refund(self, made: Refund, status: str) -> dict[str, Any]:
        """A refund of ours as Stripe has it by now."""
        assert made.call
        found = {
            "id": made.call.reference,
            "object": "refund",
            "payment_intent": made.call.payment.provider_reference,
            "status": status,
            "amount": made.amount,
            "metadata": {"call": str(made.call.key)},
        }
        self(f"/v1/refunds/{found['id']}", found)
        return found


@pytest.fixture
def shown(address: str, trouble: Any, settings: Any) -> Iterator[Shown]:
    """Plants objects at the server; settings know the webhook's secret."""
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    settings.PAYMENT_PROVIDER = "stripe"
    yield Shown(address)
    requests.post(f"{address}/_config/shown", json=["", None], timeout=5).raise_for_status()
