"""The periodic jobs over orders: each takes a batch of rows that are due in the database.

Rows that another worker holds are passed over, and what a sweep does is decided on the locked rows, so any number
of workers may run it at once, and a killed one leaves its batch to the next. A sweep returns how many it handled;
`run` repeats it until nothing is due.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction

from accounts.actors import Actor
from orders import charges, due, history, lifecycle, phones, provider_calls, undecided
from orders.models import Order
from orders.models.day import ALIKE
from orders.states import CancelReason, EventKind, OrderStatus
from payments import calls
from payments.models import Payment, ProviderCall
from payments.providers.base import Outcome, Status
from payments.states import Operation

BATCH = 100
CALLS_AT_ONCE = 20

# The tables of kept figures: what a row is about, and what is summed.
KEPT = (
    ("orders_ordercount", "seller_id, status, placed_on", ("change",)),
    ("orders_orderday", ALIKE, ("orders", "amount")),
)

logger = structlog.get_logger(__name__)

Sweep = Callable[[datetime, Actor], int]


def run(sweep: Sweep, *, now: datetime, actor: Actor) -> int:
    """Repeat a sweep until nothing is due any more; returns how many rows it handled."""
    total = 0
    while handled := sweep(now, actor):
        total += handled
    return total


@transaction.atomic(durable=True)
def close_cancel_windows(now: datetime, actor: Actor) -> int:
    """Say in the history that the buyer can no longer cancel by themselves (O9); the rule itself is the clock's."""
    orders = due.open_windows(now).order_by("cancel_window_ends_at").lock_due(BATCH)
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(cancel_window_closed_at=now)
    still_open = [order for order in orders if order.status in (OrderStatus.PENDING, OrderStatus.UNSHIPPED)]
    history.write(history.event(order, EventKind.WINDOW_CLOSED, actor=actor, now=now) for order in still_open)
    return len(orders)


def retry_authorisations(now: datetime, actor: Actor) -> int:
    """Ask again for declined payments whose time has come (O4)."""
    with transaction.atomic(durable=True):
        found = due.declined(now)[:CALLS_AT_ONCE]
        orders = Order.objects.filter(payment__in=found).lock_due(CALLS_AT_ONCE)
        # Read again under the orders' locks: another worker may have been here since the search.
        payments = list(Payment.objects.due_for_another_try(now).filter(order__in=orders))
        asked = [calls.request(each, Operation.AUTHORISE, each.amount, now=now) for each in payments]
    for call in asked:
        _finish(call, actor=actor, now=now)
    return len(asked)


def renew_holds(now: datetime, actor: Actor) -> int:
    """Ask for new holds where the old ones end before the order's last day to ship (P3)."""
    with transaction.atomic(durable=True):
        found = due.ending_holds(now)[:CALLS_AT_ONCE]
        orders = Order.objects.filter(payment__in=found).lock_due(CALLS_AT_ONCE)
        # Read again under the orders' locks, as above.
        payments = due.ending_holds(now).filter(order__in=orders).select_related("order")
        asked = [calls.request(each, Operation.RENEW, each.order.total, now=now) for each in payments]
    for call in asked:
        _finish(call, actor=actor, now=now)
    return len(asked)


@transaction.atomic(durable=True)
def cancel_unauthorised(now: datetime, actor: Actor) -> int:
    """Cancel orders whose payment was not authorised within the limit; their units are freed (O4)."""
    orders = due.unauthorised(now).order_by("authorise_by").lock_due(BATCH)
    return _cancel(orders, CancelReason.PAYMENT_NOT_AUTHORISED, actor, now)


@transaction.atomic(durable=True)
def cancel_overdue(now: datetime, actor: Actor) -> int:
    """Cancel unshipped orders past their deadline: the buyer is not charged, the seller not paid (O18).

    Asked again under the locks: what was asked for between the search and the lock counts as well.
    """
    orders = due.overdue(now).order_by("confirm_deadline").lock_due(BATCH)
    return _cancel(undecided.decided(orders), CancelReason.NOT_CONFIRMED, actor, now)


