"""Proof that the ledger balances and agrees with the payments, order by order (P2)."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max

from payments.models import Payment

BATCH = 5_000

# Entries are summed by transaction first, then by payment: one pass over the batch's rows.
SQL = """
WITH by_transaction AS (
    SELECT e.payment_id, sum(e.amount) AS rest,
        coalesce(sum(e.amount) FILTER (WHERE e.account = 'charges'), 0) AS charges,
        coalesce(sum(e.amount) FILTER (WHERE e.account = 'refunds'), 0) AS refunds,
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
        sum(fee) AS fee, sum(charges) AS charges, -sum(refunds) AS refunds, -sum(fees) AS fees,
        -sum(paid_out) AS paid_out, -sum(due) AS due
    FROM by_transaction GROUP BY payment_id
), called AS (
    SELECT payment_id, sum(amount) FILTER (WHERE operation = 'capture') AS captured,
        sum(amount) FILTER (WHERE operation = 'refund') AS refunded
    FROM payments_providercall
    WHERE operation IN ('capture', 'refund') AND state = 'done'
        AND payment_id > %(after)s AND payment_id <= %(upto)s
    GROUP BY payment_id
), judged AS (
    SELECT p.order_number, array_remove(ARRAY[
        CASE WHEN l.unbalanced OR l.charges - l.refunds - l.fees <> l.paid_out + l.due
            THEN 'does_not_balance' END,
        CASE WHEN coalesce(l.charges, 0) <> p.captured_amount THEN 'charges_differ_from_payment' END,
        CASE WHEN coalesce(c.captured, 0) <> p.captured_amount THEN 'captures_differ_from_payment' END,
        CASE WHEN coalesce(c.refunded, 0) <> coalesce(l.refunds, 0)
            THEN 'refunds_differ_from_provider_calls' END,
        CASE WHEN l.refunds > l.charges THEN 'refunds_exceed_charges' END,
        CASE WHEN l.fee < 0 OR l.fee > l.charges OR l.fees <> l.fee - coalesce(div(
                2 * l.fee * l.refunds * (10000 - p.refund_fee_kept_basis_points) + l.charges * 10000,
                2 * nullif(l.charges, 0) * 10000), 0)
            THEN 'fees_differ_from_rule' END,
        CASE WHEN l.foreign_entry THEN 'entry_of_another_order' END
    ], NULL) AS faults
    FROM payments_payment p
    LEFT JOIN by_payment l ON l.payment_id = p.id
    LEFT JOIN called c ON c.payment_id = p.id
    WHERE p.id > %(after)s AND p.id <= %(upto)s
)
SELECT order_number, faults FROM judged WHERE cardinality(faults) > 0 ORDER BY order_number
"""


@dataclass(frozen=True)
class Fault:
    """An order whose ledger does not hold, and what is wrong with it."""

    order_number: str
    faults: list[str]


def faults(batch: int = BATCH) -> Iterator[Fault]:
    """Every order whose money does not add up; one statement for each batch of payments."""
    last = Payment.objects.aggregate(last=Max("pk"))["last"] or 0
    with connection.cursor() as cursor:
        for after in range(0, last, batch):
            cursor.execute(SQL, {"after": after, "upto": after + batch})
            yield from (Fault(*row) for row in cursor.fetchall())
