"""Orders about which something was asked in time and isn't decided yet: no deadline passes over them (O18).

A worker comes later than the click that it works for. Until it has confirmed, canceled or refused what was asked, a
sweep that acts on a deadline leaves the order alone; what was refused is the sweep's again.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, Exists, F, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.module_loading import import_string

from batches import engine
from batches.models import Batch, BatchRow
from batches.states import OPEN, RowState
from orders.models import Order

DECIDING = ("ship", "cancel", "feed_ship", "feed_cancel")
"""The kinds of batches whose rows decide what becomes of an unshipped order."""


def condition() -> Q:
    """The order has an unfinished request from before its deadline. The rows are found by `batch_row_about`."""
    asked_at = Cast(KeyTextTransform("asked_at", "batch__params"), DateTimeField())
    rows = BatchRow.objects.alias(asked_at=Coalesce(asked_at, F("batch__created_at"))).filter(
        subject=OuterRef("number"),
        state=RowState.WAITING,
        batch__seller=OuterRef("seller"),
        batch__kind__in=DECIDING,
        batch__state__in=OPEN,
        batch__is_dry_run=False,
        asked_at__lte=OuterRef("confirm_deadline"),
    )
    found = Q(Exists(rows))
    for path in settings.UNDECIDED:
        found |= Q(import_string(path)())
    return found


def decided(orders: Sequence[Order]) -> list[Order]:
    """Those of these orders about which nothing is open; the caller holds them, so nothing more is asked meanwhile."""
    free = set(
        Order.objects.filter(pk__in=[order.pk for order in orders])
        .exclude(condition())
        .values_list("pk", flat=True)
    )
    return [order for order in orders if order.pk in free]


@transaction.atomic
def create_batch(orders: Iterable[int], **facts: Any) -> Batch:
    """Put a batch about these orders on record, as `engine.create` does.

    It holds the orders first: a sweep passes over them, and sees the rows as soon as it can hold the orders itself.
    """
    hold(orders)
    return engine.create(**facts)


def hold(orders: Iterable[int]) -> None:
    """Hold the rows of these orders, in their order, until the caller's transaction is over."""
    held = Order.objects.filter(pk__in=list(orders)).order_by("pk").select_for_update(no_key=True)
    list(held.values_list("pk", flat=True))
