"""What the rows of feeds do, as kinds of batches: each through the operation that a click does (F5, ADR 13)."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Right
from accounts.nudge import nudge
from batches.kinds import Handle, Kind, Result
from batches.models import Batch, BatchRow
from reports.feeds import adjustments, cancellations, judging, listing_changes, memory, shipments
from reports.feeds.files import codes
from reports.feeds.files.kinds import FeedKind
from reports.feeds.judging import Do
from reports.feeds.models import Feed

RIGHTS = {
    FeedKind.SHIP: Right.SHIP,
    FeedKind.CANCEL: Right.CANCEL,
    FeedKind.ADJUST: Right.REFUND,
    FeedKind.STOCK: Right.SHIP,
}
ORDER = "orders:detail"
SWEEP = "reports.feeds.tasks.sweep"
MISSING = frozenset({codes.ORDER_UNKNOWN})


def name_of(kind: str) -> str:
    """The name of the batches that do the rows of such a feed."""
    return f"feed_{kind}"


def home(batch: Batch) -> str:
    """The page of the feed that the batch is of: what was not done is gone on with there, and nowhere else."""
    feed = Feed.objects.filter(seller=batch.seller_id, pk=batch.params.get("feed")).first()
    return reverse("feeds:feed", args=[feed.key]) if feed else reverse("feeds:list")


def _ended(batch: Batch) -> None:
    """Hint at the feed that waits until this batch is over."""
    nudge(SWEEP)


def _handle(kind: FeedKind, do: Do) -> Handle:
    """The row's transaction holds the change and the result; a dry run takes the change back."""

    def handle(batch: Batch, row: BatchRow, *, actor: Actor, now: datetime) -> Result:
        if batch.is_dry_run:
            judging.after_earlier_rows(kind, do, batch, row, actor=actor, now=now)
        return judging.judged(kind, do, batch, row, actor=actor, now=now)

    return handle


AROUND: Any = {"missing": MISSING, "home": home, "ended": _ended, "forgotten": memory.remember}


def _kind(kind: FeedKind, do: Do) -> Kind:
    page = "" if kind == FeedKind.STOCK else ORDER
    return Kind(kind.label, RIGHTS[kind], _handle(kind, do), page=page, **AROUND)


SHIP = Kind(
    FeedKind.SHIP.label,
    RIGHTS[FeedKind.SHIP],
    shipments.handle,
    check=shipments.check,
    is_atomic=False,
    page=ORDER,
    **AROUND,
)
CANCEL = _kind(FeedKind.CANCEL, cancellations.do)
ADJUST = _kind(FeedKind.ADJUST, adjustments.do)
STOCK = _kind(FeedKind.STOCK, listing_changes.do)
