"""How long buyers waited for answers; a thread itself only knows of the wait that is running (H2)."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from messaging.models.thread import Thread
from orders.models import Order

IN_TIME = Q(ended_at__lte=F("due_at"))


def over(now: datetime) -> Q:
    """Went on beyond its 24 hours; the last moment is in time, and a cancel before it ends the wait (C2)."""
    canceled = Order.objects.filter(
        pk=OuterRef("thread__order"), canceled_at__isnull=False, canceled_at__lte=OuterRef("due_at")
    )
    return (Q(ended_at__gt=F("due_at")) | Q(ended_at=None, due_at__lt=now)) & ~Q(Exists(canceled))


class Wait(models.Model):
    """A buyer waits from their message until the seller answers, or says that no answer is needed."""

    thread = models.ForeignKey(
        Thread, on_delete=models.PROTECT, related_name="+", verbose_name=_("thread"), db_index=False
    )
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    began_at = models.DateTimeField(_("began at"))
    due_at = models.DateTimeField(_("answer due at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("wait for an answer")
        verbose_name_plural = _("waits for an answer")
        constraints = [
            models.UniqueConstraint(
                fields=["thread"], condition=Q(ended_at=None), name="wait_one_open_per_thread"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "began_at"], include=["due_at", "ended_at"], name="wait_of_days"),
            models.Index(fields=["thread"], name="wait_of_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.began_at:%Y-%m-%d %H:%M}"
