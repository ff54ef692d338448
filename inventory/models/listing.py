"""What a seller offers, and how much of it there is."""

import pgtrigger
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, TextChoices, Value, When
from django.db.models.functions import Concat, Upper
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller


class Fulfilment(models.TextChoices):
    """Who ships: the seller, or the marketplace on the seller's behalf (O21)."""

    MFN = "MFN", _("Shipped by the seller")
    AFN = "AFN", _("Fulfilled by the marketplace")


class Status(TextChoices):
    """Where a listing stands; each is a list of Manage Inventory, and a listing may be on several."""

    ACTIVE = "active", _("Active")
    OUT_OF_STOCK = "out_of_stock", _("Out of stock")
    LOW = "low", _("Low stock")
    OVERSOLD = "oversold", _("Oversold")
    INACTIVE = "inactive", _("Closed")


# What a listing is searched by (ListingText), whoever writes it, and however many at once.
WRITE_WORDS = """
    INSERT INTO inventory_listingtext (listing_id, words)
    VALUES (NEW.id, upper(concat(chr(10), NEW.sku, chr(10), NEW.asin, chr(10), NEW.title, chr(10))))
    ON CONFLICT (listing_id) DO UPDATE SET words = EXCLUDED.words;
    RETURN NULL;
"""
SELLABLE = ExpressionWrapper(F("on_hand") - F("reserved"), models.IntegerField())
"""On hand − reserved, below nothing too: what lists are sorted and filtered by."""
LOW = Q(is_active=True, on_hand__lte=F("low_stock_at") + F("reserved"))
STATUSES = {
    Status.ACTIVE: Q(is_active=True, on_hand__gt=F("reserved")),
    # Both conditions: the first is the index's, and a mark is never below nothing.
    Status.OUT_OF_STOCK: LOW & Q(on_hand__lte=F("reserved")),
    Status.LOW: LOW & Q(on_hand__gt=F("reserved")),
    Status.OVERSOLD: Q(reserved__gt=F("on_hand")),
    Status.INACTIVE: Q(is_active=False),
}


class ListingQuerySet(models.QuerySet["Listing"]):
    """Listings in the trade's words."""

    def lock(self, pks: set[int]) -> dict[int, "Listing"]:
        """Re-read and hold these listings, always in primary-key order, so that no two carts deadlock."""
        rows = self.filter(pk__in=pks).order_by("pk").select_for_update(of=("self",), no_key=True)
        return {listing.pk: listing for listing in rows}

    def with_sellable(self) -> "ListingQuerySet":
        """Each with what can still be sold, as lists sort and filter by it."""
        return self.annotate(sellable=SELLABLE)

    def standing(self, status: str) -> "ListingQuerySet":
        """The listings of one status."""
        return self.filter(STATUSES[Status(status)])

    def naming(self, text: str) -> "ListingQuerySet":
        """Those whose SKU, ASIN or title hold every word of the text; `match` sorts them, the closest first.

        First the ones that are called so, then those that begin so, then the others; within each by SKU.
        """
        found = self
        for word in text.split():
            found = found.filter(text__words__contains=Upper(Value(word)))
        whole = " ".join(text.split())
        closeness = Case(
            When(text__words__contains=Upper(Value(f"\n{whole}\n")), then=Value("0")),
            When(text__words__contains=Upper(Value(f"\n{whole}")), then=Value("1")),
            default=Value("2"),
        )
        return found.annotate(match=Concat(closeness, F("sku"), output_field=models.TextField()))


class Listing(models.Model):
    """An offer of one SKU. Available is what can still be sold: on hand − reserved (I1)."""

    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, related_name="listings", verbose_name=_("seller"), db_index=False
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
    low_stock_at = models.PositiveIntegerField(_("low stock from"), default=3)
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
            models.Index("seller", F("on_hand") - F("reserved"), "id", name="listing_by_available"),
            models.Index(fields=["seller", "price", "id"], name="listing_by_price"),
            models.Index(fields=["seller", "id"], name="listing_newest"),
            models.Index(fields=["seller", "fulfilment", "id"], name="listing_by_fulfilment"),
            models.Index(fields=["seller", "id"], condition=LOW, name="listing_low"),
            models.Index(fields=["seller", "id"], condition=Q(is_active=False), name="listing_closed"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="words",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("sku", "asin", "title"),
                func=WRITE_WORDS,
            )
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.title}"

    @property
    def available(self) -> int:
        """Units that can still be sold; none while orders hold more than there is."""
        return max(self.on_hand - self.reserved, 0)

    @property
    def statuses(self) -> list[Status]:
        """How it stands in a word; in two where it is closed and orders hold more than there is."""
        oversold = [Status.OVERSOLD] if self.is_oversold else []
        if not self.is_active:
            return [Status.INACTIVE, *oversold]
        if oversold or not self.available:
            return oversold or [Status.OUT_OF_STOCK]
        return [Status.LOW if self.available <= self.low_stock_at else Status.ACTIVE]

    @property
    def is_oversold(self) -> bool:
        """Orders hold more than there is (I4)."""
        return self.reserved > self.on_hand
