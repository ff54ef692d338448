"""A buyer's request to cancel, made after the window in which they could do it themselves (O10)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from orders.models.order import Order
from orders.states import RequestState


class CancelRequest(models.Model):
    """One request; an order has at most one open at a time."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="cancel_requests")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("state"), max_length=8, choices=RequestState.choices, default=RequestState.OPEN
    )
    note = models.CharField(_("buyer's words"), max_length=500, blank=True)
    requested_at = models.DateTimeField(_("asked at"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("cancel request")
        verbose_name_plural = _("cancel requests")
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(state=RequestState.OPEN), name="request_one_open"
            ),
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="request_state_known"),
        ]
        indexes = [
            models.Index(fields=["seller"], condition=Q(state=RequestState.OPEN), name="request_open"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.state}"
