"""The order with its snapshot of buyer and ship-to, and its items."""

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import SalesChannel, Seller
from inventory.models import Fulfilment, Listing
from orders.models.count import COUNT_TRIGGERS
from orders.models.day import DAY_TRIGGERS
from orders.models.extras import ItemExtras, OrderExtras
from orders.models.order_indexes import ORDER_CONSTRAINTS, ORDER_INDEXES
from orders.models.personal_data import PersonalDataColumns
from orders.models.search import ITEM_TRIGGERS, ORDER_TRIGGERS
from orders.states import MOVES, OPEN, TAB_STATUSES, CanceledBy, CancelReason, OrderStatus
from payments.models import Payment


class OrderQuerySet(models.QuerySet["Order"]):
    """Orders in the trade's words; each list has an index behind it."""

    def lock(self, pk: int) -> "Order":
        """Re-read and hold one order; no_key still lets its children be added."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    def lock_due(self, limit: int) -> list["Order"]:
        """Hold some rows of a sweep, passing over those that another worker holds."""
        return list(self.select_for_update(of=("self",), no_key=True, skip_locked=True)[:limit])

    def on_tab(self, tab: str) -> "OrderQuerySet":
        """The orders listed under one of the four tabs (O1)."""
        return self.filter(status__in=TAB_STATUSES[tab])

    def late(self, now: datetime) -> "OrderQuerySet":
        """The seller's to ship, past the ship-by date and not wholly confirmed (O17, O21)."""
        return self.filter(status__in=OPEN, fulfilment=Fulfilment.MFN, ship_by__lt=now)

    def about_to_be_canceled(self, now: datetime) -> "OrderQuerySet":
        """Within two business days of being canceled unconfirmed (O18)."""
        return self.filter(status=OrderStatus.UNSHIPPED, fulfilment=Fulfilment.MFN, warn_at__lte=now)


