"""A feed: a file of rows that a seller handed in, what it was found to be, and what became of it (F5)."""

import secrets
import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, ActorKind, Source
from accounts.models import Seller
from batches.models import Batch
from batches.states import BatchState
from reports.feeds.files.kinds import FeedKind
from reports.feeds.states import AT_WORK, OVER, FeedState

ENDS = {
    BatchState.DONE: FeedState.DONE,
    BatchState.STOPPED: FeedState.STOPPED,
    BatchState.FAILED: FeedState.FAILED,
}


def random_name(_feed: Any, _name: str) -> str:
    """Where a file is kept: a name that says nothing and that nobody guesses."""
    name = secrets.token_hex(20)
    return f"feeds/{name[:2]}/{name[2:]}"


class Feed(models.Model):
    """A file with its fate. `operations.py` and `reading.py` alone write it.

    `is_taken` says that its rows were given to be done, or were done: no other feed of the seller with the same
    content is then. An inventory file is never taken: it takes effect each time it arrives. `turn` is its place among
    the feeds of the seller, once its rows are handed in (`turns.py`). `trial` is the batch that tried the rows, `batch`
    the one that does them, the last one where it went on with what was not done; both are forgotten after 30 days, the
    counts stay.
    """

    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, related_name="feeds", verbose_name=_("seller"), db_index=False
    )
    key = models.UUIDField(_("key of the form it came from"), unique=True)
    kind = models.CharField(_("kind"), max_length=6, choices=FeedKind.choices, blank=True)
    file = models.FileField(_("file"), upload_to=random_name, max_length=100, blank=True)
    name = models.CharField(_("name of the file"), max_length=100)
    size = models.PositiveIntegerField(_("size, bytes"))
    digest = models.CharField(_("digest of the content"), max_length=64)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=FeedState.choices, default=FeedState.UPLOADED)
    is_at_once = models.BooleanField(_("processed without a dry run"), default=False)
    is_taken = models.BooleanField(_("its rows count as handed in"), default=False)
    first = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("feed of this content")
    )
    problem = models.CharField(_("why it was refused"), max_length=500, blank=True)
    code = models.CharField(_("code of the problem"), max_length=20, blank=True)
    remarks = models.JSONField(_("what there is to say about its columns"), default=list, blank=True)
    total = models.PositiveIntegerField(_("rows"), default=0)
    done_count = models.PositiveIntegerField(_("rows done"), default=0)
    refused_count = models.PositiveIntegerField(_("rows refused"), default=0)
    shared_count = models.PositiveIntegerField(_("rows about what an earlier row is about"), default=0)
    trial = models.OneToOneField(
        Batch, on_delete=models.SET_NULL, null=True, related_name="tried_feed", verbose_name=_("dry run")
    )
    batch = models.OneToOneField(
        Batch, on_delete=models.SET_NULL, null=True, related_name="feed", verbose_name=_("batch")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who"),
        db_index=False,
    )
    language = models.CharField(_("language of its sentences"), max_length=10, default="en")
    uploaded_at = models.DateTimeField(_("uploaded at"))
    asked_at = models.DateTimeField(_("moment that its rows count from"), null=True)
    turn = models.PositiveIntegerField(_("place among the seller's feeds"), null=True)
    rounds = models.PositiveSmallIntegerField(_("times it went on with what was not done"), default=0)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    claimed_until = models.DateTimeField(_("read by a worker until"))
    faults = models.PositiveSmallIntegerField(_("times its reading broke"), default=0)

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FeedState.values), name="feed_state_known"),
            models.UniqueConstraint(
                fields=["seller", "digest"], condition=Q(is_taken=True), name="feed_content_once"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-uploaded_at", "-id"], name="feed_of_seller"),
            models.Index(fields=["seller", "digest"], name="feed_of_content"),
            models.Index(fields=["seller", "turn"], name="feed_turn"),
            models.Index(fields=["claimed_until"], condition=Q(state__in=AT_WORK), name="feed_at_work"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def who(self) -> Actor:
        """Whoever handed it in acts in every row."""
        return Actor(ActorKind.SELLER, self.actor, Source.FEED)

    @property
    def at_work(self) -> Batch | None:
        """The batch that does the rows, as soon as there is one, or the one that tries them."""
        return self.batch if self.is_asked else self.trial

    @property
    def is_asked(self) -> bool:
        """Whether its rows were to be done, and not only tried."""
        return self.asked_at is not None or self.batch_id is not None

    @property
    def can_go_on(self) -> bool:
        """Whether rows are left that can be tried again."""
        is_left = self.batch is not None and self.batch.done_count < self.batch.total
        return is_left and self.stage in OVER and bool(self.file)

    def key_of_batch(self, rounds: int) -> uuid.UUID:
        """The key of the batch that does the rows, or that goes on with them so many times later: made once."""
        return uuid.uuid5(self.key, f"do {rounds}" if rounds else "do")

    @property
    def stage(self) -> FeedState:
        """How far it is this very moment: its batch may be over before the feed has heard of it."""
        state = FeedState(self.state)
        if state == FeedState.PROCESSING and self.batch:
            return ENDS.get(BatchState(self.batch.state), state)
        if state == FeedState.CHECKING and self.trial and not self.trial.is_open:
            end = ENDS[BatchState(self.trial.state)]
            return FeedState.CHECKED if end == FeedState.DONE else end
        return state

    @property
    def is_at_work(self) -> bool:
        """Whether something goes on that can be stopped."""
        return self.stage in AT_WORK


class DoneRows(models.Model):
    """The rows of a file that were done, by number; kept when its batches and the file are deleted (`memory.py`)."""

    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, related_name="+", verbose_name=_("seller"), db_index=False
    )
    digest = models.CharField(_("digest of the content"), max_length=64)
    numbers = ArrayField(models.PositiveIntegerField(), verbose_name=_("numbers of the rows"), default=list)

    class Meta:
        verbose_name = _("rows done of a file")
        verbose_name_plural = _("rows done of files")
        constraints = [models.UniqueConstraint(fields=["seller", "digest"], name="feed_rows_of_content_once")]

    def __str__(self) -> str:
        return self.digest
