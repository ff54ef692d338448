"""O1: the allowed moves and no others, held by the table and by the database."""

import itertools

import pytest
from django.db import DatabaseError, connection, transaction

from orders import lifecycle
from orders.models import Order
from orders.refusals import MoveRefused
from orders.states import MOVES, CanceledBy, CancelReason, EventKind, OrderStatus
from tests.factories import NOON, ListingFactory
from tests.helpers import SYSTEM, place

pytestmark = pytest.mark.django_db

ALLOWED = {
    ("pending", "unshipped"),
    ("pending", "canceled"),
    ("unshipped", "partially_shipped"),
    ("unshipped", "shipped"),
    ("unshipped", "canceled"),
    ("partially_shipped", "shipped"),
}
PAIRS = list(itertools.product(OrderStatus.values, OrderStatus.values))
DEADLINES = {"authorised_at": NOON, "ship_by": NOON, "confirm_deadline": NOON, "warn_at": NOON}
CANCELED = {
    "canceled_at": NOON,
    "canceled_by": CanceledBy.SELLER,
    "cancel_reason": CancelReason.NO_INVENTORY,
}
NOT_CANCELED = {"canceled_at": None, "canceled_by": "", "cancel_reason": ""}
PATH = {
    "pending": ["pending"],
    "unshipped": ["pending", "unshipped"],
    "partially_shipped": ["pending", "unshipped", "partially_shipped"],
    "shipped": ["pending", "unshipped", "shipped"],
    "canceled": ["pending", "canceled"],
}


def columns(status: str) -> dict[str, object]:
    """What must stand on an order of this status."""
    return {"status": status, **DEADLINES, **(CANCELED if status == "canceled" else NOT_CANCELED)}


def order_at(status: str) -> Order:
    """An order that came to this status by the allowed moves."""
    order = place((ListingFactory(), 1))
    for step in PATH[status][1:]:
        Order.objects.filter(pk=order.pk).update(**columns(step))
    order.refresh_from_db()
    return order


def test_o1_the_table_is_the_rule_book():
    assert {(old, new) for old, news in MOVES.items() for new in news} == ALLOWED


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_o1_every_pair_of_statuses_by_the_operation(old, new):
    order = order_at(old)
    changes = CANCELED if new == "canceled" else {}
    if (old, new) in ALLOWED:
        lifecycle.move(
            [order],
            OrderStatus(new),
            EventKind.AUTHORISED,
            actor=SYSTEM,
            now=NOON,
            **({**DEADLINES, **changes} if old == "pending" else changes),
        )
        assert Order.objects.get(pk=order.pk).status == new
        assert order.events.last().new_status == new
    else:
        events = order.events.count()
        with pytest.raises(MoveRefused):
            lifecycle.move([order], OrderStatus(new), EventKind.AUTHORISED, actor=SYSTEM, now=NOON, **changes)
        assert (Order.objects.get(pk=order.pk).status, order.events.count()) == (old, events)


@pytest.mark.parametrize(("old", "new"), [pair for pair in PAIRS if pair[0] != pair[1]])
@pytest.mark.parametrize("how", ["update", "sql"])
def test_o1_every_pair_of_statuses_at_the_database(old, new, how):
    order = order_at(old)

    def change() -> None:
        if how == "update":
            Order.objects.filter(pk=order.pk).update(**columns(new))
            return
        with connection.cursor() as cursor:
            assignments = ", ".join(f"{name} = %s" for name in columns(new))
            cursor.execute(
                f"UPDATE orders_order SET {assignments} WHERE id = %s", [*columns(new).values(), order.pk]
            )

    if (old, new) in ALLOWED:
        change()
        assert Order.objects.get(pk=order.pk).status == new
    else:
        with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
            change()
        assert Order.objects.get(pk=order.pk).status == old


@pytest.mark.parametrize(
    "facts",
    [{"placed_at": NOON.replace(year=2025)}, {"number": "111-1111111-1111111"}, {"currency": "EUR"}],
)
def test_what_was_placed_never_changes(facts):
    order = order_at("unshipped")
    with pytest.raises(DatabaseError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**facts)


def test_an_order_without_deadlines_cannot_be_unshipped():
    order = order_at("pending")
    with pytest.raises(DatabaseError, match="order_deadlines_once_authorised"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(status="unshipped")


def test_o13_a_canceled_order_says_who_when_and_why():
    order = order_at("unshipped")
    with pytest.raises(DatabaseError, match="order_canceled_says_who_when_why"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(status="canceled")
