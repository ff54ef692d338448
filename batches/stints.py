"""A worker's turn at a batch: claimed for a minute, renewed as it goes, left to the next one when it is killed.

Of an atomic kind, the change and the row's result are one transaction; of another, the row's key makes the change
happen once. A row that breaks, or breaks its worker, is tried five times and then refused: the others go on. After a
fault, and where a row has to wait, it has a pause; a batch of which only such rows are left is put down meanwhile.
"""

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _

from accounts import clock
from accounts.actors import Actor, ActorKind
from accounts.models import Membership, Right
from accounts.nudge import nudge
from batches import kinds
from batches.kinds import Kind, Result
from batches.models import Batch, BatchRow
from batches.states import OPEN, BatchState, RowState

LEASE = timedelta(seconds=60)
RENEW_SECONDS = 1.0
SECONDS = 30.0
CHUNK = 100
FAULTS = 5
FAULT_CODE = "fault"
PAUSES = (1, 5, 30, 120)
"""Seconds after each fault: a short outage or a deadlock refuses nothing."""

WAITS = (5, 15, 30, 60, 120, 300, 600, 900, 900, 900)
"""Seconds after each `later`; one more is a refusal."""

logger = structlog.get_logger(__name__)


@transaction.atomic(durable=True)
def claim(pk: int) -> Batch | None:
    """Take the batch for a while. A claim that ran out says that the row begun last has broken its worker."""
    batches = Batch.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    batch = batches.select_related("seller", "actor").filter(pk=pk, state__in=OPEN).first()
    now = clock.now()
    if batch is None or (batch.claimed_until and batch.claimed_until > now):
        return None
    if batch.claim:
        _blame(batch)
    _recount(batch)
    batch.claim, batch.claimed_until = uuid.uuid4(), now + LEASE
    batch.state, batch.started_at = BatchState.RUNNING, batch.started_at or now
    batch.save(update_fields=["claim", "claimed_until", "state", "started_at", "done_count", "refused_count"])
    return batch


def _recount(batch: Batch) -> None:
    """What the rows say: a worker whose claim was taken from it may have done one that nobody counted."""
    counted = batch.rows.aggregate(
        done=Count("pk", Q(state=RowState.DONE)), refused=Count("pk", Q(state=RowState.REFUSED))
    )
    batch.done_count, batch.refused_count = counted["done"], counted["refused"]


def _blame(batch: Batch) -> None:
    """Note a fault of the row that the dead worker was at; the fifth refuses it. The lease was its pause."""
    suspect = _next(batch, clock.now()).first()
    if suspect:
        _note_fault(suspect)


def _next(batch: Batch, now: datetime) -> QuerySet[BatchRow]:
    """The rows to be done, in this order, less those that have a pause."""
    due = Q(not_before=None) | Q(not_before__lte=now)
    waiting = BatchRow.objects.filter(due, batch=batch, state=RowState.WAITING)
    return waiting.order_by("faults", "waits", "place")


def _note_fault(row: BatchRow, pause: int = 0) -> bool:
    """One fault more; returns whether the row is refused for good by it."""
    row.faults += 1
    row.not_before = clock.now() + timedelta(seconds=pause)
    fields = ["faults", "not_before"]
    if row.faults >= FAULTS:
        row.state, row.code = RowState.REFUSED, FAULT_CODE
        row.sentence = _("This row could not be processed. Look at what it is about before you try it again.")
        fields += ["state", "code", "sentence"]
    row.save(update_fields=fields)
    return row.state == RowState.REFUSED


def _problem(batch: Batch) -> str:
    """Why none of its rows may be done, in a sentence."""
    try:
        kind = kinds.of(batch.kind)
    except KeyError:
        return _("This kind of work is no longer offered.")
    if batch.actor_kind == ActorKind.SELLER and batch.actor and not _may(batch, kind.right):
        return _("%(name)s no longer has the right to do this.") % {"name": batch.actor}
    return ""


def _may(batch: Batch, right: Right) -> bool:
    members = Membership.objects.filter(user=batch.actor_id, user__is_active=True, seller=batch.seller_id)
    return members.filter(rights__contains=[right]).exists()


