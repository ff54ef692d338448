"""What is remembered of processed files for good: which rows were done, not what they said (F5).

A file is known by a digest under a key of its own, so that nobody with the database alone can guess what stood in it.
The numbers of the rows that were done outlive the batch that did them: the same file never does them again.
"""

import hashlib

from django.conf import settings
from django.core.files.base import File
from django.db import transaction

from accounts import digests
from accounts.models import Seller
from batches.models import Batch
from batches.states import RowState
from reports.feeds.files.kinds import FeedKind
from reports.feeds.models import DoneRows, Feed

CHUNK = 1024 * 1024


def digest(seller: Seller, content: File) -> str:
    """Return the keyed digest of a file's content, in hexadecimal digits; the file is at its start again.

    The first key makes digests. A content that the seller's feeds know under another one keeps its digest: a new key
    forgets nothing.
    """
    plain = hashlib.sha256()
    for chunk in content.chunks(CHUNK):
        plain.update(chunk)
    content.seek(0)
    newest, *earlier = (digests.under(key, plain.hexdigest()) for key in settings.FEED_MEMORY_KEYS)
    known = Feed.objects.filter(seller=seller, digest__in=earlier) if earlier else Feed.objects.none()
    return known.order_by("-pk").values_list("digest", flat=True).first() or newest


@transaction.atomic
def remember(batch: Batch) -> None:
    """Keep the numbers of the rows that a batch has done; it is about to be deleted."""
    feed = Feed.objects.filter(seller=batch.seller_id, pk=batch.params.get("feed")).first()
    if feed is None or batch.is_dry_run or feed.kind == FeedKind.STOCK:
        return
    numbers = batch.rows.filter(state=RowState.DONE).values_list("data__number", flat=True)
    held, _is_new = DoneRows.objects.select_for_update().get_or_create(
        seller_id=feed.seller_id, digest=feed.digest
    )
    held.numbers = sorted({*held.numbers, *numbers})
    held.save(update_fields=["numbers"])


def rows_done(feed: Feed) -> set[int]:
    """Return the numbers of the rows that batches which are deleted by now have done of the feed's file."""
    found = DoneRows.objects.filter(seller=feed.seller_id, digest=feed.digest).first()
    return set(found.numbers) if found else set()
