"""The order in which a seller's feeds take effect: one lane for listings, one for orders (F5, ADR 16).

A feed takes its turn when its rows are handed in: at the upload, or at “Process”. Its rows are not read before every
feed ahead of it in the lane is over, whatever became of that: done, refused, stopped, or given up.
"""

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from accounts.models import Seller
from batches.states import OPEN
from reports.feeds.files.kinds import FeedKind
from reports.feeds.models import Feed
from reports.feeds.states import FeedState

OF_LISTINGS = Q(kind=FeedKind.STOCK)
HANDED_IN = Q(turn__isnull=False) & (
    Q(state=FeedState.UPLOADED)
    | Q(state=FeedState.PROCESSING, batch=None, finished_at=None)
    | Q(state=FeedState.PROCESSING, batch__state__in=OPEN)
)
"""Feeds whose rows were handed in and that are not over yet."""


def take(feed: Feed) -> None:
    """Give the feed the last turn of its seller. The caller saves it in the same transaction.

    The seller is locked until then, so that the order of the turns is that of the commits.
    """
    Seller.objects.select_for_update(no_key=True).get(pk=feed.seller_id)
    last = Feed.objects.filter(seller=feed.seller_id).aggregate(last=Max("turn"))["last"]
    feed.turn = (last or 0) + 1


def ahead(feed: Feed) -> QuerySet[Feed]:
    """Return the feeds that have to be over before this one is read, the next one first."""
    return _lane(feed).filter(turn__lt=feed.turn or 0).order_by("turn")


def behind(feed: Feed) -> QuerySet[Feed]:
    """Return the feeds that wait until this one is over, the next one first."""
    return _lane(feed).filter(turn__gt=feed.turn or 0).order_by("turn")


def without_waiting(feeds: QuerySet[Feed]) -> QuerySet[Feed]:
    """Leave out the feeds that have another one ahead of them."""
    older = Feed.objects.filter(HANDED_IN, seller=OuterRef("seller"), turn__lt=OuterRef("turn"))
    return feeds.exclude(OF_LISTINGS & Exists(older.filter(OF_LISTINGS))).exclude(
        ~OF_LISTINGS & Exists(older.exclude(OF_LISTINGS))
    )


def _lane(feed: Feed) -> QuerySet[Feed]:
    """Return the feeds about the same kind of thing that are not over: listings, or orders and their refunds."""
    same = OF_LISTINGS if feed.kind == FeedKind.STOCK else ~OF_LISTINGS
    return Feed.objects.filter(same, HANDED_IN, seller=feed.seller_id).exclude(pk=feed.pk)
