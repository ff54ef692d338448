"""What was sold in a period, in sums: by day, channel, state and SKU, with what was canceled and refunded.

An order counts on the day of the marketplace on which it was placed, once it is authorised (O2). All is read in
five queries: each list of orders by the index of its tab, from the first moment of the period to the last.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum

from accounts import calendars
from accounts.models import SalesChannel, Seller
from orders.models import OrderCount
from orders.states import TAB_STATUSES, OrderStatus, Tab
from refunds.states import RefundState

DAY = timedelta(days=1)
MOST = 10
"""Rows of a list of the largest."""

SOLD = (Tab.UNSHIPPED, Tab.SHIPPED)
WENT_BACK = (RefundState.REQUESTED, RefundState.SENT, RefundState.DONE)


@dataclass(frozen=True)
class Day:
    """One day of the marketplace; `orders` and `amount` are without the canceled ones."""

    day: date
    orders: int
    canceled: int
    amount: int = 0


@dataclass(frozen=True)
class Part:
    """What one channel, state or SKU had of it; `more` says what the name stands for."""

    name: str
    count: int
    amount: int
    more: str = ""


@dataclass(frozen=True)
class Figures:
    """The sums of a period. Amounts are whole minor units of the currency; refunds are of these orders."""

    first: date
    last: date
    currency: str
    days: list[Day]
    channels: list[Part]
    states: list[Part]
    skus: list[Part]
    units: int
    refunds: int
    refunded: int

    @property
    def orders(self) -> int:
        """Orders placed in the period that were authorised and not canceled."""
        return sum(day.orders for day in self.days)

    @property
    def canceled(self) -> int:
        """Orders placed in the period and canceled since."""
        return sum(day.canceled for day in self.days)

    @property
    def amount(self) -> int:
        """What the buyers pay for these orders, with tax and shipping."""
        return sum(day.amount for day in self.days)


# One list after the other, so that each is read from the index of its tab, and only that.
_LIST = """SELECT id, placed_on, channel_id, country, upper(btrim(state)) AS state, total FROM orders_order
    WHERE seller_id = %s AND status IN %s AND placed_at > %s AND placed_at <= %s"""
_SOLD = f"WITH sold AS MATERIALIZED ({_LIST} UNION ALL {_LIST})"
_PARTS = f"""{_SOLD}
    SELECT 'day', placed_on::text, '', count(*), sum(total) FROM sold GROUP BY 2
    UNION ALL SELECT 'channel', channel_id::text, '', count(*), sum(total) FROM sold GROUP BY 2
    UNION ALL (SELECT 'state', state, country, count(*), sum(total) AS amount FROM sold
        GROUP BY 2, 3 ORDER BY amount DESC, 2, 3 LIMIT {MOST})"""  # noqa: S608 - parameters stay parameters
_ITEMS = f"""{_SOLD}, lines AS (
        SELECT item.sku, item.title, item.quantity - item.units_canceled AS units,
            (2 * item.price * (item.quantity - item.units_canceled) + item.quantity) / (2 * item.quantity) AS price
        FROM sold JOIN orders_orderitem AS item ON item.order_id = sold.id)
    SELECT sku, max(title), sum(units), sum(price) AS amount, sum(sum(units)) OVER ()
    FROM lines GROUP BY sku ORDER BY amount DESC, sku LIMIT {MOST}"""  # noqa: S608
_REFUNDS = f"""{_SOLD}
    SELECT count(*), coalesce(sum(refund.amount), 0)
    FROM sold JOIN refunds_refund AS refund ON refund.order_id = sold.id WHERE refund.state IN %s"""  # noqa: S608


def of(seller: Seller, first: date, last: date) -> Figures:
    """The sums of the orders placed from the first day to the last, of the marketplace's days."""
    found = _Reading(seller, first, last)
    parts = found.rows(_PARTS)
    amounts = {name: int(amount) for kind, name, _more, _count, amount in parts if kind == "day"}
    items = found.rows(_ITEMS)
    refunds, refunded = found.rows(_REFUNDS, WENT_BACK)[0]
    return Figures(
        first=first,
        last=last,
        currency=seller.marketplace.currency,
        days=[
            Day(day.day, day.orders, day.canceled, amounts.get(str(day.day), 0))
            for day in by_day(seller, first, last)
        ],
        channels=_channels(parts),
        states=[_part(row, row[1]) for row in parts if row[0] == "state"],
        skus=[Part(sku, int(units), int(amount), title) for sku, title, units, amount, _all in items],
        units=int(items[0][4]) if items else 0,
        refunds=refunds,
        refunded=int(refunded),
    )


def by_day(seller: Seller, first: date, last: date) -> list[Day]:
    """How many orders each day had, from the kept counts: as fast for a million orders as for one."""
    counts = OrderCount.objects.filter(seller=seller, placed_on__gte=first, placed_on__lte=last)
    rows = counts.values_list("placed_on", "status").annotate(Sum("change")).order_by()
    found = {(day, status): number for day, status, number in rows}
    sold = [status for tab in SOLD for status in TAB_STATUSES[tab]]
    days = (first + n * DAY for n in range((last - first).days + 1))
    return [
        Day(
            day,
            sum(found.get((day, status), 0) for status in sold),
            found.get((day, OrderStatus.CANCELED.value), 0),
        )
        for day in days
    ]


class _Reading:
    """Reads the orders of the period under each of the lists."""

    def __init__(self, seller: Seller, first: date, last: date) -> None:
        zone = seller.marketplace.time_zone
        moments = calendars.end_of_day(first - DAY, zone), calendars.end_of_day(last, zone)
        self.values: list[Any] = []
        for tab in SOLD:
            self.values += [seller.pk, tuple(map(str, TAB_STATUSES[tab])), *moments]

    def rows(self, sql: str, *values: tuple[str, ...]) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, [*self.values, *(tuple(map(str, each)) for each in values)])
            return list(cursor.fetchall())


def _channels(parts: list[Any]) -> list[Part]:
    """The largest first, by their names."""
    rows = [row for row in parts if row[0] == "channel"]
    names = dict(SalesChannel.objects.filter(pk__in=[row[1] for row in rows]).values_list("pk", "name"))
    found = [_part(row, names[int(row[1])]) for row in rows]
    return sorted(found, key=lambda part: (-part.amount, part.name))[:MOST]


def _part(row: Any, name: str) -> Part:
    return Part(name, row[3], int(row[4]), row[2])
