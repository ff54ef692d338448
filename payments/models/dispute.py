"""A charge that the buyer's bank disputes, as the provider says it is now."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.payment import Payment


class DisputeStatus(models.TextChoices):
    """How far a dispute has come."""

    OPEN = "open", _("Open")
    UNDER_REVIEW = "under_review", _("Under review")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    CLOSED = "closed", _("Closed")


DISPUTE_ENDED = [DisputeStatus.WON, DisputeStatus.LOST, DisputeStatus.CLOSED]


class Dispute(models.Model):
    """One dispute of a charge; `payments/disputes.py` alone writes it."""

    seller = models.ForeignKey(
        "accounts.Seller",
        models.PROTECT,
        related_name="disputes",
        verbose_name=_("seller"),
        db_index=False,
    )
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes", verbose_name=_("payment"))
    reference = models.CharField(_("provider's reference"), max_length=200, unique=True)
    amount = models.PositiveBigIntegerField(_("disputed amount, minor units"))
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=12, choices=DisputeStatus.choices)
    reason = models.CharField(_("provider's code of the reason"), max_length=100, blank=True)
    respond_by = models.DateTimeField(_("respond by"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    withdrawn_at = models.DateTimeField(_("funds withdrawn at"), null=True, blank=True)
    returned_at = models.DateTimeField(_("funds returned at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=DisputeStatus.values), name="dispute_status_known"),
            models.CheckConstraint(
                condition=Q(returned_at=None) | Q(withdrawn_at__isnull=False),
                name="dispute_returns_what_was_withdrawn",
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "payment"],
                condition=Q(status=DisputeStatus.OPEN),
                name="dispute_open",
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="dispute_facts", fields=["seller", "payment", "reference", "amount", "currency"]
            )
        ]

    def __str__(self) -> str:
        return self.reference
