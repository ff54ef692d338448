"""A worker reads a feed's file into a batch: checked whole, and all of its rows or none (F5).

A reader has the feed until `claimed_until`; when it is killed the next one begins anew after that. The batch is made
in one transaction with the feed's change, and its key follows from the feed's, so that it is made once. The feed is
locked at the end of it alone, so that nobody who stops it, or sends its content again, waits for the reader.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import clock
from accounts.echoes import shown
from batches import engine
from batches.models import Batch, BatchRow
from batches.states import RowState
from reports.feeds import judging, kinds, memory, operations, turns
from reports.feeds.files import checks, codes
from reports.feeds.files import reading as files
from reports.feeds.files.kinds import FeedKind
from reports.feeds.files.rows import FeedFile, FeedRow, Problem, Unreadable
from reports.feeds.models import Feed
from reports.feeds.refusals import SameFile
from reports.feeds.states import FeedState

LEASE = timedelta(seconds=330)
FAULTS = 5
TRIAL = "trial"

logger = structlog.get_logger(__name__)


def read(pk: int) -> None:
    """Make the batch that the feed is waiting for, unless another worker is at it."""
    feed = _claim(pk)
    if feed is None:
        return
    with translation.override(feed.language):
        try:
            _make(feed)
        except Unreadable as error:
            _refuse(feed, error.sentence, error.code)
        except SameFile as refusal:
            _refuse(feed, str(refusal), refusal.code, refusal.first)
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            logger.exception("feed_broke", feed=feed.pk)
            _give_back(feed)


@transaction.atomic(durable=True)
def _claim(pk: int) -> Feed | None:
    """Take the feed for a while, unless another has to be over first. The fifth reader that broke was the last."""
    held = Feed.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    feed = held.select_related("seller__marketplace", "actor").filter(pk=pk).first()
    now = clock.now()
    if feed is None or not _is_due(feed, now) or turns.ahead(feed).exists():
        return None
    if feed.faults >= FAULTS:
        _fail(feed, now)
        return None
    feed.faults += 1
    feed.claimed_until = now + LEASE
    feed.save(update_fields=["faults", "claimed_until"])
    return feed


def _is_due(feed: Feed, now: datetime) -> bool:
    waits = feed.state == FeedState.UPLOADED or (
        feed.state == FeedState.PROCESSING and feed.batch_id is None and feed.finished_at is None
    )
    return waits and feed.claimed_until <= now


def _make(claimed: Feed) -> None:
    """The rows and the feed's change in one transaction; none of it where the feed is no longer this reader's."""
    file = files.open(Path(claimed.file.path), country=claimed.seller.marketplace.country)
    begun = _begun(claimed)
    if begun is None:
        return
    with transaction.atomic():
        reader = Reader(begun, file)
        batch = reader.batch()
        feed = operations.lock(claimed)
        if not _is_readers(feed, claimed):
            transaction.set_rollback(True)
            return
        if batch.is_dry_run:
            feed.trial, feed.state = batch, FeedState.CHECKING
        else:
            feed.batch, feed.state = batch, FeedState.PROCESSING
        feed.total, feed.shared_count, feed.faults = file.total, reader.shared, 0
        feed.save()


@transaction.atomic
def _begun(claimed: Feed) -> Feed | None:
    """The feed, its rows handed in where they are to be done at once; None where it is no longer this reader's.

    Raises SameFile where another feed's rows are, since just now.
    """
    feed = operations.lock(claimed)
    if not _is_readers(feed, claimed):
        return None
    if feed.is_at_once and feed.state == FeedState.UPLOADED:
        operations.take(feed)
    return feed


def _is_readers(feed: Feed, claimed: Feed) -> bool:
    return feed.claimed_until == claimed.claimed_until and _is_due(feed, feed.claimed_until)


@dataclass
class Reader:
    """Goes through a file once; notes which rows are about what an earlier row is about."""

    feed: Feed
    file: FeedFile
    places: dict[str, list[int]] = field(default_factory=dict)
    repeats: checks.Repeats = field(default_factory=checks.Repeats)
    shared: int = 0

    def batch(self) -> Batch:
        """The batch of the rows, to be done where they were handed in, else to be tried."""
        feed, is_trial = self.feed, self.feed.state == FeedState.UPLOADED
        params: dict[str, Any] = {"feed": feed.pk}
        if feed.asked_at:
            params["asked_at"] = feed.asked_at.isoformat()
        if not is_trial and (put_off := turns.put_off(feed)):
            params["behind"] = put_off
        return engine.create(
            seller=feed.seller,
            kind=kinds.name_of(feed.kind),
            rows=self.rows(),
            key=uuid.uuid5(feed.key, TRIAL) if is_trial else feed.key_of_batch(feed.rounds),
            actor=feed.who,
            now=clock.now(),
            params=params,
            is_dry_run=is_trial,
        )

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each row with what is known of it before it is done."""
        before = done_before(self.feed)
        terms = judging.terms(self.feed.seller)
        for place, row in enumerate(self.file.rows(), start=1):
            says = checks.check(self.file.kind, row, terms)
            problems = says if isinstance(says, list) else self._repeated(row, says)
            subject = shown(row["order-id"] or row["sku"], 60)
            data = judging.kept(row, problems)
            if row.number in before:
                data["before"] = True
            yield subject, data | self._earlier(subject, place)

    def _repeated(self, row: FeedRow, says: checks.TypedRow) -> list[Problem]:
        problem = self.repeats.of(row, says)
        return [problem] if problem else []

    def _earlier(self, subject: str, place: int) -> dict[str, Any]:
        """The places of the rows about the same thing before this one; no more of them than a dry run looks at."""
        earlier = self.places.setdefault(subject, [])
        told = {"earlier": list(earlier)} if earlier else {}
        self.shared += bool(earlier)
        earlier.append(place)
        del earlier[: -(judging.MOST_EARLIER + 1)]
        return told


