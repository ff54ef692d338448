"""Hand in a feed, have it processed, stop it, and see that it is over (F5). `reading.py` reads its file.

Each operation locks the feed, then checks what stands there now.
"""

import time
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.echoes import shown
from accounts.models import Right, Seller, User
from accounts.nudge import nudge
from accounts.personal_data_register import KEPT
from batches import engine
from batches.models import Batch
from batches.states import OPEN, BatchState
from reports.feeds import kinds, memory, turns
from reports.feeds.files import codes
from reports.feeds.files import reading as files
from reports.feeds.files.kinds import FeedKind
from reports.feeds.files.rows import FeedFile, Unreadable
from reports.feeds.models import Feed, random_name
from reports.feeds.refusals import Refused, SameFile
from reports.feeds.states import FeedState

READ = "reports.feeds.tasks.read"
LONGEST_NAME = 80
AT_ONCE = 100
STALE = gettext_noop("This page has gone stale. Load it again and send the file once more.")


def upload(
    seller: Seller,
    content: File,
    *,
    key: uuid.UUID,
    kind: str = "",
    is_at_once: bool = False,
    user: User | None,
    may: Callable[[Right], bool],
    now: datetime,
) -> Feed:
    """Keep a file that a worker is to check, and with `is_at_once` to process; the same key is the same feed.

    Raises SameFile for a content that is processed or was, inventory apart, and Refused for a file that is no feed, is
    another one than `kind`, asks for a right that `may` denies, or comes with the key of another file.
    """
    digest = memory.digest(seller, content)
    if earlier := Feed.objects.filter(seller=seller, key=key).first():
        return _same(earlier, digest, kind)
    if first := taken(seller, digest, now):
        raise SameFile(first)
    path = default_storage.save(random_name(None, ""), content)
    try:
        found = _found(Path(default_storage.path(path)), seller, kind, may)
        feed = Feed(
            seller=seller,
            key=key,
            kind=found.kind,
            file=path,
            name=_name(content),
            size=content.size,
            digest=digest,
            encoding=found.encoding,
            is_at_once=is_at_once,
            total=found.total,
            remarks=[[each.code, each.column, each.sentence] for each in found.warnings],
            actor=user,
            language=translation.get_language() or "en",
            uploaded_at=now,
            asked_at=now if is_at_once else None,
            claimed_until=now,
        )
        return _save(feed, kind)
    except BaseException:
        default_storage.delete(path)
        raise


def taken(seller: Seller, digest: str, now: datetime, *, beside: Feed | None = None) -> Feed | None:
    """The feed of this content whose rows are being done, or of which some were; another one than `beside`."""
    held = Feed.objects.filter(seller=seller, digest=digest, is_taken=True)
    held = held.exclude(pk=beside.pk) if beside else held
    for feed in held:
        settle(feed, now)
    return held.first()


@transaction.atomic
def process(feed: Feed, *, user: User | None, now: datetime) -> Feed:
    """Do the rows of a feed that was checked; whoever asks for it acts in every row.

    Raises SameFile, and Refused for one that is not, or no longer, waiting for this.
    """
    feed = lock(feed)
    if feed.stage != FeedState.CHECKED:
        sentence = _("This feed cannot be processed: it is %(state)s.")
        raise Refused(sentence % {"state": feed.stage.label})
    if not feed.file:
        raise Refused(_("The file is no longer kept. Upload it again."))
    return _hand_in(feed, user, now)


@transaction.atomic
def again(feed: Feed, *, user: User | None, now: datetime) -> Feed:
    """Go on with the rows that were not done, whichever feed of the same content has done the others.

    Raises SameFile where another feed of the content is at it or was, and Refused where nothing is left, or not yet.
    """
    feed = lock(feed)
    if not feed.can_go_on:
        raise Refused(_("There is nothing to try again."))
    feed.rounds, feed.batch = feed.rounds + 1, None
    return _hand_in(feed, user, now)


def _hand_in(feed: Feed, user: User | None, now: datetime) -> Feed:
    """The rows count from now, and a worker does them; the caller holds the feed. Raises SameFile."""
    if first := taken(feed.seller, feed.digest, now, beside=feed):
        raise SameFile(first)
    feed.actor, feed.language, feed.asked_at = user, translation.get_language() or "en", now
    feed.claimed_until, feed.faults, feed.finished_at = now, 0, None
    feed.problem, feed.code, feed.done_count, feed.refused_count = "", "", 0, 0
    turns.take(feed)
    take(feed)
    nudge(READ, feed.pk)
    return feed


def take(feed: Feed) -> None:
    """The feed's rows are handed in; the caller holds it. Raises SameFile where another feed's are, since just now."""
    feed.state, feed.is_taken = FeedState.PROCESSING, feed.kind != FeedKind.STOCK
    try:
        with transaction.atomic():
            feed.save()
    except IntegrityError as error:
        if "feed_content_once" not in str(error):
            raise
        raise SameFile(Feed.objects.get(seller=feed.seller, digest=feed.digest, is_taken=True)) from None


@transaction.atomic
def stop(feed: Feed, *, now: datetime) -> Feed:
    """No further row is begun; what is done stays done. One that is over stays as it is."""
    feed = lock(feed)
    if not feed.is_at_work:
        return feed
    if feed.at_work:
        engine.stop(feed.at_work, now=now)
    elif feed.rounds:
        _step_back(feed, now)
    else:
        _end(feed, FeedState.STOPPED, now)
    return feed


