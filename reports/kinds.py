# ruff: noqa: S608 - what is put together are the words of this module; parameters stay parameters
"""What each kind of report lists: which orders, which rows of them, and in which columns (F2, F4, docs/reports.md)."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports import money_columns, order_columns
from reports.columns import Column, chosen
from reports.states import ReportKind

K = ReportKind


@dataclass(frozen=True)
class Kind:
    """`orders` finds the orders of the days, `rows` are the tables beside o and c, `then` sorts the rows of an order.

    Only days that were asked for make a difference: `needs_days` says that there is no such report without them.
    """

    kind: ReportKind
    columns: Sequence[Column]
    orders: str
    rows: str
    then: str = "i.id"
    needs_days: bool = True

    def header(self, optional: Sequence[str] = ()) -> list[Column]:
        """The columns of a report for which these optional ones were picked, in the order of the file."""
        return chosen(self.columns, optional)


ITEMS = "JOIN orders_orderitem i ON i.order_id = ANY(%(orders)s::bigint[]) AND i.order_id = o.id"
CANCEL_REQUEST = "LEFT JOIN orders_cancelrequest q ON q.order_id = o.id AND q.state = 'open'"
LAST_EVENT = "LEFT JOIN LATERAL (SELECT max(at) AS at FROM orders_orderevent WHERE order_id = o.id) e ON true"
OF_SELLER = "SELECT id FROM orders_order WHERE seller_id = %(seller)s"
# Events are looked up by their moment alone: few days of everybody's before all days of one order after the other.
EVENTS = "SELECT order_id FROM orders_orderevent WHERE seller_id = %(seller)s AND at >= %(first)s AND at < %(last)s"
REFUNDED = """SELECT order_id FROM refunds_refund
    WHERE seller_id = %(seller)s AND state = 'done' AND finished_at >= %(first)s AND finished_at < %(last)s"""

_ALL = (
    Kind(
        K.NEW_ORDERS,
        order_columns.NEW_ORDERS,
        """SELECT order_id FROM reports_arrival
            WHERE seller_id = %(seller)s AND arrived_at >= %(first)s AND arrived_at < %(last)s""",
        f"{ITEMS} {order_columns.RELAY}",
    ),
    Kind(
        K.UNSHIPPED,
        order_columns.UNSHIPPED,
        f"""{OF_SELLER} AND status IN ('unshipped', 'partially_shipped') AND fulfilment = 'MFN'
            AND (%(first)s IS NULL OR authorised_at >= %(first)s) AND (%(last)s IS NULL OR authorised_at < %(last)s)""",
        f"{ITEMS} AND {order_columns.TO_SHIP} > 0 {order_columns.RELAY} {CANCEL_REQUEST}",
        needs_days=False,
    ),
    Kind(
        K.BY_ORDER_DATE,
        order_columns.BY_ORDER_DATE,
        f"{OF_SELLER} AND status <> 'pending' AND placed_at >= %(first)s AND placed_at < %(last)s",
        f"{ITEMS} {LAST_EVENT}",
    ),
    Kind(
        K.BY_LAST_UPDATE,
        order_columns.BY_LAST_UPDATE,
        f"""SELECT id FROM orders_order o
            JOIN (SELECT order_id, max(at) AS at FROM orders_orderevent WHERE order_id = ANY(ARRAY({EVENTS}))
                GROUP BY 1) e ON e.order_id = o.id
            WHERE o.status <> 'pending' AND e.at < %(last)s""",
        f"{ITEMS} {LAST_EVENT}",
    ),
    Kind(
        K.CANCELED,
        money_columns.CANCELED,
        f"""{OF_SELLER} AND status = 'canceled' AND canceled_at >= %(first)s AND canceled_at < %(last)s
            UNION {EVENTS} AND kind = 'units_canceled'""",
        money_columns.CANCELED_ROWS,
        "e.id, i.id",
    ),
    Kind(
        K.REFUNDS,
        money_columns.REFUNDS,
        f"""{REFUNDED} UNION SELECT order_id FROM refunds_return
            WHERE seller_id = %(seller)s AND requested_at >= %(first)s AND requested_at < %(last)s""",
        money_columns.REFUND_ROWS,
        "r.at, r.turn, r.id",
    ),
    Kind(
        K.SETTLEMENT,
        money_columns.SETTLEMENT,
        """SELECT r.id FROM payments_statement s JOIN payments_statementline l ON l.statement_id = s.id
            JOIN orders_order r ON r.payment_id = l.payment_id
            WHERE s.seller_id = %(seller)s AND s.closed_at >= %(first)s AND s.closed_at < %(last)s""",
        money_columns.SETTLEMENT_ROWS,
        "l.id, a.turn",
    ),
    Kind(
        K.TAX,
        money_columns.TAX,
        f"""SELECT r.id FROM payments_payment p JOIN orders_order r ON r.payment_id = p.id
            WHERE p.seller_id = %(seller)s AND p.charged_at >= %(first)s AND p.charged_at < %(last)s
            UNION {REFUNDED}""",
        money_columns.TAX_ROWS,
        "r.at, r.turn, r.id",
    ),
    # The orders of a list are written down when it is asked for.
    Kind(
        K.SELECTION,
        order_columns.BY_ORDER_DATE,
        f"{OF_SELLER} AND false",
        f"{ITEMS} {LAST_EVENT}",
        needs_days=False,
    ),
)
KINDS = {each.kind.value: each for each in _ALL}


def of(kind: str) -> Kind:
    """The kind of a report."""
    return KINDS[kind]


def optional(kind: str) -> list[str]:
    """The names of the columns that a seller may add to this kind."""
    return [column.name for column in KINDS[kind].columns if column.is_optional]
