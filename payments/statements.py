"""Settlement: a statement runs for each seller, is closed when its days are over, and pays what is available (P1).

A statement is closed in batches, each a transaction of its own: a line for each order, the ledger's payout, and the
payment settled, as one. So a worker that is killed leaves whole batches, and the next one goes on behind them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Exists, OuterRef, Sum
from django.db.models.functions import Coalesce

from accounts import calendars
from accounts.models import Seller
from payments.models import Payment, Statement, StatementLine, StatementState

BATCH = 2_000
ONE_DAY = timedelta(days=1)
logger = structlog.get_logger(__name__)

# What an order brings is all that was booked up to the end of the period, less what earlier statements took up.
WRITE = """
WITH booked AS (
    SELECT payment_id,
        coalesce(sum(amount) FILTER (WHERE account = 'charges'), 0) AS charges,
        coalesce(-sum(amount) FILTER (WHERE account = 'refunds'), 0) AS refunds,
        coalesce(-sum(amount) FILTER (WHERE account = 'fees'), 0) AS fees
    FROM payments_ledgerentry
    WHERE payment_id = ANY(%(payments)s::bigint[]) AND kind <> 'payout' AND at <= %(until)s GROUP BY payment_id
), settled AS (
    SELECT payment_id, sum(charges) AS charges, sum(refunds) AS refunds, sum(fees) AS fees
    FROM payments_statementline WHERE payment_id = ANY(%(payments)s::bigint[]) GROUP BY payment_id
), fresh AS (
    SELECT payment_id, b.charges - coalesce(s.charges, 0) AS charges,
        b.refunds - coalesce(s.refunds, 0) AS refunds, b.fees - coalesce(s.fees, 0) AS fees
    FROM booked b LEFT JOIN settled s USING (payment_id)
), lines AS (
    INSERT INTO payments_statementline (statement_id, payment_id, day, charges, refunds, fees, amount)
    SELECT %(statement)s, payment_id, p.settles_on, charges, refunds, fees, charges - refunds - fees
    FROM fresh JOIN payments_payment p ON p.id = payment_id
    WHERE (charges, refunds, fees) <> (0, 0, 0) ORDER BY p.settles_on, payment_id
    RETURNING payment_id, amount
), paid AS MATERIALIZED (
    SELECT payment_id, amount, gen_random_uuid() AS transaction FROM lines WHERE amount <> 0
)
INSERT INTO payments_ledgerentry (payment_id, seller_id, order_number, statement_id, transaction, kind,
    account, amount, currency, at, available_on)
SELECT p.id, p.seller_id, p.order_number, %(statement)s, paid.transaction, 'payout',
    side.account, side.sign * paid.amount, p.currency, %(now)s, p.available_on
FROM paid JOIN payments_payment p ON p.id = paid.payment_id
CROSS JOIN (VALUES ('paid_out', -1), ('due', 1)) AS side (account, sign)
"""
# What was refunded since the end of the period is for the next statement.
SETTLE = """
UPDATE payments_payment p SET due_amount = p.due_amount - coalesce(l.amount, 0), settles_on = CASE
    WHEN EXISTS (SELECT FROM payments_ledgerentry e
        WHERE e.payment_id = p.id AND e.kind <> 'payout' AND e.at > %(until)s) THEN %(next_day)s END
FROM unnest(%(payments)s::bigint[]) AS picked (id)
LEFT JOIN payments_statementline l ON l.payment_id = picked.id AND l.statement_id = %(statement)s
WHERE p.id = picked.id
"""


@dataclass(frozen=True)
class Done:
    """What a sweep did: how many statements were opened, and which were closed."""

    opened: int
    closed: list[Statement]


def sweep(now: datetime) -> Done:
    """Give every seller with a charge a running statement, and close those whose last day is over (P1).

    Any number of workers may run it at once: a statement that another one holds is passed over.
    """
    opened = open_first(without_statement(), now=now)
    closed: list[Statement] = []
    # A closed statement opens the next one, which after a long standstill is over already as well.
    while fresh := [found for pk in _due(now) if (found := _close_by_itself(pk, now))]:
        closed += fresh
    return Done(opened, closed)


def without_statement() -> list[Seller]:
    """Sellers whose first charge came, and who have no statement yet."""
    charged = Payment.objects.filter(seller=OuterRef("pk"), charged_at__isnull=False)
    found = Seller.objects.filter(Exists(charged), ~Exists(Statement.objects.filter(seller=OuterRef("pk"))))
    return list(found.select_related("marketplace").order_by("pk"))


def open_first(sellers: Iterable[Seller], *, now: datetime) -> int:
    """Open each seller's first statement on the day of their first charge; how many were opened."""
    opened = 0
    for seller in sellers:
        first = first_of(seller, now)
        words = {name: getattr(first, name) for name in ("currency", "opens_on", "closes_on", "closes_at")}
        words |= {"opened_at": now}
        _first, is_new = Statement.objects.get_or_create(seller=seller, number=1, defaults=words)
        opened += is_new
    return opened


