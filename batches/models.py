"""A batch: many rows, each to go through the same operation as a click, with what became of each."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, ActorKind, Source
from accounts.models import Seller
from batches.states import OPEN, BatchState, RowState


class Batch(models.Model):
    """What was asked for, by whom, and how far it is. A worker holds it by `claim` until `claimed_until`."""

    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, related_name="batches", verbose_name=_("seller"), db_index=False
    )
    kind = models.CharField(_("kind"), max_length=20)
    key = models.UUIDField(_("key of the form it came from"), unique=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who"),
        db_index=False,
    )
    actor_kind = models.CharField(_("acting as"), max_length=11, choices=ActorKind.choices)
    source = models.CharField(_("from where"), max_length=8, choices=Source.choices)
    language = models.CharField(_("language of its sentences"), max_length=10, default="en")
    params = models.JSONField(_("what holds for all rows"), default=dict)
    is_dry_run = models.BooleanField(_("dry run"), default=False)
    state = models.CharField(_("state"), max_length=7, choices=BatchState.choices, default=BatchState.WAITING)
    problem = models.CharField(_("why it failed"), max_length=300, blank=True)
    total = models.PositiveIntegerField(_("rows"), default=0)
    done_count = models.PositiveIntegerField(_("rows done"), default=0)
    refused_count = models.PositiveIntegerField(_("rows refused"), default=0)
    created_at = models.DateTimeField(_("created at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    stop_asked_at = models.DateTimeField(_("asked to stop at"), null=True)
    claim = models.UUIDField(_("the worker that holds it"), null=True)
    claimed_until = models.DateTimeField(_("held until"), null=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="batch_state_known"),
            models.CheckConstraint(
                condition=Q(total__gte=models.F("done_count") + models.F("refused_count")),
                name="batch_counts_within_total",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-created_at", "-id"], name="batch_of_seller"),
            models.Index(fields=["claimed_until"], condition=Q(state__in=OPEN), name="batch_open"),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="batch_over"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def is_open(self) -> bool:
        """Whether rows of it are still to be done."""
        return self.state in OPEN

    @property
    def handled(self) -> int:
        """How many rows have their result."""
        return self.done_count + self.refused_count

    @property
    def who(self) -> Actor:
        """Whoever asked for it acts in every row, whichever worker does it."""
        return Actor(ActorKind(self.actor_kind), self.actor, Source(self.source))


class BatchRow(models.Model):
    """One row: what it is about, what it says, and its result. `data` holds no buyer's name or address."""

    batch = models.ForeignKey(
        Batch, on_delete=models.CASCADE, related_name="rows", verbose_name=_("batch"), db_index=False
    )
    place = models.PositiveIntegerField(_("place"))
    subject = models.CharField(_("about"), max_length=60)
    data = models.JSONField(_("what it says"), default=dict)
    state = models.CharField(_("state"), max_length=7, choices=RowState.choices, default=RowState.WAITING)
    code = models.CharField(_("code"), max_length=20, blank=True)
    column = models.CharField(_("column"), max_length=60, blank=True)
    sentence = models.TextField(_("result"), blank=True)
    is_warning = models.BooleanField(_("with a remark"), default=False)
    faults = models.PositiveSmallIntegerField(_("times it broke"), default=0)
    waits = models.PositiveSmallIntegerField(_("times it was put off"), default=0)
    not_before = models.DateTimeField(_("not to be tried before"), null=True)

    class Meta:
        verbose_name = _("row of a batch")
        verbose_name_plural = _("rows of batches")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="batch_row_place_once"),
            models.CheckConstraint(condition=Q(state__in=RowState.values), name="batch_row_state_known"),
        ]
        indexes = [
            # The next to be done; one that broke, or was put off, comes after all the others.
            models.Index(
                fields=["batch", "faults", "waits", "place"],
                condition=Q(state=RowState.WAITING),
                name="batch_row_next",
            ),
            models.Index(
                fields=["batch", "place"], condition=Q(state=RowState.REFUSED), name="batch_row_refused"
            ),
            models.Index(fields=["subject"], condition=Q(state=RowState.WAITING), name="batch_row_about"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.subject}"

    @property
    def key(self) -> uuid.UUID:
        """The same however often the row is tried: what it does to the world is done once by this key."""
        return uuid.uuid5(self.batch.key, str(self.place))
