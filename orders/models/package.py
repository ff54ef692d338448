"""What left, how, and which units were in it (O14)."""

from django.conf import settings
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Func, Q, TextField, Value
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, ActorKind, Source
from accounts.models import Seller
from orders.carriers import OTHER
from orders.models.order import Order, OrderItem

BARE = Upper(
    Func("tracking_number", Value(" .-"), Value(""), function="translate", output_field=TextField()),
    output_field=TextField(),
)
"""The tracking number as it is looked up: in capitals, without the blanks, dots and dashes that carriers print."""


class Package(models.Model):
    """A parcel of an order. It counts as confirmed from `confirmed_at`.

    Until then it waits for the charge that its confirmation asked for: the intent is on record before the
    payment provider is called, so that a crash between the two can be finished by a sweep.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="packages", db_index=False)
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField(_("package number"))
    request_key = models.UUIDField(_("key of the form it came from"))
    ship_date = models.DateField(_("ship date"))
    carrier = models.CharField(_("carrier"), max_length=40)
    carrier_name = models.CharField(_("carrier's name"), max_length=50, blank=True)
    service = models.CharField(_("shipping service"), max_length=60, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=60, blank=True)
    requested_at = models.DateTimeField(_("confirmation asked for at"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    requested_kind = models.CharField(_("acting as"), max_length=11, choices=ActorKind.choices)
    requested_source = models.CharField(_("from where"), max_length=8, choices=Source.choices)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="package_number_once"),
            models.CheckConstraint(
                condition=~Q(carrier=OTHER) | ~Q(carrier_name=""), name="package_other_carrier_named"
            ),
        ]
        indexes = [
            models.Index("seller", OpClass(BARE, name="text_pattern_ops"), name="package_tracking_bare"),
            # The marketplace's staff look for it whoever sold the order.
            models.Index(BARE, name="package_tracking_any"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} #{self.number}"

    @property
    def confirmed_by(self) -> Actor:
        """Who asked for the confirmation, also when a sweep finishes it."""
        return Actor(ActorKind(self.requested_kind), self.requested_by, Source(self.requested_source))

    @property
    def carrier_label(self) -> str:
        """The carrier as a person would say it."""
        return self.carrier_name or self.carrier


class PackageUnit(models.Model):
    """Some units of one item in a package."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="units", db_index=False)
    item = models.ForeignKey(OrderItem, on_delete=models.PROTECT, related_name="package_units")
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "item"], name="package_unit_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="package_unit_at_least_one"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} × {self.quantity}"