def _cancel(orders: list[Order], reason: CancelReason, actor: Actor, now: datetime) -> int:
    """Cancel what is held; not an order whose charge began between the search and the lock."""
    busy = charges.capturing(orders)
    free = [order for order in orders if order.pk not in busy]
    if not free:
        return 0
    try:
        with transaction.atomic():
            lifecycle.cancel_locked(free, reason=reason, actor=actor, now=now)
        return len(free)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("batch_not_canceled", orders=len(free), reason=reason)
    # One order that cannot be canceled holds up no other: what the batch could not do, each tries by itself.
    return sum(_cancel_alone(order.pk, reason, actor, now) for order in free)


def _cancel_alone(pk: int, reason: CancelReason, actor: Actor, now: datetime) -> bool:
    """Cancel one order, read again since the batch has changed it in hand; False when it breaks."""
    try:
        with transaction.atomic():
            lifecycle.cancel_locked([Order.objects.lock(pk)], reason=reason, actor=actor, now=now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("order_not_canceled", order=pk, reason=reason)
        return False
    return True


@transaction.atomic(durable=True)
def warn_of_deadlines(now: datetime, actor: Actor) -> int:
    """Say that an order is about to be canceled, two business days before (O18)."""
    orders = due.unwarned(now).order_by("warn_at").lock_due(BATCH)
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(warned_at=now)
    history.write(history.event(order, EventKind.DEADLINE_NEAR, actor=actor, now=now) for order in orders)
    return len(orders)


@transaction.atomic(durable=True)
def expire_phones(now: datetime, actor: Actor) -> int:
    """Release the relay numbers of orders whose delivery is complete (C3)."""
    orders = due.delivered_phones(now).order_by("phone_until").lock_due(BATCH)
    phones.release(orders, actor=actor, now=now)
    return len(orders)


def finish_provider_calls(now: datetime, actor: Actor) -> int:
    """Ask the payment provider what is still open: crashes and silences between intent and answer end here."""
    found = calls.due(provider_calls.OPERATIONS, now=now, limit=CALLS_AT_ONCE)
    for call in found:
        _finish(call, actor=actor, now=now)
    return len(found)


def _finish(call: ProviderCall, *, actor: Actor, now: datetime) -> None:
    """Finish a call; what breaks on the way is asked again later, with a longer pause each time, like silence.

    So one order that cannot be brought up to date holds up no other.
    """
    try:
        provider_calls.finish(call, actor=actor, now=now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("provider_call_not_finished", call=str(call.key), operation=call.operation)
        calls.record(call.pk, Outcome(Status.UNKNOWN, code="fault"), now=now)


def fold_counts(now: datetime, actor: Actor) -> int:
    """Fold the rows behind each kept figure into one; readers see the same sums before and after."""
    with connection.cursor() as cursor:
        return sum(_fold(cursor, *each) for each in KEPT)


def _fold(cursor: Any, table: str, alike: str, sums: tuple[str, ...]) -> int:
    cursor.execute(
        f"""
        WITH gone AS (
            DELETE FROM {table} WHERE id IN (
                SELECT id FROM {table}
                WHERE ({alike}) IN (
                    SELECT {alike} FROM {table} GROUP BY {alike} HAVING count(*) > 1 LIMIT 500
                ) FOR UPDATE SKIP LOCKED
            ) RETURNING *
        ), folded AS (
            INSERT INTO {table} ({alike}, {", ".join(sums)})
            SELECT {alike}, {", ".join(f"sum({each})" for each in sums)} FROM gone GROUP BY {alike}
            HAVING {" OR ".join(f"sum({each}) <> 0" for each in sums)}
        )
        SELECT count(*) FROM gone
        """  # noqa: S608 - names of tables and columns
    )
    (folded,) = cursor.fetchone()
    return int(folded)
