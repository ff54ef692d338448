"""The forms of the refund pages as a browser fills them in."""

import re
import uuid
from html import unescape
from typing import Any

from django.test import Client

from orders import changes as order_changes
from orders.models import Order
from refunds import amounts


def url(order: Order, query: str = "") -> str:
    return f"/orders/{order.number}/refunds/{query}"


def form(order: Order, **changes: Any) -> dict[str, Any]:
    """The form as its page made it, with nothing chosen yet."""
    plain = {"key": str(uuid.uuid4()), "seen": str(amounts.refunded(order)), "reason": "customer_return"}
    plain["seen_event"] = str(order_changes.mark(order))
    return plain | {name: str(value) for name, value in changes.items()}


def whole(order: Order, **changes: Any) -> dict[str, Any]:
    """The form with all that is left of every item."""
    return form(order, **{f"how_{item.pk}": "all" for item in order.items.all()}, **changes)


def hidden(response: Any) -> dict[str, str]:
    """The fields that a summary sends back with its click."""
    found = re.findall(r'<input[^>]* type="hidden"[^>]*>', response.content.decode())
    pairs = {}
    for tag in found:
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        assert name
        pairs[name[1]] = unescape(value[1]) if value else ""
    return pairs


def agreed(client: Client, order: Order, data: dict[str, Any]) -> dict[str, str]:
    """Send the form, and return what the summary's confirm button sends."""
    response = client.post(url(order), data, follow=True)
    assert response.status_code == 200, response.context["form"].errors
    return hidden(response) | {"confirm": "1"}


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())
