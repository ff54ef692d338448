"""Proof that the ledger balances and agrees with payments, calls and statements, order by order (P1, P2)."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max

from payments.models import Payment, Statement

BATCH = 5_000

# Entries are summed by transaction first, then by payment: one pass over the batch's rows.
SQL = """
WITH by_transaction AS (
    SELECT e.payment_id, sum(e.amount) AS rest,
        coalesce(sum(e.amount) FILTER (WHERE e.account = 'charges'), 0) AS charges,
        coalesce(sum(e.amount) FILTER (WHERE e.account = 'refunds'), 0) AS refunds,
        coalesce(-sum(e.amount) FILTER (WHERE e.account = 'refunds'
            AND e.kind IN ('dispute', 'dispute_returned')), 0) AS disputed,
        coalesce(sum(e.amount) FILTER (WHERE e.account = 'fees'), 0) AS fees,
        coalesce(sum(e.amount) FILTER (WHERE e.account = 'paid_out'), 0) AS paid_out,
        coalesce(sum(e.amount) FILTER (WHERE e.account = 'due'), 0) AS due,
        coalesce(-sum(e.amount) FILTER (WHERE e.account = 'fees' AND e.kind = 'charge'), 0) AS fee,
        bool_or((e.currency, e.seller_id, e.order_number) <> (p.currency, p.seller_id, p.order_number))
            AS foreign_entry
    FROM payments_ledgerentry e JOIN payments_payment p ON p.id = e.payment_id
    WHERE e.payment_id > %(after)s AND e.payment_id <= %(upto)s
    GROUP BY e.payment_id, e.transaction
), by_payment AS (
    SELECT payment_id, bool_or(rest <> 0) AS unbalanced, bool_or(foreign_entry) AS foreign_entry,
        sum(disputed) AS disputed, sum(fee) AS fee,
        sum(charges) AS charges, -sum(refunds) AS refunds, -sum(fees) AS fees,
        -sum(paid_out) AS paid_out, -sum(due) AS due
    FROM by_transaction GROUP BY payment_id
), called AS (
    SELECT payment_id, sum(amount) FILTER (WHERE operation = 'capture') AS captured,
        sum(amount) FILTER (WHERE operation = 'refund' AND reversed_at IS NULL) AS refunded
    FROM payments_providercall
    WHERE operation IN ('capture', 'refund') AND state = 'done'
        AND payment_id > %(after)s AND payment_id <= %(upto)s
    GROUP BY payment_id
), disputed AS (
    SELECT payment_id, sum(amount) AS amount FROM payments_dispute
    WHERE withdrawn_at IS NOT NULL AND returned_at IS NULL
        AND payment_id > %(after)s AND payment_id <= %(upto)s
    GROUP BY payment_id
), settled AS (
    SELECT payment_id, sum(amount) AS amount FROM payments_statementline
    WHERE payment_id > %(after)s AND payment_id <= %(upto)s GROUP BY payment_id
), judged AS (
    SELECT p.order_number, array_remove(ARRAY[
        CASE WHEN l.unbalanced OR l.charges - l.refunds - l.fees <> l.paid_out + l.due
            THEN 'does_not_balance' END,
        CASE WHEN coalesce(l.charges, 0) <> p.captured_amount THEN 'charges_differ_from_payment' END,
        CASE WHEN coalesce(c.captured, 0) <> p.captured_amount THEN 'captures_differ_from_payment' END,
        CASE WHEN coalesce(c.refunded, 0) <> coalesce(l.refunds - l.disputed, 0)
            THEN 'refunds_differ_from_provider_calls' END,
        CASE WHEN coalesce(d.amount, 0) <> coalesce(l.disputed, 0)
            THEN 'ledger_differs_from_disputes' END,
        CASE WHEN l.refunds > l.charges THEN 'refunds_exceed_charges' END,
        CASE WHEN l.fee < 0 OR l.fee > l.charges OR l.fees <> l.fee - coalesce(div(
                2 * l.fee * l.refunds * (10000 - p.refund_fee_kept_basis_points) + l.charges * 10000,
                2 * nullif(l.charges, 0) * 10000), 0)
            THEN 'fees_differ_from_rule' END,
        CASE WHEN coalesce(l.due, 0) <> p.due_amount OR (p.due_amount <> 0 AND p.settles_on IS NULL)
            THEN 'due_differs_from_payment' END,
        CASE WHEN coalesce(s.amount, 0) <> coalesce(l.paid_out, 0)
            THEN 'payouts_differ_from_statements' END,
        CASE WHEN l.foreign_entry THEN 'entry_of_another_order' END
    ], NULL) AS faults
    FROM payments_payment p
    LEFT JOIN by_payment l ON l.payment_id = p.id
    LEFT JOIN called c ON c.payment_id = p.id
    LEFT JOIN disputed d ON d.payment_id = p.id
    LEFT JOIN settled s ON s.payment_id = p.id
    WHERE p.id > %(after)s AND p.id <= %(upto)s
)
SELECT order_number, faults FROM judged WHERE cardinality(faults) > 0 ORDER BY order_number
"""

# A closed statement is what its lines and the ledger say, and begins with what the one before came to.
STATEMENTS = """
WITH closed AS (
    SELECT * FROM payments_statement WHERE state = 'closed' AND id > %(after)s AND id <= %(upto)s
), lines AS (
    SELECT statement_id, count(*) AS orders, sum(l.charges) AS charges, sum(l.refunds) AS refunds,
        sum(l.fees) AS fees
    FROM payments_statementline l JOIN closed ON closed.id = l.statement_id GROUP BY statement_id
), paid AS (
    SELECT statement_id, -sum(amount) FILTER (WHERE account = 'paid_out') AS amount,
        bool_or(e.seller_id <> closed.seller_id OR e.currency <> closed.currency) AS foreign_entry
    FROM payments_ledgerentry e JOIN closed ON closed.id = e.statement_id GROUP BY statement_id
), judged AS (
    SELECT seller.slug || ' statement ' || c.number AS name, array_remove(ARRAY[
        CASE WHEN (c.orders, c.charges, c.refunds, c.fees) IS DISTINCT FROM (coalesce(l.orders, 0),
                coalesce(l.charges, 0), coalesce(l.refunds, 0), coalesce(l.fees, 0))
            THEN 'totals_differ_from_lines' END,
        CASE WHEN coalesce(p.amount, 0) <> c.charges - c.refunds - c.fees OR p.foreign_entry
            THEN 'payouts_differ_from_ledger' END,
        CASE WHEN c.carried_over <> coalesce(before.carried_forward, 0)
                OR (before.id IS NULL AND c.number > 1) OR c.opens_on <> before.closes_on + 1
            THEN 'does_not_follow_from_the_one_before' END
    ], NULL) AS faults
    FROM closed c JOIN accounts_seller seller ON seller.id = c.seller_id
    LEFT JOIN lines l ON l.statement_id = c.id LEFT JOIN paid p ON p.statement_id = c.id
    LEFT JOIN payments_statement before ON before.seller_id = c.seller_id AND before.number = c.number - 1
)
SELECT name, faults FROM judged WHERE cardinality(faults) > 0 ORDER BY name
"""


@dataclass(frozen=True)
class Fault:
    """An order, or a statement by its seller and number, that does not hold, and what is wrong with it."""

    order_number: str
    faults: list[str]


def faults(batch: int = BATCH) -> Iterator[Fault]:
    """Every order and every closed statement whose money does not add up; one query for so many of them."""
    yield from _asked(SQL, Payment.objects.aggregate(last=Max("pk"))["last"], batch)
    yield from _asked(STATEMENTS, Statement.objects.aggregate(last=Max("pk"))["last"], max(batch // 100, 1))


def _asked(query: str, last: int | None, batch: int) -> Iterator[Fault]:
    with connection.cursor() as cursor:
        for after in range(0, last or 0, batch):
            cursor.execute(query, {"after": after, "upto": after + batch})
            yield from (Fault(*row) for row in cursor.fetchall())
