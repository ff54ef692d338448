"""The forms of the pages of messages as a browser fills them in."""

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders import buyer_links
from orders.models import Order


def page(order: Order, query: str = "") -> str:
    return f"/orders/{order.number}/messages/{query}"


def write_to(order: Order) -> str:
    return page(order, "write/")


def behind(order: Order, action: str = "messages/", query: str = "") -> str:
    """The buyer's page."""
    return f"{buyer_links.path_for(order)}{action}{query}"


def form(**changes: Any) -> dict[str, Any]:
    """A message as the form sends it."""
    content = {"key": str(uuid.uuid4()), "reason": "other", "text": "It leaves today."}
    return {**content, **changes}


def upload(name: str = "note.txt", content: bytes = b"plain words") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(address).status_code == 200
    return len(found)
