"""The order in which a seller's feeds take effect: one lane for listings, one for orders (F5, ADR 16).

A feed takes its turn when its rows are handed in: at the upload, or at “Process”. Its rows are not read before every
feed ahead of it in the lane has had its turn: each of its rows was tried, or it was refused, stopped, or given up. Of
the rows ahead that were put off, such as those that wait for the payment provider, only rows about the same are kept
waiting.
"""

from collections.abc import Iterable

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from accounts.models import Seller
from batches.models import Batch, BatchRow
from batches.states import OPEN, RowState
from reports.feeds.files.kinds import FeedKind
from reports.feeds.models import Feed
from reports.feeds.states import FeedState

OF_LISTINGS = Q(kind=FeedKind.STOCK)
UNREAD = Q(state=FeedState.UPLOADED) | Q(state=FeedState.PROCESSING, batch=None, finished_at=None)
AT_ITS_ROWS = Q(state=FeedState.PROCESSING, batch__state__in=OPEN)
UNTRIED = BatchRow.objects.filter(batch=OuterRef("batch"), state=RowState.WAITING, waits=0)
HOLDING = Q(turn__isnull=False) & (UNREAD | AT_ITS_ROWS & Exists(UNTRIED))
"""Feeds whose rows were handed in and that were not all tried yet: no feed behind them is read."""


def take(feed: Feed) -> None:
    """Give the feed the last turn of its seller. The caller saves it in the same transaction.

    The seller is locked until then, so that the order of the turns is that of the commits.
    """
    Seller.objects.select_for_update(no_key=True).get(pk=feed.seller_id)
    last = Feed.objects.filter(seller=feed.seller_id).aggregate(last=Max("turn"))["last"]
    feed.turn = (last or 0) + 1


def ahead(feed: Feed) -> QuerySet[Feed]:
    """Return the feeds that have to have had their turn before this one is read, the next one first."""
    return _lane(feed).filter(HOLDING, turn__lt=feed.turn or 0).order_by("turn")


def behind(feed: Feed) -> QuerySet[Feed]:
    """Return the feeds that wait until this one has had its turn, the next one first."""
    return _lane(feed).filter(HOLDING, turn__gt=feed.turn or 0).order_by("turn")


def awaited(feeds: Iterable[Feed]) -> dict[int, Feed]:
    """Return {feed: the one that it waits for} for those feeds of a seller that wait; two queries at most."""
    waiting = [feed for feed in feeds if _is_unread(feed)]
    firsts: dict[bool, Feed | None] = {}
    found = {}
    for feed in waiting:
        is_stock = feed.kind == FeedKind.STOCK
        if is_stock not in firsts:
            firsts[is_stock] = _lane(feed, with_itself=True).filter(HOLDING).order_by("turn").first()
        first = firsts[is_stock]
        if first and (first.turn or 0) < (feed.turn or 0):
            found[feed.pk] = first
    return found


def put_off(feed: Feed) -> list[int]:
    """Return the batches ahead of the feed that have rows left which were put off, by their numbers."""
    at_work = _lane(feed).filter(AT_ITS_ROWS, turn__lt=feed.turn or 0)
    return [pk for pk in at_work.values_list("batch_id", flat=True) if pk]


def is_too_early(batch: Batch, row: BatchRow) -> bool:
    """Whether an earlier row about the same, of this file or one ahead of it, isn't decided yet."""
    before = Q(batch=batch, place__in=row.data.get("earlier", []))
    if batches := batch.params.get("behind"):
        before |= Q(batch__in=batches, subject=row.subject)
    elif "earlier" not in row.data:
        return False
    return BatchRow.objects.filter(before, state=RowState.WAITING).exists()


def without_waiting(feeds: QuerySet[Feed]) -> QuerySet[Feed]:
    """Leave out the feeds that have another one ahead of them."""
    older = Feed.objects.filter(HOLDING, seller=OuterRef("seller"), turn__lt=OuterRef("turn"))
    return feeds.exclude(OF_LISTINGS & Exists(older.filter(OF_LISTINGS))).exclude(
        ~OF_LISTINGS & Exists(older.exclude(OF_LISTINGS))
    )


def _is_unread(feed: Feed) -> bool:
    is_open = feed.finished_at is None and feed.state in (FeedState.UPLOADED, FeedState.PROCESSING)
    return bool(feed.turn) and is_open and feed.batch_id is None


def _lane(feed: Feed, *, with_itself: bool = False) -> QuerySet[Feed]:
    """Return the seller's other feeds about the same kind of thing: listings, or orders and their refunds."""
    same = OF_LISTINGS if feed.kind == FeedKind.STOCK else ~OF_LISTINGS
    found = Feed.objects.filter(same, seller=feed.seller_id)
    return found if with_itself else found.exclude(pk=feed.pk)
