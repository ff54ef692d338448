"""Deleting what an order knows of its buyer, once it has expired (D1).

Each order is one transaction, with everything that the register declares of it: a killed job leaves whole orders
only, and two jobs at once pass over each other's. Money, stock, counts and the chain of the history stay as they are.
"""

import time
from datetime import datetime
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import calendars
from accounts import personal_data_register as register
from accounts.actors import Actor
from accounts.personal_data_register import Clock, Table
from orders import history
from orders.models import Order
from orders.models.order import OrderQuerySet
from orders.refusals import Refused
from orders.states import EventKind, OrderStatus

BATCH = 100
ENDED = (OrderStatus.SHIPPED, OrderStatus.CANCELED)

logger = structlog.get_logger(__name__)


class DataDeleted(Refused):
    """The buyer's data was deleted, so nothing more can be said about them."""


def due(now: datetime) -> OrderQuerySet:
    """Orders whose buyer's data has expired and is still there; not those that are kept longer."""
    return Order.objects.filter(
        personal_data_expires_at__lte=now, personal_data_deleted_at=None, personal_data_hold_reason=""
    )


def delete_due(now: datetime, actor: Actor, *, seconds: float | None = None) -> int:
    """Delete the data of the orders that are due, the longest expired first; returns of how many.

    An order that breaks is logged and passed over. With `seconds`, stop after that time: the next run goes on.
    """
    until, done = time.monotonic() + (seconds or float("inf")), 0
    last: tuple[datetime, int] | None = None
    while time.monotonic() < until and (found := _next(now, last)):
        done += sum(_delete_alone(pk, now, actor) for _expired, pk in found)
        last = found[-1]
    return done


def _next(now: datetime, last: tuple[datetime, int] | None) -> list[tuple[Any, int]]:
    """Return some orders after this one, so that none that breaks comes back in the same run."""
    found = due(now)
    if last:
        expired, pk = last
        later = Q(personal_data_expires_at=expired, pk__gt=pk) | Q(personal_data_expires_at__gt=expired)
        found = found.filter(later, personal_data_expires_at__gte=expired)
    columns = ("personal_data_expires_at", "pk")
    return list(found.order_by(*columns).values_list(*columns)[:BATCH])


def _delete_alone(pk: int, now: datetime, actor: Actor) -> bool:
    """Delete the data of one order; False where somebody else has it, or it breaks."""
    try:
        with transaction.atomic(durable=True):
            held = due(now).filter(pk=pk).lock_due(1)
            for order in held:
                delete(order, actor=actor, now=now)
        return bool(held)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("personal_data_not_deleted", order=pk)
        return False


def delete(order: Order, *, actor: Actor, now: datetime) -> None:
    """Delete the data of one order whose row the caller holds. Files go first: deleted twice is deleted once.

    Raises a DatabaseError where the data hasn't expired, or the order's history is broken.
    """
    for model, table in register.of_buyers().items():
        _delete_rows(model, table, order)
    order.personal_data_deleted_at = now
    order.save(update_fields=["personal_data_deleted_at"])
    history.write([history.event(order, EventKind.DATA_DELETED, actor=actor, now=now)])


def _delete_rows(model: type[models.Model], table: Table, order: Order) -> None:
    rows = model._base_manager.filter(**{table.of_order: order.pk})
    for column in table.files.split():
        for name in rows.exclude(**{column: ""}).values_list(column, flat=True):
            default_storage.delete(name)
    if table.deleted or table.files:
        rows.delete()
    elif table.blank:
        rows.update(**table.blank)
    if table.by_owner:
        _call(table.function, order.pk)


def _call(function: str, order_pk: int) -> None:
    """Ask the function of the tables' owner, which looks itself whether the data has expired."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {connection.ops.quote_name(function)}(%s)", [order_pk])


@transaction.atomic
def keep_longer(order: Order, reason: str, *, actor: Actor, now: datetime) -> Order:
    """Keep the buyer's data beyond its end, for a reason that the law gives; an empty reason ends that.

    Raises Refused where the data is deleted already, or the reason is too long.
    """
    order, reason = Order.objects.lock(order.pk), reason.strip()
    check_kept(order)
    if len(reason) > 200:
        raise Refused(_("A reason has at most %(most)d characters.") % {"most": 200})
    if reason == order.personal_data_hold_reason:
        return order
    order.personal_data_hold_reason = reason
    order.personal_data_held_by = actor.user if reason else None
    order.personal_data_held_at = now if reason else None
    order.save(update_fields=["personal_data_hold_reason", "personal_data_held_by", "personal_data_held_at"])
    kind = EventKind.DATA_KEPT if reason else EventKind.DATA_RELEASED
    history.write([history.event(order, kind, actor=actor, now=now, reason=reason)])
    return order


def check_kept(order: Order) -> None:
    """Raise DataDeleted where nothing about the buyer may be written down any more."""
    if order.personal_data_deleted_at:
        raise DataDeleted(sentence(order))


def sentence(order: Order) -> str:
    """Say that the data was deleted and when; empty where it is still there."""
    return (
        _("The buyer's personal data was deleted on %(day)s.") % {"day": deleted_on(order)}
        if deleted_on(order)
        else ""
    )


def sentence_to_buyer(order: Order) -> str:
    """Say the same to the buyer."""
    return (
        _("Your personal data was deleted on %(day)s.") % {"day": deleted_on(order)}
        if deleted_on(order)
        else ""
    )


def deleted_on(order: Order) -> str:
    """Return the day of the marketplace on which the data was deleted; empty where it is still there."""
    if not order.personal_data_deleted_at:
        return ""
    return calendars.local_date(
        order.personal_data_deleted_at, order.seller.marketplace.time_zone
    ).isoformat()


def delete_elsewhere(clock: Clock, now: datetime) -> int:
    """Delete all that is due of what goes by a clock of its own; returns how much it was."""
    total = 0
    while removed := clock.remove(now):
        total += removed
    return total
