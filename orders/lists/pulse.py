"""Up to the minute: what a page that stays open asks for, to learn what is new or changed since it was made (O20)."""

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from orders import changes, sentences
from orders.models import Order, OrderEvent

LINES = 3


def marked(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Read with each order the last thing that happened to it, as `mark`, in the same snapshot as its row."""
    events = OrderEvent.objects.filter(order=OuterRef("pk")).order_by("-pk").values("pk")
    return orders.annotate(mark=Subquery(events[:1]))


def seen(orders: Iterable[Any]) -> list[tuple[str, int]]:
    """The number and the mark of each order that a page shows."""
    return [(order.number, order.mark) for order in orders]


def of_list(query: str, orders: Iterable[Any]) -> dict[str, str]:
    """What templates/orders/pulse_list.html needs: where to ask for the same page, and what it shows now."""
    asked = f"?{query}" if query else ""
    return {
        "url": f"{reverse('orders:pulse')}{asked}",
        "here": f"{reverse('orders:list')}{asked}",
        "seen": json.dumps(seen(orders), separators=(",", ":")),
    }


def of_order(order: Order, mark: int) -> dict[str, Any]:
    """What happened to the order after that mark, newest first, in sentences."""
    events = order.events.select_related("actor", "memo").filter(pk__gt=mark)
    lines = [f"{line.who}: {line.sentence}" for line in sentences.timeline(events)]
    return {"mark": changes.mark(order), "lines": lines[:LINES]}
