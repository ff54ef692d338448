"""What happened to an order: its history, its outbox and its audit trail in one append-only table."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import ActorKind, Source
from accounts.models import Seller
from orders.models.order import Order
from orders.states import EventKind

# Each row carries a digest over itself and the row before it on the same order: a row that was changed or
# taken out from behind the application's back breaks the chain (`manage.py check_history`).
CHAIN = """
    SELECT digest INTO NEW.digest FROM orders_orderevent
        WHERE order_id = NEW.order_id ORDER BY id DESC LIMIT 1;
    NEW.digest := orders_event_digest(NEW.digest, NEW);
    RETURN NEW;
"""


class OrderEvent(models.Model):
    """One thing that happened: what, when, who and from where. `details` never holds personal data."""

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="events", verbose_name=_("order"), db_index=False
    )
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("what"), max_length=18, choices=EventKind.choices)
    at = models.DateTimeField(_("when"))
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
    old_status = models.CharField(_("status before"), max_length=17, blank=True)
    new_status = models.CharField(_("status after"), max_length=17, blank=True)
    details = models.JSONField(_("details"), default=dict)
    digest = models.CharField(_("digest of the chain"), max_length=64, default="", editable=False)

    class Meta:
        verbose_name = _("order event")
        verbose_name_plural = _("order events")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="event_kind_known")
        ]
        indexes = [models.Index(fields=["order", "id"], name="event_of_order")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(name="chain", when=pgtrigger.Before, operation=pgtrigger.Insert, func=CHAIN),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind} {self.at:%Y-%m-%d %H:%M}"
