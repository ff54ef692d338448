"""What the portal's work is measured against: the same rows written by plain SQL, with no rule checked.

The orders' indexes, constraints and triggers are the same; what belongs to an order beside its own row and its
history is left out, so each is a limit that the portal cannot reach.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from psycopg2 import sql
from psycopg2.extras import execute_values

from benchmarks import order_rows
from benchmarks.stories import Book, Story, number
from orders.models import Order
from payments.models import Payment

COLUMNS = """canceled_at = %(now)s, canceled_by = 'marketplace', cancel_reason = 'not_confirmed',
    is_cancel_defect = true, relay_phone = '', relay_extension = '', phone_until = NULL"""
CANCEL = f"UPDATE orders_order SET status = 'canceled', {COLUMNS} WHERE id = ANY(%(pks)s)"
HISTORY = """
    INSERT INTO orders_orderevent
        (order_id, seller_id, kind, at, actor_kind, source, old_status, new_status, details, digest)
    SELECT id, seller_id, 'canceled', %(now)s, 'system', 'job', 'unshipped', 'canceled',
        '{"reason": "not_confirmed"}', ''
    FROM orders_order WHERE id = ANY(%(pks)s)
"""


def cancel(pks: Sequence[int], now: datetime) -> None:
    """Two statements in one transaction: the orders are canceled, their history says so."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(CANCEL, {"pks": list(pks), "now": now})
        cursor.execute(HISTORY, {"pks": list(pks), "now": now})


def rows(book: Book, stories: Sequence[Story]) -> list[dict[str, object]]:
    """Rows of the orders table for these stories; their payments are saved, for the rows refer to them."""
    channel = Order.objects.filter(seller=book.seller).select_related("channel")[0].channel
    payments = Payment.objects.bulk_create(
        Payment(
            seller=book.seller,
            order_number=number(story.pk),
            currency=book.market.currency,
            amount=story.total,
            token="tok_approve",
            provider="sandbox",
            created_at=story.placed_at,
        )
        for story in stories
    )
    found = []
    for story, payment in zip(stories, payments, strict=True):
        row = order_rows.order(book, story, channel) | {"payment_id": payment.pk}
        del row["id"]
        found.append(row)
    return found


def insert(found: Sequence[dict[str, object]]) -> None:
    """The rows stand in the orders table, by execute_values in one transaction."""
    names = sql.SQL(", ").join(map(sql.Identifier, found[0]))
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        statement = sql.SQL("INSERT INTO orders_order ({}) VALUES %s").format(names).as_string(cursor.cursor)
        execute_values(cursor.cursor, statement, [tuple(row.values()) for row in found], page_size=len(found))


def remove(found: Sequence[dict[str, object]]) -> None:
    """The rows and their payments are gone: orders without items are no orders."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, column in (("orders_order", "payment_id"), ("payments_payment", "id")):
            statement = sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)")
            statement = statement.format(sql.Identifier(table), sql.Identifier(column))
            cursor.execute(statement.as_string(cursor.cursor), [[row["payment_id"] for row in found]])
