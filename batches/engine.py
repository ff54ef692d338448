"""Batches: asked for, stopped, tried again, and done row by row whatever happens to the workers (ADR 13)."""

import math
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from accounts import clock
from accounts.actors import Actor
from accounts.models import Seller
from accounts.nudge import nudge
from accounts.personal_data_register import KEPT
from batches import kinds, stints
from batches.models import Batch, BatchRow
from batches.states import OPEN, RowState

WORK = "batches.tasks.work"
AT_ONCE = 20
ROWS_AT_ONCE, CHARACTERS_AT_ONCE = 2_000, 1_000_000
FORGETTING_SECONDS = 60.0


@transaction.atomic
def create(
    *,
    seller: Seller,
    kind: str,
    rows: Iterable[tuple[str, Mapping[str, Any]]],
    key: uuid.UUID,
    actor: Actor,
    now: datetime,
    params: Mapping[str, Any] | None = None,
    is_dry_run: bool = False,
) -> Batch:
    """Put a batch on record and hint to a worker; rows are (what it is about, what it says).

    The same key is the same batch again, and its rows are not looked at. Raises KeyError for a kind that there is not.
    """
    kinds.of(kind)
    facts = {
        "seller": seller,
        "kind": kind,
        "actor": actor.user,
        "actor_kind": actor.kind,
        "source": actor.source,
        "language": translation.get_language() or "en",
        "params": dict(params or {}),
        "is_dry_run": is_dry_run,
        "created_at": now,
        # Nobody claims it before its rows are there: they come in this very transaction.
        "claimed_until": now,
    }
    batch, is_new = Batch.objects.get_or_create(key=key, defaults=facts)
    if is_new:
        batch.total = _add_rows(batch, rows)
        batch.save(update_fields=["total"])
        nudge(WORK, batch.pk)
    return batch


def _add_rows(batch: Batch, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> int:
    made = (
        BatchRow(batch=batch, place=place, subject=subject, data=dict(data))
        for place, (subject, data) in enumerate(rows, start=1)
    )
    total = 0
    for some in _parts(made):
        BatchRow.objects.bulk_create(some)
        total += len(some)
    return total


def _parts(rows: Iterable[BatchRow]) -> Iterator[list[BatchRow]]:
    """So many at once that memory stays flat, however much each of them says."""
    some: list[BatchRow] = []
    weight = 0
    for row in rows:
        some.append(row)
        weight += len(str(row.data))
        if len(some) >= ROWS_AT_ONCE or weight >= CHARACTERS_AT_ONCE:
            yield some
            some, weight = [], 0
    if some:
        yield some


@transaction.atomic
def stop(batch: Batch, *, now: datetime) -> Batch:
    """No further row is begun; what is done stays done. One that is over stays as it is."""
    batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.is_open and batch.stop_asked_at is None:
        batch.stop_asked_at = now
        if batch.claim is None:
            # It may be put down until a pause ends; whoever takes it now sees that it is to stop.
            batch.claimed_until = now
        batch.save(update_fields=["stop_asked_at", "claimed_until"])
        nudge(WORK, batch.pk)
    return batch


def follower(batch: Batch) -> Batch | None:
    """The batch that tries its rows again, if somebody has asked for that."""
    return Batch.objects.filter(seller=batch.seller_id, key=_key_of_follower(batch)).first()


@transaction.atomic
def again(batch: Batch, *, actor: Actor, now: datetime) -> Batch | None:
    """The batch of the rows that were refused, and of those that a stop left out: one, however often it is asked for.

    None where there is nothing to try again, or not yet.
    """
    batch = (
        Batch.objects.select_for_update(of=("self",), no_key=True).select_related("seller").get(pk=batch.pk)
    )
    left = batch.rows.exclude(state=RowState.DONE).order_by("place")
    if batch.is_open or not left.exists():
        return None
    return create(
        seller=batch.seller,
        kind=batch.kind,
        rows=left.values_list("subject", "data").iterator(chunk_size=2_000),
        key=_key_of_follower(batch),
        actor=actor,
        now=now,
        params=batch.params,
        is_dry_run=batch.is_dry_run,
    )


def _key_of_follower(batch: Batch) -> uuid.UUID:
    return uuid.uuid5(batch.key, "again")


def due(now: datetime) -> QuerySet[Batch]:
    """Open batches that no worker holds, the longest waiting first."""
    return Batch.objects.filter(state__in=OPEN, claimed_until__lte=now).order_by("claimed_until")


def sweep() -> int:
    """Do a stint of the first batch that nobody holds, and hint at the others; returns how many there were."""
    found = list(due(clock.now()).values_list("pk", flat=True)[:AT_ONCE])
    for pk in found[1:]:
        nudge(WORK, pk)
    for pk in found[:1]:
        work(pk)
    return len(found)


def finish(pk: int) -> Batch:
    """Do all of the batch that can be done here and now; one that another worker holds is left to it."""
    work(pk, seconds=math.inf)
    return Batch.objects.get(pk=pk)


def work(pk: int, seconds: float = stints.SECONDS) -> None:
    """Do rows of a batch for some seconds, unless another worker holds it; what is left then is hinted at anew."""
    batch = stints.claim(pk)
    if batch is None:
        return
    with translation.override(batch.language):
        stints.Stint(batch, time.monotonic() + seconds).do()


def old(now: datetime) -> QuerySet[Batch]:
    """Return the batches that have been kept long enough."""
    return Batch.objects.filter(finished_at__lt=now - KEPT).order_by("finished_at")


def forget(now: datetime) -> int:
    """Remove batches that have been over for 30 days, for a minute at most; returns how many."""
    until, gone = time.monotonic() + FORGETTING_SECONDS, 0
    while time.monotonic() < until and (found := list(old(now).values_list("pk", flat=True)[:AT_ONCE])):
        for pk in found:
            _forget(pk)
        gone += len(found)
    return gone


@transaction.atomic
def _forget(pk: int) -> None:
    """Delete a batch with its rows; its kind may write down what has to be remembered."""
    for batch in Batch.objects.select_for_update().filter(pk=pk):
        kinds.forgotten(batch)
        BatchRow.objects.filter(batch=batch).delete()
        batch.delete()
