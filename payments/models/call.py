"""What was asked of a payment provider: written before asking, finished after the answer (ADR 0003)."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.payment import Payment
from payments.states import OPEN, CallState, Operation

LEASE = timedelta(
    seconds=60
)  # longer than any provider's timeouts: a worker that holds a call beyond it is gone
FINISHED = [CallState.DONE, CallState.REFUSED]


class ProviderCallQuerySet(models.QuerySet["ProviderCall"]):
    """Calls in the words of the sweep that finishes them."""

    def open(self) -> "ProviderCallQuerySet":
        """Those without a final answer."""
        return self.filter(state__in=OPEN)

    def unclaimed(self, now: datetime) -> "ProviderCallQuerySet":
        """Open ones that no living worker holds."""
        return self.open().filter(Q(claimed_at=None) | Q(claimed_at__lte=now - LEASE))

    def due(self, now: datetime) -> "ProviderCallQuerySet":
        """Open ones to be asked now, the longest waiting first."""
        return self.unclaimed(now).filter(next_try_at__lte=now).order_by("next_try_at", "pk")


class ProviderCall(models.Model):
    """One intent to move money; however often it is asked, its key makes the provider do it once (R7)."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="calls", verbose_name=_("payment"))
    operation = models.CharField(_("operation"), max_length=10, choices=Operation.choices)
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    key = models.UUIDField(_("idempotency key"), default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=CallState.choices, default=CallState.REQUESTED
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    needs_attention = models.BooleanField(_("needs attention"), default=False)
    requested_at = models.DateTimeField(_("requested at"))
    claimed_at = models.DateTimeField(_("held by a worker since"), null=True, blank=True)
    next_try_at = models.DateTimeField(_("next try at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    reversed_at = models.DateTimeField(
        _("reversed at"),
        null=True,
        blank=True,
        help_text=_("Since then the provider says that this refund failed after all."),
    )
    reference = models.CharField(_("provider's reference"), max_length=200, blank=True)
    code = models.CharField(_("provider's code"), max_length=100, blank=True)
    error = models.CharField(_("provider's message"), max_length=500, blank=True)

    objects = ProviderCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("provider call")
        verbose_name_plural = _("provider calls")
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state__in=OPEN), name="provider_call_due"),
            models.Index(
                fields=["requested_at"], condition=Q(needs_attention=True), name="provider_call_attention"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(operation__in=Operation.values), name="provider_call_operation_known"
            ),
            models.CheckConstraint(condition=Q(state__in=CallState.values), name="provider_call_state_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="provider_call_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=FINISHED, finished_at__isnull=False, next_try_at=None)
                | Q(state__in=OPEN, finished_at=None, next_try_at__isnull=False),
                name="provider_call_finished_or_due",
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(operation=Operation.CAPTURE, state__in=[*OPEN, CallState.DONE]),
                name="provider_call_one_capture",
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(operation=Operation.VOID, state__in=[*OPEN, CallState.DONE]),
                name="provider_call_one_void",
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(operation=Operation.AUTHORISE, state__in=OPEN),
                name="provider_call_one_open_authorise",
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(operation=Operation.RENEW, state__in=OPEN),
                name="provider_call_one_open_renew",
            ),
            models.CheckConstraint(
                condition=Q(reversed_at=None) | Q(operation=Operation.REFUND, state=CallState.DONE),
                name="provider_call_reverses_a_refund",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"

    @property
    def is_open(self) -> bool:
        """Whether the provider's final answer is still awaited."""
        return self.state in OPEN