def _step_back(feed: Feed, now: datetime) -> None:
    """It is as it was before it was to go on; the caller holds it."""
    feed.rounds -= 1
    feed.batch = Batch.objects.filter(key=feed.key_of_batch(feed.rounds)).first()
    _end(feed, feed.stage if feed.batch else FeedState.STOPPED, now)


@transaction.atomic
def settle(feed: Feed, now: datetime) -> Feed:
    """Write down what has become of its batch, once that is over; it may then be handed in again if nothing was."""
    feed = lock(feed)
    if (stage := feed.stage) != feed.state:
        _end(feed, stage, now)
    return feed


def sweep(now: datetime) -> int:
    """Settle what is over, and hint at what is to be read; returns how many feeds there were."""
    tried = Q(state=FeedState.CHECKING, trial__isnull=False) & ~Q(trial__state__in=OPEN)
    over = Q(state=FeedState.PROCESSING, batch__isnull=False) & ~Q(batch__state__in=OPEN)
    found = list(Feed.objects.filter(tried | over).order_by("pk")[:100])
    for feed in found:
        settle(feed, now)
    to_read = due(now)
    for pk in to_read:
        nudge(READ, pk)
    return len(found) + len(to_read)


def due(now: datetime) -> list[int]:
    """The feeds whose file is to be read and is not being read, without those that wait for another feed."""
    fresh = Feed.objects.filter(state=FeedState.UPLOADED)
    asked = Feed.objects.filter(state=FeedState.PROCESSING, batch=None, finished_at=None)
    found = turns.without_waiting((fresh | asked).filter(claimed_until__lte=now)).order_by("claimed_until")
    return list(found.values_list("pk", flat=True)[:100])


def old(now: datetime) -> QuerySet[Feed]:
    """Return the feeds whose file has been kept long enough."""
    return Feed.objects.filter(finished_at__lt=now - KEPT).exclude(file="").order_by("finished_at")


def forget(now: datetime) -> int:
    """Remove the files of feeds that came to their end 30 days ago, for a minute at most; returns how many.

    What they did stays told.
    """
    until, gone = time.monotonic() + engine.FORGETTING_SECONDS, 0
    while time.monotonic() < until and (found := list(old(now)[:AT_ONCE])):
        for feed in found:
            feed.file.delete(save=False)
        Feed.objects.filter(pk__in=[feed.pk for feed in found]).update(file="", problem="", remarks=[])
        gone += len(found)
    return gone


def lock(feed: Feed) -> Feed:
    """Re-read and hold a feed, with its batches as they are."""
    held = Feed.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related("seller__marketplace", "actor", "batch", "trial").get(pk=feed.pk)


def _end(feed: Feed, stage: FeedState, now: datetime) -> None:
    """The feed has come to this stage; the caller holds it."""
    batch = feed.at_work
    if batch:
        feed.total, feed.done_count, feed.refused_count = batch.total, batch.done_count, batch.refused_count
        if batch.state == BatchState.FAILED:
            feed.problem = batch.problem
    feed.state, feed.finished_at = stage, now
    is_done = bool(feed.batch and stage == FeedState.DONE and feed.batch.done_count)
    feed.is_taken = is_done and feed.kind != FeedKind.STOCK
    feed.save()
    hint_next(feed)


def hint_next(feed: Feed) -> None:
    """The feed is over, or about to be: hint at the one that waits for it."""
    if feed.turn and (following := turns.behind(feed).first()):
        nudge(READ, following.pk)


def _found(path: Path, seller: Seller, kind: str, may: Callable[[Right], bool]) -> FeedFile:
    """What the file is. Raises Refused."""
    try:
        found = files.open(path, country=seller.marketplace.country)
    except Unreadable as error:
        raise Refused(error.sentence, error.code) from None
    if kind and kind != found.kind:
        words = {"asked": FeedKind(kind).label, "found": found.kind.label}
        raise Refused(_("This is no file of “%(asked)s”, but of “%(found)s”.") % words, codes.OTHER_KIND)
    right = kinds.RIGHTS[found.kind]
    if not may(right):
        words = {"found": found.kind.label, "right": right.label}
        sentence = _("A file of “%(found)s” asks for the right “%(right)s”, which you do not have.")
        raise Refused(sentence % words, codes.NO_RIGHT)
    return found


def _name(content: File) -> str:
    """The name that its sender gave the file, safe to show; it names nothing on our disk."""
    base = (content.name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return shown(base.strip() or _("Feed"), LONGEST_NAME)


def _same(earlier: Feed, digest: str, kind: str) -> Feed:
    """The feed that came with the same key before. Raises Refused where that was another file."""
    if earlier.digest != digest or kind not in ("", earlier.kind):
        raise Refused(_(STALE))
    return earlier


@transaction.atomic
def _save(feed: Feed, kind: str) -> Feed:
    """The feed on record; the same form at the same moment is one feed."""
    try:
        with transaction.atomic():
            if feed.is_at_once:
                turns.take(feed)
            feed.save(force_insert=True)
    except IntegrityError as error:
        earlier = Feed.objects.filter(seller=feed.seller, key=feed.key).first()
        default_storage.delete(str(feed.file.name))
        if earlier is None:
            raise Refused(_(STALE)) from error
        return _same(earlier, feed.digest, kind)
    nudge(READ, feed.pk)
    return feed
