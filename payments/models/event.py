"""What a payment provider reported: each of its events is one row, whichever way and however often it came (P3)."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class EventState(models.TextChoices):
    """How far an event has come; nothing follows from an ignored one."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    IGNORED = "ignored", _("Ignored")


class Topic(models.TextChoices):
    """What kind of object an event is about: it decides who follows it."""

    PAYMENT = "payment", _("Payment")
    REFUND = "refund", _("Refund")
    DISPUTE = "dispute", _("Dispute")
    PAYOUT = "payout", _("Payout")
    OTHER = "other", _("Other")


class EventSource(models.TextChoices):
    """How the event came here."""

    WEBHOOK = "webhook", _("Webhook")
    RECONCILIATION = "reconciliation", _("Daily reconciliation")


class ProviderEventQuerySet(models.QuerySet["ProviderEvent"]):
    """Events in the words of the sweep that follows them."""

    def due(self, now: datetime) -> "ProviderEventQuerySet":
        """Waiting ones whose time has come, the longest waiting first."""
        return self.filter(state=EventState.WAITING, next_try_at__lte=now).order_by("next_try_at", "pk")


class ProviderEvent(models.Model):
    """An event by its name alone: what it is about is asked of the provider when it is followed.

    `payments/news.py` alone writes it. The payload isn't kept: it holds personal data, and may be old.
    """

    provider = models.CharField(_("provider"), max_length=20)
    reference = models.CharField(_("provider's event id"), max_length=200)
    kind = models.CharField(_("what"), max_length=100)
    topic = models.CharField(_("about"), max_length=10, choices=Topic.choices)
    about = models.CharField(_("provider's reference of the object"), max_length=200, blank=True)
    source = models.CharField(_("came by"), max_length=14, choices=EventSource.choices)
    happened_at = models.DateTimeField(_("happened at"))
    received_at = models.DateTimeField(_("received at"))
    state = models.CharField(_("state"), max_length=8, choices=EventState.choices)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    needs_attention = models.BooleanField(_("needs attention"), default=False)

    objects = ProviderEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("provider event")
        verbose_name_plural = _("provider events")
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="provider_event_once"),
            models.CheckConstraint(
                condition=Q(state=EventState.WAITING, next_try_at__isnull=False, finished_at=None)
                | Q(
                    state__in=[EventState.DONE, EventState.IGNORED],
                    next_try_at=None,
                    finished_at__isnull=False,
                ),
                name="provider_event_finished_or_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(state=EventState.WAITING),
                name="provider_event_due",
            ),
            models.Index(
                fields=["received_at"], condition=Q(needs_attention=True), name="provider_event_attention"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
