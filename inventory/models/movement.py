"""The stock ledger: every change of a listing's figures, which can be rebuilt from it (I5)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import ActorKind, Source
from accounts.models import Seller
from inventory.models.listing import Listing


class MovementKind(models.TextChoices):
    """Why stock moved (I5)."""

    ORDER = "order", _("Order placed")
    CANCEL = "cancel", _("Order canceled")
    SHIPMENT = "shipment", _("Shipment confirmed")
    RETURN = "return", _("Return")
    EDIT = "edit", _("Edit")
    FEED = "feed", _("Feed")
    COUNT = "count", _("Stock count")


class StockMovement(models.Model):
    """One line of the stock ledger: by how much, of what, who, when and why (I5). Rows are only added."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="movements", db_index=False)
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=8, choices=MovementKind.choices)
    on_hand = models.IntegerField(_("change of on hand"))
    reserved = models.IntegerField(_("change of reserved"))
    order_number = models.CharField(_("order"), max_length=19, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor_kind = models.CharField(_("who"), max_length=11, choices=ActorKind.choices)
    source = models.CharField(_("from where"), max_length=8, choices=Source.choices)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=MovementKind.values), name="movement_kind_known"),
        ]
        indexes = [models.Index(fields=["listing", "-at", "-id"], name="movement_newest")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.listing_id} {self.on_hand:+d} {self.reserved:+d}"
