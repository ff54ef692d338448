"""What the races of refunds share: an order of 100.00, and all its books after a round."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from orders.models import Order
from orders.states import EventKind
from payments.models import LedgerEntry
from refunds import amounts
from refunds.models import ItemRefunds, Refund, RefundLine
from refunds.states import RefundState
from tests.factories import ListingFactory
from tests.helpers import authorised, ship
from tests.refunds.steps import ask, at_provider, item_of, refund, send_all
from tests.settings import APP_ROLE

ROUNDS = 5
TWIN_ROUNDS = 3


def hundred() -> Order:
    """A shipped order of one item at 100.00, without tax; the provider has nothing of it yet but the charge."""
    listing = ListingFactory(price=10_000, on_hand=1)
    order = ship(authorised((listing, 1)))
    assert amounts.left(order)[item_of(order).pk].price == 10_000
    return order


def thirty(order: Order, **changes: Any) -> Refund:
    return refund(order, ask(order, 3_000, tax=0), **changes)


def books(order: Order) -> list[str]:
    """What disagrees about an order once all that is due was sent."""
    send_all()
    live = Refund.objects.filter(order=order, state=RefundState.DONE)
    amounts_done = sorted(live.values_list("amount", flat=True))
    entries = LedgerEntry.objects.filter(order_number=order.number)
    lines = RefundLine.objects.filter(refund__in=live).values_list("price", "tax", "shipping", "shipping_tax")
    counted = ItemRefunds.objects.filter(item__order=order)
    found = {
        "provider": at_provider(order) == amounts_done,
        "ledger": -sum(entries.filter(account="refunds").values_list("amount", flat=True))
        == sum(amounts_done),
        "balance": sum(entries.values_list("amount", flat=True)) == 0,
        "lines": sum(map(sum, lines)) == sum(amounts_done) == amounts.refunded(order),
        "within the charge": sum(amounts_done) <= order.total,
        "events": order.events.filter(kind=EventKind.REFUND_DONE).count() == len(amounts_done),
        "counted": counted.count() <= 1,
    }
    return [name for name, holds in found.items() if not holds]


@contextmanager
def without_constraint(table: str, name: str) -> Iterator[None]:
    """The database without one of its guards, as the owner can make it; what broke it is gone afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        (definition,) = cursor.fetchone()
        cursor.execute(f"SET ROLE NONE; ALTER TABLE {table} DROP CONSTRAINT {name}; SET ROLE {APP_ROLE}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SET ROLE NONE; TRUNCATE {table} CASCADE;"
                f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}; SET ROLE {APP_ROLE}"
            )
