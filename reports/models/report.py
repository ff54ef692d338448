"""An order report: what was asked for, how far it is, and the file that came of it (F1, F2, F4)."""

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Source
from accounts.models import Seller
from reports.states import FINISHED, MOVES, OPEN, Format, ReportKind, ReportState, Separator

NOTHING_KEPT = Q(file="", query="")


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports in the words of those who make them and those who look for them."""

    def newest_first(self) -> "ReportQuerySet":
        """As a list shows them."""
        return self.order_by("-created_at", "-pk")

    def due(self, now: datetime) -> "ReportQuerySet":
        """Those that nobody makes at this moment: new ones, and those whose worker has gone quiet."""
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        return self.filter(free, state__in=OPEN).order_by("created_at", "pk")

    def too_old(self, now: datetime) -> "ReportQuerySet":
        """Those whose file, and the filter that it was asked for with, have been kept long enough."""
        return self.filter(~NOTHING_KEPT, expires_at__lte=now)


class Report(models.Model):
    """One report of a seller; `making.py`, `work.py` and `chain.py` alone write it.

    It lists the orders of its parts, which are written down before its first row is made. `parts_done` and
    `offset` say how much of the text is on disk: whoever takes over goes on from there.
    """

    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, related_name="reports", verbose_name=_("seller"), db_index=False
    )
    kind = models.CharField(_("report"), max_length=20, choices=ReportKind.choices)
    format = models.CharField(_("format"), max_length=4, choices=Format.choices, default=Format.TSV)
    separator = models.CharField(
        _("separator of CSV"), max_length=1, choices=Separator.choices, default=Separator.COMMA
    )
    is_exact = models.BooleanField(_("texts of tab-delimited files as they are"), default=False)
    key = models.UUIDField(_("key of the form it came from"), unique=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("asked for by"),
        db_index=False,
    )
    source = models.CharField(_("from where"), max_length=8, choices=Source.choices)
    language = models.CharField(_("language"), max_length=10, default="en")
    days = models.PositiveSmallIntegerField(_("past days"), null=True)
    first_day = models.DateField(_("first day"), null=True)
    last_day = models.DateField(_("last day"), null=True)
    first_moment = models.DateTimeField(_("from"), null=True)
    last_moment = models.DateTimeField(_("until, not included"), null=True)
    columns = models.JSONField(_("optional columns"), default=list)
    query = models.TextField(_("filter of the list"), blank=True)
    daily_for = models.DateField(_("daily report of"), null=True)

    state = models.CharField(
        _("state"), max_length=8, choices=ReportState.choices, default=ReportState.WAITING
    )
    rows_total = models.PositiveBigIntegerField(_("rows"), null=True)
    rows_done = models.PositiveBigIntegerField(_("rows done"), default=0)
    parts_done = models.PositiveIntegerField(_("parts done"), default=0)
    offset = models.PositiveBigIntegerField(_("bytes of text done"), default=0)
    bytes = models.PositiveBigIntegerField(_("size of the file"), default=0)
    file = models.FileField(_("file"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("asked for at"))
    started_at = models.DateTimeField(_("begun at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    expires_at = models.DateTimeField(_("kept until"))
    claim = models.UUIDField(_("whose it is"), null=True)
    claimed_until = models.DateTimeField(_("held by a worker until"), null=True)
    faults = models.PositiveSmallIntegerField(_("times it broke"), default=0)
    error = models.CharField(_("why it failed"), max_length=500, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "seller", "first_moment"],
                condition=Q(daily_for__isnull=False),
                name="report_follows_one",
            ),
            models.CheckConstraint(condition=Q(kind__in=ReportKind.values), name="report_kind_known"),
            models.CheckConstraint(condition=Q(format__in=Format.values), name="report_format_known"),
            models.CheckConstraint(
                condition=Q(separator__in=Separator.values), name="report_separator_known"
            ),
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="report_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=FINISHED, finished_at__isnull=False)
                | Q(state__in=OPEN, finished_at=None),
                name="report_finished_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-created_at", "-id"], name="report_newest"),
            models.Index(fields=["created_at", "id"], condition=Q(state__in=OPEN), name="report_due"),
            models.Index(fields=["expires_at"], condition=~NOTHING_KEPT, name="report_too_old"),
            models.Index(
                fields=["last_moment"], condition=Q(daily_for__isnull=False), name="report_daily_until"
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="report_moves",
                field="state",
                transitions=[(str(old), str(new)) for old, news in MOVES.items() for new in sorted(news)],
            ),
            pgtrigger.ReadOnly(
                name="asked_facts",
                fields=[
                    "seller",
                    "kind",
                    "key",
                    "columns",
                    "separator",
                    "is_exact",
                    "daily_for",
                    "created_at",
                ],
            ),
            # A daily workbook of too many rows is posted as text (F1).
            pgtrigger.FSM(
                name="asked_format", field="format", transitions=[(str(Format.XLSX), str(Format.TSV))]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be made, or being made."""
        return self.state in OPEN

    @property
    def has_expired(self) -> bool:
        """Whether it was made and its file has been kept long enough: what is left is this row."""
        return self.state == ReportState.DONE and not self.file

    @property
    def percent(self) -> int:
        """How much of it is done; 100 only when it is finished."""
        if self.state == ReportState.DONE:
            return 100
        return min(99, 100 * self.rows_done // self.rows_total) if self.rows_total else 0


class ReportPart(models.Model):
    """Some orders of a report, in the order of its rows; they are gone once the report is finished."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="parts", db_index=False)
    place = models.PositiveIntegerField(_("place"))
    orders = ArrayField(models.BigIntegerField(), verbose_name=_("orders"))

    class Meta:
        verbose_name = _("part of a report")
        verbose_name_plural = _("parts of reports")
        constraints = [models.UniqueConstraint(fields=["report", "place"], name="report_part_once")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.place}"
