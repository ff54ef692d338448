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
        bool_or((e.currency, e.seller_id, e.order_number) <> (p.currency, p.seller_id, p.order_number))
            AS foreign_entry
    FROM payments_ledgerentry e JOIN payments_payment p ON p.id = e.payment_id
    WHERE e.payment_id > %(after)s AND e.payment_id <= %(upto)s
    GROUP BY e.payment_id, e.transaction
), by_payment AS (
    SELECT payment_id, bool_or(rest <> 0) AS unbalanced, bool_or(foreign_entry) AS foreign_entry,
        sum(charges) AS charges, -sum(refunds) AS refunds, -sum(fees) AS fees,
        -sum(paid_out) AS paid_out, -sum(due) AS due
    FROM by_transaction GROUP BY payment_id
), captured AS (
    SELECT payment_id, sum(amount) AS amount FROM payments_providercall
    WHERE operation = 'capture' AND state = 'done' AND payment_id > %(after)s AND payment_id <= %(upto)s
    GROUP BY payment_id
), judged AS (
    SELECT p.order_number, array_remove(ARRAY[
        CASE WHEN l.unbalanced OR l.charges - l.refunds - l.fees <> l.paid_out + l.due
            THEN 'does_not_balance' END,
        CASE WHEN coalesce(l.charges, 0) <> p.captured_amount THEN 'charges_differ_from_payment' END,
        CASE WHEN coalesce(c.amount, 0) <> p.captured_amount THEN 'captures_differ_from_payment' END,
        CASE WHEN l.refunds > l.charges THEN 'refunds_exceed_charges' END,
        CASE WHEN l.foreign_entry THEN 'entry_of_another_order' END
    ], NULL) AS faults
    FROM payments_payment p
    LEFT JOIN by_payment l ON l.payment_id = p.id
    LEFT JOIN captured c ON c.payment_id = p.id
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