class Order(OrderExtras, PersonalDataColumns):
    """One buyer's order from one seller.

    Amounts are whole minor units of `currency`, moments are UTC; the days behind the deadlines are counted
    in the marketplace's time zone, once, when the payment is authorised.
    """

    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, related_name="orders", verbose_name=_("seller"), db_index=False
    )
    channel = models.ForeignKey(
        SalesChannel,
        on_delete=models.PROTECT,
        related_name="orders",
        verbose_name=_("sales channel"),
        db_index=False,
    )
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, related_name="order", verbose_name=_("payment")
    )
    number = models.CharField(_("order number"), max_length=19, unique=True)
    reference = models.CharField(_("channel's reference"), max_length=64)
    fingerprint = models.CharField(_("fingerprint of what was handed in"), max_length=64)
    status = models.CharField(
        _("status"), max_length=17, choices=OrderStatus.choices, default=OrderStatus.PENDING
    )
    fulfilment = models.CharField(_("fulfilment"), max_length=3, choices=Fulfilment.choices)
    service = models.CharField(_("shipping service"), max_length=40)
    currency = models.CharField(_("currency"), max_length=3)
    total = models.PositiveBigIntegerField(_("total, minor units"))

    placed_at = models.DateTimeField(_("placed at"))
    placed_on = models.DateField(_("placed on, day of the marketplace"))
    received_at = models.DateTimeField(_("received at"))
    cancel_window_ends_at = models.DateTimeField(_("buyer-cancel window ends at"))
    cancel_window_closed_at = models.DateTimeField(_("buyer-cancel window closed at"), null=True)
    authorise_by = models.DateTimeField(_("authorisation limit"))
    authorised_at = models.DateTimeField(_("authorised at"), null=True)
    ship_by = models.DateTimeField(_("ship by"), null=True)
    confirm_deadline = models.DateTimeField(_("confirmation deadline"), null=True)
    warn_at = models.DateTimeField(_("warning before the deadline"), null=True)
    warned_at = models.DateTimeField(_("warned at"), null=True)
    calendar = models.CharField(_("calendar the deadlines were counted with"), max_length=40, blank=True)
    shipped_at = models.DateTimeField(_("wholly confirmed at"), null=True)
    printed_at = models.DateTimeField(_("packing slip printed at"), null=True)
    canceled_at = models.DateTimeField(_("canceled at"), null=True)
    canceled_by = models.CharField(_("canceled by"), max_length=11, choices=CanceledBy.choices, blank=True)
    cancel_reason = models.CharField(
        _("cancel reason"), max_length=25, choices=CancelReason.choices, blank=True
    )
    is_cancel_defect = models.BooleanField(_("counts against the cancellation rate"), default=False)
    is_shipped_late = models.BooleanField(
        _("confirmed after the ship-by date"), default=False, db_default=False
    )
    is_untraced = models.BooleanField(
        _("has a package without a valid tracking number"), default=False, db_default=False
    )

    buyer_name = models.CharField(_("buyer"), max_length=150)
    buyer_email = models.EmailField(_("buyer's e-mail"), max_length=254)
    buyer_language = models.CharField(_("buyer's language"), max_length=10, default="en")
    recipient = models.CharField(_("recipient"), max_length=150)
    address_1 = models.CharField(_("address line 1"), max_length=200)
    address_2 = models.CharField(_("address line 2"), max_length=200, blank=True)
    address_3 = models.CharField(_("address line 3"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    state = models.CharField(_("state or region"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2)
    relay_phone = models.CharField(_("relay phone number"), max_length=20, blank=True)
    relay_extension = models.CharField(_("relay phone extension"), max_length=8, blank=True)
    phone_until = models.DateTimeField(_("relay phone works until"), null=True)
    charge_refused_at = models.DateTimeField(_("last charge refused at"), null=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = ORDER_CONSTRAINTS
        indexes = ORDER_INDEXES
        triggers = [
            pgtrigger.FSM(
                name="moves",
                field="status",
                transitions=[(str(old), str(new)) for old, news in MOVES.items() for new in sorted(news)],
            ),
            pgtrigger.ReadOnly(
                name="placed_facts",
                fields=["seller", "channel", "number", "reference", "placed_at", "placed_on", "currency"],
            ),
            *COUNT_TRIGGERS,
            *DAY_TRIGGERS,
            *ORDER_TRIGGERS,
        ]

    def __str__(self) -> str:
        return self.number


class OrderItem(ItemExtras):
    """One line of an order. Amounts are for all its units together, as the buyer saw them when ordering."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="items", verbose_name=_("order"))
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    listing = models.ForeignKey(
        Listing, on_delete=models.PROTECT, related_name="items", verbose_name=_("listing")
    )
    number = models.CharField(_("order item number"), max_length=14, unique=True)
    sku = models.CharField(_("SKU"), max_length=40)
    asin = models.CharField(_("ASIN"), max_length=10, blank=True)
    title = models.CharField(_("title"), max_length=500)
    handling_days = models.PositiveSmallIntegerField(_("handling time, business days"))
    quantity = models.PositiveIntegerField(_("quantity"))
    price = models.PositiveBigIntegerField(_("price"))
    tax = models.PositiveBigIntegerField(_("tax"), default=0)
    shipping = models.PositiveBigIntegerField(_("shipping"), default=0)
    shipping_tax = models.PositiveBigIntegerField(_("shipping tax"), default=0)
    units_shipped = models.PositiveIntegerField(_("units shipped"), default=0)
    units_canceled = models.PositiveIntegerField(_("units canceled"), default=0)
    units_unsupplied = models.PositiveIntegerField(
        _("units that cannot be supplied"),
        default=0,
        help_text=_("Refunded although not shipped: the listing no longer holds them."),
    )

    class Meta:
        verbose_name = _("order item")
        verbose_name_plural = _("order items")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="item_at_least_one_unit"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("units_shipped") + F("units_canceled") + F("units_unsupplied")),
                name="item_units_within_quantity",
            ),
            models.CheckConstraint(
                condition=Q(
                    gift_wrap_price__lte=F("price") + F("item_discount"), gift_wrap_tax__lte=F("tax")
                ),
                name="item_gift_wrap_within_price",
            ),
        ]
        indexes = [
            models.Index(
                fields=["listing", "order"],
                condition=Q(quantity__gt=F("units_shipped") + F("units_canceled") + F("units_unsupplied")),
                name="item_holds_units",
            ),
        ]
        triggers = ITEM_TRIGGERS

    def __str__(self) -> str:
        return f"{self.sku} × {self.quantity}"

    @property
    def units_open(self) -> int:
        """Units still to be shipped, which the listing keeps reserved: not shipped, canceled or given up (I1)."""
        return self.quantity - self.units_shipped - self.units_canceled - self.units_unsupplied

    @property
    def units_kept(self) -> int:
        """Units that were not canceled: those that the buyer pays for (O12)."""
        return self.quantity - self.units_canceled
