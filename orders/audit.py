"""Looking for what cannot be: a history tampered with, deadlines that today's calendar counts otherwise.

Nothing here changes anything. What the books are, and how each is looked at by hand: the history of the orders
(`manage.py check_history`), the ledger (`check_ledger`), the stock (`rebuild_stock`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.core.cache import cache
from django.db import connection
from django.db.models import Max, Min

from inventory import rebuild
from orders import deadlines
from orders.models import Order
from orders.states import OPEN
from payments import audit as ledger

# So many orders in one query: each stays far from the statement timeout, however many orders there are.
STRIDE = 10_000
AUDITED = "orders.audited"
# Asked each hour: less than a day, so that a day is never missed.
A_DAY = timedelta(hours=23)
logger = structlog.get_logger(__name__)

BROKEN_LINKS = """
    SELECT DISTINCT ON (link.order_id) o.number, link.id, link.kind
    FROM (
        SELECT e.order_id, e.id, e.kind, e.digest, e AS event,
            lag(e.digest) OVER (PARTITION BY e.order_id ORDER BY e.id) AS before
        FROM orders_orderevent e WHERE e.order_id >= %(first)s AND e.order_id < %(end)s
    ) AS link JOIN orders_order o ON o.id = link.order_id
    WHERE link.digest IS DISTINCT FROM orders_event_digest(link.before, link.event)
    ORDER BY link.order_id, link.id
"""
# Taking away the newest events leaves a sound chain, but then it does not lead to where the order stands.
LOST_ENDS = """
    SELECT o.number, NULL, o.status FROM orders_order o
    LEFT JOIN LATERAL (
        SELECT e.new_status FROM orders_orderevent e
        WHERE e.order_id = o.id AND e.new_status <> '' ORDER BY e.id DESC LIMIT 1
    ) AS latest ON true
    WHERE o.id >= %(first)s AND o.id < %(end)s AND latest.new_status IS DISTINCT FROM o.status
    ORDER BY o.id
"""


@dataclass(frozen=True)
class BrokenHistory:
    """The first event of an order that does not follow from the one before; None where the end is missing."""

    order_number: str
    event_id: int | None
    what: str


@dataclass(frozen=True)
class MovedDeadline:
    """A stored deadline, and what it would be if it were counted today. The stored one holds."""

    order_number: str
    deadline: str
    stored: datetime | None
    today: datetime
    calendar: str


def broken_histories() -> Iterator[BrokenHistory]:
    """Orders whose chain of digests breaks, or whose history does not end where the order stands."""
    ends = Order.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return
    for first in range(ends["first"], ends["last"] + 1, STRIDE):
        for query in (BROKEN_LINKS, LOST_ENDS):
            with connection.cursor() as cursor:
                cursor.execute(query, {"first": first, "end": first + STRIDE})
                rows = cursor.fetchall()
            yield from (BrokenHistory(*row) for row in rows)


def once_a_day() -> dict[str, int] | None:
    """Look through all books unless that was done today; returns how much is wrong in each, None if not looked.

    What is wrong is an error line in the log, with counts and nothing else; the commands name it.
    """
    if not cache.add(AUDITED, True, A_DAY.total_seconds()):
        return None
    try:
        found = faults()
    except BaseException:
        # Broken off, by a time limit too: the next hour looks again.
        cache.delete(AUDITED)
        raise
    if any(found.values()):
        logger.error("books_do_not_hold", **found)
    else:
        logger.info("books_hold")
    return found


def faults() -> dict[str, int]:
    """How many histories, ledgers of orders and listings do not hold."""
    return {
        "histories": sum(1 for _each in broken_histories()),
        "ledgers": sum(1 for _each in ledger.faults()),
        "listings": sum(1 for _each in rebuild.differences()),
    }


def moved_deadlines() -> Iterator[MovedDeadline]:
    """Deadlines of open orders that a newer calendar of holidays would place elsewhere (T3)."""
    orders = (
        Order.objects.filter(status__in=OPEN)
        .select_related("seller__marketplace")
        .annotate(longest_handling=Max("items__handling_days"))
        .order_by("pk")
    )
    for order in orders.iterator(chunk_size=2_000):
        if order.authorised_at is None:
            continue
        today = deadlines.of(order.seller.marketplace, [order.longest_handling], order.authorised_at)
        for name in ("ship_by", "confirm_deadline", "warn_at"):
            stored, counted = getattr(order, name), getattr(today, name)
            if stored != counted:
                yield MovedDeadline(order.number, name, stored, counted, order.calendar)
