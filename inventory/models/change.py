"""What was done to a listing besides its stock: a history that is only added to."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import ActorKind, Source
from accounts.models import Seller
from inventory.models.listing import Listing


class ChangeKind(models.TextChoices):
    """What happened to a listing."""

    CREATED = "created", _("Added")
    EDITED = "edited", _("Edited")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Reopened")


class ListingChange(models.Model):
    """One change of what a listing says: from what to what, who, when and from where. Rows are only added."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="changes", db_index=False)
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("what"), max_length=8, choices=ChangeKind.choices)
    old = models.JSONField(_("before"), default=dict)
    new = models.JSONField(_("after"), default=dict)
    version = models.PositiveIntegerField(_("version after it"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor_kind = models.CharField(_("who"), max_length=11, choices=ActorKind.choices)
    source = models.CharField(_("from where"), max_length=8, choices=Source.choices)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("change of a listing")
        verbose_name_plural = _("changes of listings")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="listing_change_kind_known"),
        ]
        indexes = [models.Index(fields=["listing", "-at", "-id"], name="listing_change_newest")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.listing_id} {self.kind}"
