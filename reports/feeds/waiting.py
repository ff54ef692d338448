"""Feeds that are handed in and not read yet: which orders their rows are about isn't known so far (O18)."""

from django.db.models import Exists, OuterRef

from reports.feeds.files.kinds import FeedKind
from reports.feeds.models import Feed
from reports.feeds.states import FeedState

DECIDING = (FeedKind.SHIP, FeedKind.CANCEL)


def unread_file() -> Exists:
    """For an order: its seller handed in a file before the deadline that may decide it, and no batch has its rows."""
    return Exists(
        Feed.objects.filter(
            seller=OuterRef("seller"),
            kind__in=DECIDING,
            state__in=(FeedState.UPLOADED, FeedState.PROCESSING),
            batch=None,
            finished_at=None,
            asked_at__lte=OuterRef("confirm_deadline"),
        )
    )
