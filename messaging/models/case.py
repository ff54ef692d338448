"""A support case: the seller asks the marketplace's staff about an order that cannot be found (O22)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from messaging.models.message import LONGEST
from messaging.states import CASE_MOVES, CaseState, Who


class CaseQuerySet(models.QuerySet["SupportCase"]):
    """Cases of one seller or of all."""

    def lock(self, pk: int) -> "SupportCase":
        """Re-read and hold one case; no_key still lets its messages be added."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)


class SupportCase(models.Model):
    """A question to the marketplace about an order number; the order itself may not exist here."""

    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, related_name="cases", verbose_name=_("seller"), db_index=False
    )
    order_number = models.CharField(_("order number"), max_length=19)
    state = models.CharField(
        _("state"), max_length=8, choices=CaseState.choices, default=CaseState.OPEN, editable=False
    )
    key = models.UUIDField(_("key of the form it came from"), unique=True, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("opened by"),
        db_index=False,
    )
    opened_at = models.DateTimeField(_("opened at"))
    last_message_at = models.DateTimeField(_("last message at"))
    closed_at = models.DateTimeField(_("closed at"), null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("support case")
        verbose_name_plural = _("support cases")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state_known"),
            models.CheckConstraint(
                condition=Q(state=CaseState.CLOSED, closed_at__isnull=False)
                | ~Q(state=CaseState.CLOSED) & Q(closed_at=None),
                name="case_closed_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-last_message_at", "-id"], name="case_newest"),
            models.Index(fields=["last_message_at"], condition=Q(state=CaseState.OPEN), name="case_open"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="moves",
                field="state",
                transitions=[
                    (str(old), str(new)) for old, news in CASE_MOVES.items() for new in sorted(news)
                ],
            ),
            pgtrigger.ReadOnly(name="facts", fields=["seller", "order_number", "key", "opened_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.pk} ({self.order_number})"


class CaseMessage(models.Model):
    """What the seller or the marketplace wrote in a case; a row is only added."""

    case = models.ForeignKey(
        SupportCase, on_delete=models.PROTECT, related_name="messages", verbose_name=_("support case")
    )
    who = models.CharField(_("who"), max_length=11, choices=Who.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("written by"),
        db_index=False,
    )
    text = models.CharField(_("text"), max_length=LONGEST)
    at = models.DateTimeField(_("when"))
    key = models.UUIDField(_("key of the form it came from"), unique=True)

    class Meta:
        verbose_name = _("message of a case")
        verbose_name_plural = _("messages of cases")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(who__in=[Who.SELLER, Who.MARKETPLACE]), name="case_message_who_known"
            )
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.case_id} {self.who} {self.at:%Y-%m-%d %H:%M}"
