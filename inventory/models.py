"""What a seller offers, how much of it there is, and the ledger that every figure can be rebuilt from."""

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import ActorKind, Source
from accounts.models import Seller


class Fulfilment(models.TextChoices):
    """Who ships: the seller, or the marketplace on the seller's behalf (O21)."""

    MFN = "MFN", _("Shipped by the seller")
    AFN = "AFN", _("Fulfilled by the marketplace")


class ListingQuerySet(models.QuerySet["Listing"]):
    """Listings in the trade's words."""

    def lock(self, pks: set[int]) -> dict[int, "Listing"]:
        """Re-read and hold these listings, always in primary-key order, so that no two carts deadlock."""
        rows = self.filter(pk__in=pks).order_by("pk").select_for_update(of=("self",), no_key=True)
        return {listing.pk: listing for listing in rows}


class Listing(models.Model):
    """An offer of one SKU. Available is what can still be sold: on hand − reserved (I1)."""

    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, related_name="listings", verbose_name=_("seller")
    )
    sku = models.CharField(_("SKU"), max_length=40)
    asin = models.CharField(
        _("ASIN"), max_length=10, blank=True, validators=[RegexValidator(r"^[A-Z0-9]{10}$")]
    )
    title = models.CharField(_("title"), max_length=500)
    price = models.PositiveBigIntegerField(_("price, minor units"))
    currency = models.CharField(_("currency"), max_length=3)
    handling_days = models.PositiveSmallIntegerField(
        _("handling time, business days"), default=1, validators=[MaxValueValidator(30)]
    )
    fulfilment = models.CharField(
        _("fulfilment"), max_length=3, choices=Fulfilment.choices, default=Fulfilment.MFN
    )
    on_hand = models.PositiveIntegerField(_("on hand"), default=0)
    reserved = models.PositiveIntegerField(_("reserved"), default=0)
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        constraints = [
            models.UniqueConstraint(fields=["seller", "sku"], name="listing_sku_once"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="listing_on_hand_not_negative"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="listing_reserved_not_negative"),
            models.CheckConstraint(condition=Q(handling_days__lte=30), name="listing_handling_at_most_30"),
            models.CheckConstraint(
                condition=Q(fulfilment__in=Fulfilment.values), name="listing_fulfilment_known"
            ),
        ]
        indexes = [
            models.Index(fields=["seller"], condition=Q(reserved__gt=F("on_hand")), name="listing_oversold"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.title}"

    @property
    def available(self) -> int:
        """Units that can still be sold; none while orders hold more than there is."""
        return max(self.on_hand - self.reserved, 0)


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
    reason = models.CharField(_("reason"), max_length=40, blank=True)
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