def done_before(feed: Feed) -> set[int]:
    """The numbers of the rows that were done when the same file was processed before, by this feed or another one.

    They are not done again: of a file that is sent once more, or gone on with, only the rest is. An inventory file
    that is sent once more takes effect again; only of one that is gone on with the done rows are left out.
    """
    same = Feed.objects.filter(seller=feed.seller, digest=feed.digest)
    if feed.kind == FeedKind.STOCK:
        same = same.filter(pk=feed.pk)
    batches = Batch.objects.filter(
        seller=feed.seller,
        kind=kinds.name_of(feed.kind),
        is_dry_run=False,
        params__feed__in=list(same.values_list("pk", flat=True)),
    )
    done = BatchRow.objects.filter(batch__in=batches, state=RowState.DONE)
    return {*done.values_list("data__number", flat=True), *memory.rows_done(feed)}


@transaction.atomic
def _refuse(claimed: Feed, sentence: str, code: str, first: Feed | None = None) -> None:
    """The file as a whole is not taken."""
    feed = operations.lock(claimed)
    if _is_due(feed, feed.claimed_until):
        feed.state, feed.is_taken, feed.finished_at = FeedState.REFUSED, False, clock.now()
        feed.problem, feed.code, feed.first = sentence[:500], code, first
        feed.save()
        operations.hint_next(feed)


@transaction.atomic
def _give_back(claimed: Feed) -> None:
    """The reader broke: the next one may begin at once."""
    now = clock.now()
    feed = operations.lock(claimed)
    if feed.faults >= FAULTS and _is_due(feed, feed.claimed_until):
        _fail(feed, now)
    elif feed.claimed_until == claimed.claimed_until:
        Feed.objects.filter(pk=feed.pk).update(claimed_until=now)


def _fail(feed: Feed, now: datetime) -> None:
    """Nobody could read it; the caller holds it."""
    with translation.override(feed.language):
        feed.problem = _(
            "The file could not be worked on. Nothing was changed; ask the marketplace to look at it."
        )
    feed.state, feed.code, feed.is_taken, feed.finished_at = FeedState.FAILED, codes.CANNOT_READ, False, now
    feed.save()
    operations.hint_next(feed)
