"""Steps that the tests of refunds take: a charged order, a refund of part of it, money at the provider."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from accounts.actors import Actor, Source
from inventory.models import Listing, StockMovement
from orders import sweeps as order_sweeps
from orders.models import Memo, Order, OrderEvent, OrderItem
from payments.models import LedgerEntry, Payment, ProviderCall, SandboxOperation
from refunds import refunds, returns, sweeps
from refunds.models import ItemRefunds, Refund, RefundLine, Return, ReturnLine
from refunds.refunds import Ask
from tests.factories import NOON, ListingFactory
from tests.helpers import SYSTEM, authorised, ship

FEED = Actor.system(Source.FEED)
"""Asks as a feed does: without a grace."""


def charged(*units: int, **changes: Any) -> Order:
    """A shipped order with so many units of each item, at 10.00 with 0.80 tax a unit and 5.00 shipping an item."""
    seller = ListingFactory().seller
    lines = [(ListingFactory(seller=seller, on_hand=count + 10), count) for count in units or (2,)]
    return ship(authorised(*lines, **changes))


def item_of(order: Order, place: int = 0) -> OrderItem:
    return list(order.items.all())[place]


def ask(order: Order, price: int = 300, place: int = 0, **more: Any) -> Ask:
    """So much of one item's price, with its tax."""
    return Ask(item_of(order, place).pk, price, **more)


def refund(order: Order, *asks: Ask, **changes: Any) -> Refund:
    """Ask for a refund without a grace, by default of 3.00 of the first item's price."""
    plain = {"key": uuid.uuid4(), "reason": "general_adjustment", "actor": FEED, "now": NOON}
    return refunds.request(order, asks or [ask(order)], **{**plain, **changes})


def everything(order: Order) -> list[Ask]:
    """All that was charged for each item."""
    return [
        Ask(item.pk, item.price, item.tax, item.shipping, item.shipping_tax, units=item.units_kept)
        for item in order.items.all()
    ]


def sent(refund: Refund, now: Any = NOON) -> Refund:
    """The refund after a run of the sweeps."""
    sweeps.send_due(now, SYSTEM)
    sweeps.finish_refund_calls(now, SYSTEM)
    refund.refresh_from_db()
    return refund


def at_provider(order: Order) -> list[int]:
    """Every amount that the provider's own books say went back to the buyer."""
    rows = SandboxOperation.objects.filter(order_number=order.number, operation="refund", status="approved")
    return sorted(rows.values_list("amount", flat=True))


def opened_return(order: Order, units: dict[int, int] | None = None, **changes: Any) -> Return:
    """A return, asked for by the system and so authorised; by default of one unit of the first item."""
    plain = {"key": uuid.uuid4(), "reason": "defective", "actor": SYSTEM, "now": NOON}
    return returns.ask(order, units or {item_of(order).pk: 1}, **{**plain, **changes})


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Of all that an operation on refunds or returns could touch."""
    before = _rows()
    yield
    assert _rows() == before


def _rows() -> dict[str, list[dict[str, Any]]]:
    touched = (Refund, RefundLine, ItemRefunds, Return, ReturnLine, Order, OrderItem, OrderEvent, Memo)
    others = (Listing, StockMovement, ProviderCall, LedgerEntry, Payment)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in (*touched, *others)}


def send_all(now: Any = NOON) -> int:
    """Send and ask until nothing is due, as the workers do."""
    return order_sweeps.run(sweeps.send_refunds, now=now, actor=SYSTEM)
