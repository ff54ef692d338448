"""What a seller is paid for each settlement period, and the orders that it is made of (P1)."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from payments.models.payment import Payment


class StatementState(models.TextChoices):
    """A seller has one running statement; closed ones never change."""

    OPEN = "open", _("Running")
    CLOSED = "closed", _("Closed")


class StatementQuerySet(models.QuerySet["Statement"]):
    """Statements in the words of the sweep that closes them."""

    def running(self) -> "StatementQuerySet":
        """Those that are not closed yet."""
        return self.filter(state=StatementState.OPEN)

    def closed(self) -> "StatementQuerySet":
        """Those that say what was paid, and never change."""
        return self.filter(state=StatementState.CLOSED)

    def due(self, now: datetime) -> "StatementQuerySet":
        """Running ones whose last day is over, the longest waiting first."""
        return self.running().filter(closes_at__lt=now).order_by("closes_at", "pk")


class Statement(models.Model):
    """A settlement period of a seller; payments/statements.py alone writes it.

    Once it is closed: carried over + charges - refunds - fees = paid out + carried forward.
    """

    seller = models.ForeignKey(
        "accounts.Seller",
        models.PROTECT,
        related_name="statements",
        verbose_name=_("seller"),
        db_index=False,
    )
    number = models.PositiveIntegerField(_("number"))
    currency = models.CharField(_("currency"), max_length=3)
    opens_on = models.DateField(_("first day"))
    closes_on = models.DateField(_("last day"))
    closes_at = models.DateTimeField(
        _("end of the last day"), help_text=_("In the time zone that the marketplace had when it was opened.")
    )
    state = models.CharField(
        _("state"), max_length=6, choices=StatementState.choices, default=StatementState.OPEN
    )
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    carried_over = models.BigIntegerField(_("carried over"), default=0)
    orders = models.PositiveIntegerField(_("orders"), default=0)
    charges = models.BigIntegerField(_("charges"), default=0)
    refunds = models.BigIntegerField(_("refunds"), default=0)
    fees = models.BigIntegerField(_("fees"), default=0)
    paid_out = models.BigIntegerField(_("paid out"), default=0)
    carried_forward = models.BigIntegerField(_("carried forward"), default=0)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        indexes = [
            models.Index(
                fields=["closes_at"], condition=Q(state=StatementState.OPEN), name="statement_closes_at"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["seller", "number"], name="statement_number_once"),
            models.UniqueConstraint(
                fields=["seller"], condition=Q(state=StatementState.OPEN), name="statement_one_running"
            ),
            models.CheckConstraint(
                condition=Q(state__in=StatementState.values), name="statement_state_known"
            ),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("closes_on")), name="statement_opens_before_it_closes"
            ),
            models.CheckConstraint(
                condition=Q(paid_out__gte=0, carried_over__lte=0, carried_forward__lte=0)
                & (Q(paid_out=0) | Q(carried_forward=0)),
                name="statement_pays_or_carries",
            ),
            models.CheckConstraint(
                condition=Q(state=StatementState.OPEN, closed_at=None)
                | Q(
                    closed_at__gt=F("closes_at"),
                    paid_out=F("carried_over")
                    + F("charges")
                    - F("refunds")
                    - F("fees")
                    - F("carried_forward"),
                ),
                name="statement_adds_up",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="statement_closed_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=StatementState.CLOSED),
            )
        ]

    def __str__(self) -> str:
        return f"{self.seller} · {self.number}"

    @property
    def is_closed(self) -> bool:
        """Whether it says what was paid, for good."""
        return self.state == StatementState.CLOSED


class StatementLine(models.Model):
    """What one order brought to one statement; several of an order, should it be refunded after it was paid."""

    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="lines", verbose_name=_("statement"), db_index=False
    )
    payment = models.ForeignKey(
        Payment, models.PROTECT, related_name="lines", verbose_name=_("payment"), db_index=False
    )
    day = models.DateField(_("available on"), help_text=_("Or the day of the refund that came afterwards."))
    charges = models.BigIntegerField(_("charges"))
    refunds = models.BigIntegerField(_("refunds"))
    fees = models.BigIntegerField(_("fees"))
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("line of a statement")
        verbose_name_plural = _("lines of statements")
        indexes = [
            models.Index(fields=["payment", "statement"], name="statement_line_of_payment"),
            # They are written day by day: so the list of a statement is in the order of its days.
            models.Index(fields=["statement", "id"], name="statement_line_in_order"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["statement", "payment"], name="statement_line_once"),
            models.CheckConstraint(
                condition=Q(amount=F("charges") - F("refunds") - F("fees")), name="statement_line_adds_up"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="statement_line_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.payment_id} {self.amount}"