def first_of(seller: Seller, now: datetime) -> Statement:
    """A seller's first statement, not saved; its days begin with the first charge, or today where there is none."""
    charged = Payment.objects.filter(seller=seller, charged_at__isnull=False).order_by("charged_at", "pk")
    moment = charged.values_list("charged_at", flat=True).first() or now
    return _period(seller, 1, calendars.local_date(moment, seller.marketplace.time_zone), now)


def close(pk: int, *, now: datetime) -> Statement | None:
    """Settle what became available up to the statement's last day, and open the next one (P1).

    Nothing is paid where it adds up to less than zero: that is carried into the next period. None when the
    statement is not due, closed already, or in another worker's hands.
    """
    while True:
        with transaction.atomic(durable=True):
            statement = _hold(pk, now)
            if statement is None:
                return None
            payments = _next_payments(statement)
            _settle(statement, payments, now)
            if len(payments) < BATCH:
                return _finish(statement, now)


def _due(now: datetime) -> list[int]:
    return list(Statement.objects.due(now).values_list("pk", flat=True))


def _close_by_itself(pk: int, now: datetime) -> Statement | None:
    """A statement that cannot be closed, for one whose order is held too long, holds up no other."""
    try:
        return close(pk, now=now)
    except DatabaseError:
        logger.exception("statement_not_closed", statement=pk)
        return None


def _hold(pk: int, now: datetime) -> Statement | None:
    """The statement, locked, as long as it is to be closed and nobody else is at it."""
    due = Statement.objects.due(now).filter(pk=pk).select_related("seller__marketplace")
    return due.select_for_update(of=("self",), no_key=True, skip_locked=True).first()


def _next_payments(statement: Statement) -> list[int]:
    """Hold the next orders' payments that the statement takes up.

    What was booked on one of them after it was taken up, by a refund with a clock a little behind, is for the
    next statement: each has one line for an order.
    """
    taken = StatementLine.objects.filter(statement=statement, payment=OuterRef("pk"))
    due = Payment.objects.filter(seller=statement.seller_id, settles_on__lte=statement.closes_on)
    found = due.filter(~Exists(taken))
    held = found.order_by("settles_on", "pk").select_for_update(of=("self",), no_key=True)
    return list(held.values_list("pk", flat=True)[:BATCH])


def _settle(statement: Statement, payments: Sequence[int], now: datetime) -> None:
    """Write the lines and the payouts of these orders. In statements of their own, after the locks were had."""
    words: dict[str, Any] = {
        "statement": statement.pk,
        "payments": list(payments),
        "until": statement.closes_at,
        "next_day": statement.closes_on + ONE_DAY,
        "now": now,
    }
    if not payments:
        return
    with connection.cursor() as cursor:
        cursor.execute(WRITE, words)
        cursor.execute(SETTLE, words)


def _finish(statement: Statement, now: datetime) -> Statement:
    """Add the statement up, close it, and open the next one with what is carried into it."""
    zero = {name: Coalesce(Sum(name), 0) for name in ("charges", "refunds", "fees", "amount")}
    totals = statement.lines.aggregate(orders=Count("pk"), **zero)
    result = statement.carried_over + totals.pop("amount")
    for name, value in totals.items():
        setattr(statement, name, value)
    statement.paid_out, statement.carried_forward = max(result, 0), min(result, 0)
    statement.state, statement.closed_at = StatementState.CLOSED, now
    statement.save(update_fields=[*totals, "paid_out", "carried_forward", "state", "closed_at"])
    _period(statement.seller, statement.number + 1, statement.closes_on + ONE_DAY, now, result).save()
    return statement


def _period(seller: Seller, number: int, opens_on: date, now: datetime, result: int = 0) -> Statement:
    """A running statement, not saved, that begins on this day with what the last one came to."""
    marketplace = seller.marketplace
    closes_on = opens_on + timedelta(days=max(marketplace.settlement_days, 1)) - ONE_DAY
    return Statement(
        seller=seller,
        number=number,
        currency=marketplace.currency,
        opens_on=opens_on,
        closes_on=closes_on,
        closes_at=calendars.end_of_day(closes_on, marketplace.time_zone),
        opened_at=now,
        carried_over=min(result, 0),
    )