@dataclass
class Stint:
    """One worker's turn at a batch that it holds, until its time is over."""

    batch: Batch
    until: float
    kept_at: float = field(default_factory=time.monotonic)

    def do(self) -> None:
        """Row after row; between two of them the claim is renewed and a wish to stop is heard."""
        if problem := _problem(self.batch):
            self._close(BatchState.FAILED, problem)
            return
        if self.batch.stop_asked_at:
            self._close(BatchState.STOPPED)
            return
        kind, actor = kinds.of(self.batch.kind), self.batch.who
        for row in self._rows():
            self._count(_do(row, kind, actor))
            if time.monotonic() >= self.until:
                self._hand_on()
                return
            if time.monotonic() - self.kept_at >= RENEW_SECONDS and not self._keep():
                return
        self._end()

    def _end(self) -> None:
        """Nothing is to be done now: the batch is over, or put down until the first pause ends."""
        waiting = BatchRow.objects.filter(batch=self.batch, state=RowState.WAITING)
        if moment := waiting.aggregate(first=Min("not_before"))["first"]:
            self._hand_on(moment)
        else:
            self._close(BatchState.DONE)

    def _close(self, state: BatchState, problem: str = "") -> None:
        """The batch is over."""
        _recount(self.batch)
        if self._write(state=state, problem=problem, finished_at=clock.now(), claim=None, claimed_until=None):
            kinds.ended(self.batch)

    def _rows(self) -> Iterator[BatchRow]:
        """What waits, until nothing does; a row that breaks comes up again after the others."""
        while some := list(_next(self.batch, clock.now())[:CHUNK]):
            for row in some:
                row.batch = self.batch
                yield row

    def _count(self, state: str | None) -> None:
        self.batch.done_count += state == RowState.DONE
        self.batch.refused_count += state == RowState.REFUSED

    def _keep(self) -> bool:
        """Renew the claim and show the progress; False where the batch is no longer this worker's to do."""
        self.kept_at = time.monotonic()
        if not self._write(claimed_until=clock.now() + LEASE):
            return False
        if Batch.objects.filter(pk=self.batch.pk, stop_asked_at__isnull=False).exists():
            self._close(BatchState.STOPPED)
            return False
        return True

    def _hand_on(self, until: datetime | None = None) -> None:
        """Give the batch back and ask for the next stint; one that is put down until a moment waits for the sweep."""
        if self._write(claim=None, claimed_until=until or clock.now()) and until is None:
            nudge("batches.tasks.work", self.batch.pk)

    def _write(self, **changes: Any) -> bool:
        """Change the batch while it is this worker's; False when its claim is gone."""
        counts = {"done_count": self.batch.done_count, "refused_count": self.batch.refused_count}
        mine = Batch.objects.filter(pk=self.batch.pk, claim=self.batch.claim, state=BatchState.RUNNING)
        return bool(mine.update(**counts, **changes))


def _do(row: BatchRow, kind: Kind, actor: Actor) -> str | None:
    """The row's new state; None where it stays waiting, or another worker has done it meanwhile."""
    try:
        if kind.is_atomic:
            return _do_in_one(row, kind, actor)
        handle = kind.check if row.batch.is_dry_run else kind.handle
        if handle is None:
            return _record(row, kinds.done())
        return _record(row, handle(row.batch, row, actor=actor, now=clock.now()))
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("batch_row_broke", batch=row.batch_id, row=row.pk, kind=row.batch.kind)
        fresh = BatchRow.objects.filter(pk=row.pk, state=RowState.WAITING).first()
        return RowState.REFUSED if fresh and _note_fault(fresh, _pause(fresh.faults)) else None


def _pause(faults: int) -> int:
    return PAUSES[faults] if faults < len(PAUSES) else 0


@transaction.atomic(durable=True)
def _do_in_one(row: BatchRow, kind: Kind, actor: Actor) -> str | None:
    """The change and its result in one transaction; a refused row and a dry run change nothing else."""
    held = BatchRow.objects.select_for_update(skip_locked=True, no_key=True)
    if not held.filter(pk=row.pk, state=RowState.WAITING).exists():
        return None
    with transaction.atomic():
        result = kind.handle(row.batch, row, actor=actor, now=clock.now())
        if row.batch.is_dry_run or not result.is_done:
            transaction.set_rollback(True)
    return _record(row, result)


def _record(row: BatchRow, result: Result) -> str | None:
    """Write the result down; None where the row had one already, or has to wait."""
    if result.is_later and not row.batch.is_dry_run and row.waits < len(WAITS):
        _put_off(row, result)
        return None
    state = RowState.DONE if result.is_done else RowState.REFUSED
    waiting = BatchRow.objects.filter(pk=row.pk, state=RowState.WAITING)
    written = waiting.update(
        state=state,
        sentence=result.sentence,
        code=result.code,
        column=result.column,
        is_warning=result.is_warning,
    )
    return state if written else None


def _put_off(row: BatchRow, result: Result) -> None:
    """The row waits, and says why meanwhile."""
    BatchRow.objects.filter(pk=row.pk, state=RowState.WAITING).update(
        waits=row.waits + 1,
        not_before=clock.now() + timedelta(seconds=WAITS[row.waits]),
        sentence=result.sentence,
    )
