"""What the tests of the channels' entrance share: an order as JSON, handing it in, and what a refusal looks like."""

import json
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts import clock
from inventory.models import Listing, StockMovement
from orders.models import Order, OrderEvent, OrderItem
from payments.models import Payment, ProviderCall


def document(**changes: Any) -> dict[str, Any]:
    """An order of two cables as a channel writes it; `items` and others can be replaced, None leaves one out."""
    whole = {
        "reference": "W-1001",
        "seller": "north",
        "placed_at": (clock.now() - timedelta(minutes=1)).isoformat(),
        "currency": "USD",
        "service": "Standard",
        "payment_token": "tok_approve",
        "buyer_name": "Ada Buyer",
        "buyer_email": "ada@example.org",
        "recipient": "Ada Buyer",
        "address_1": "1 Main Street",
        "city": "Springfield",
        "state": "IL",
        "postal_code": "62701",
        "country": "US",
        "items": [{"sku": "CABLE-2M", "quantity": 2, "price": "20.00", "tax": "1.60", "shipping": "5.00"}],
    } | changes
    return {name: value for name, value in whole.items() if value is not None}


def post(token: str | None, body: Any, slug: str = "web", **headers: str) -> Any:
    """Hand in a body: a document, or bytes as they are."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    content_type = headers.pop("content_type", "application/json")
    if token:
        headers["Authorization"] = f"Bearer {token}"
    address = reverse("channels:orders", args=[slug])
    return Client(raise_request_exception=False).post(
        address, data=data, content_type=content_type, headers=headers
    )


def everything() -> tuple[Any, ...]:
    """All that a refusal must leave alone."""
    tables = (Order, OrderItem, OrderEvent, Payment, ProviderCall, StockMovement, Listing)
    return tuple(list(table.objects.order_by("pk").values()) for table in tables)


def refused(answer: Any, status: int) -> list[dict[str, Any]]:
    """The problems of a refusal with this status, each in the form that docs/channels.md promises."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json"), answer.content
    errors = answer.json()["errors"]
    assert errors
    for error in errors:
        assert error.keys() == {"rule", "message", "field", "limit", "figure"}
        assert error["message"]
    return errors
