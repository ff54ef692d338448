"""Which orders a report lists, written down in parts before its first row is made.

So the report is of one moment, whoever makes it and however often that is begun anew.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from orders.models import Order
from reports import kinds
from reports.models import Report

ORDERS = 10_000
"""Orders of a part: a few megabytes of text, and well below a second of work."""

WRITE = """
    INSERT INTO reports_reportpart (report_id, place, orders)
    SELECT {report}, place, ids[(place - 1) * {size} + 1 : place * {size}]
    FROM (SELECT array_agg(id ORDER BY id) AS ids FROM ({orders}) AS found (id)) AS listed,
        generate_series(1, (cardinality(ids) + {size} - 1) / {size}) AS place
"""
# One list of all orders, cut into pieces: 8 bytes an order. Sorted in memory.
PLANNER = "SET LOCAL work_mem = '32MB'; SET LOCAL jit = off"
DAILY = "SELECT order_id FROM reports_arrival WHERE report_id = %(report)s"
# The items of its orders: of most kinds the rows that it will have, of the others about as many.
COUNT = """
    SELECT coalesce(sum(items.number), 0) FROM reports_reportpart part, LATERAL (
        SELECT count(*) AS number FROM orders_orderitem WHERE order_id = ANY(part.orders)
    ) AS items WHERE part.report_id = %s
"""


def write(report: Report, words: Mapping[str, Any]) -> None:
    """The orders of the report's days, or of its day's arrivals, are on record. In the caller's transaction."""
    orders = DAILY if report.daily_for else kinds.of(report.kind).orders
    with connection.cursor() as cursor:
        cursor.execute(PLANNER)
        cursor.execute(_statement("%(report)s", orders), {**words, "report": report.pk})


def write_list(report: Report, orders: QuerySet[Order]) -> None:
    """Exactly these orders are on record. In the caller's transaction."""
    sql, words = orders.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(PLANNER)
        cursor.execute(_statement("%s", sql), [report.pk, *words])


def count(report: Report) -> int:
    """About how many rows there will be."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [report.pk])
        return int(cursor.fetchone()[0])


def orders_of(report: Report, place: int) -> Sequence[int] | None:
    """The orders of one part; None after the last."""
    return report.parts.filter(place=place).values_list("orders", flat=True).first()


def _statement(report: str, orders: str) -> str:
    return WRITE.format(report=report, size=ORDERS, orders=orders)
