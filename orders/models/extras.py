"""Columns for what an order may say beyond goods, buyer and ship-to; empty where it says nothing."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderExtras(models.Model):
    """Said of the whole order: business orders, replacements, taxes, wishes for the delivery."""

    is_business = models.BooleanField(_("business order"), default=False, db_default=False)
    is_prime = models.BooleanField(_("Prime order"), default=False, db_default=False)
    is_replacement = models.BooleanField(_("replacement"), default=False, db_default=False)
    is_signature_recommended = models.BooleanField(
        _("signature on delivery recommended"), default=False, db_default=False
    )
    buyer_company = models.CharField(_("company"), max_length=150, blank=True, default="", db_default="")
    purchase_order_number = models.CharField(
        _("purchase order number"), max_length=60, blank=True, default="", db_default=""
    )
    original_order = models.CharField(
        _("replaces order"), max_length=40, blank=True, default="", db_default=""
    )
    ioss_number = models.CharField(_("IOSS number"), max_length=40, blank=True, default="", db_default="")
    tax_collection_model = models.CharField(
        _("tax collection model"), max_length=60, blank=True, default="", db_default=""
    )
    tax_collection_party = models.CharField(
        _("tax collected by"), max_length=100, blank=True, default="", db_default=""
    )
    delivery_instructions = models.CharField(
        _("delivery instructions"), max_length=500, blank=True, default="", db_default=""
    )

    class Meta:
        abstract = True


class ItemExtras(models.Model):
    """Said of one line: gift, customization, discounts. Amounts are whole minor units for all its units.

    The gift wrap is included in the line's price and tax, so that it is charged and refunded with them; the discounts
    were taken off price and shipping before.
    """

    gift_wrap_price = models.PositiveBigIntegerField(
        _("gift wrap, included in the price"), default=0, db_default=0
    )
    gift_wrap_tax = models.PositiveBigIntegerField(
        _("tax on the gift wrap, included in the tax"), default=0, db_default=0
    )
    item_discount = models.PositiveBigIntegerField(
        _("discount, taken off the price"), default=0, db_default=0
    )
    shipping_discount = models.PositiveBigIntegerField(
        _("discount, taken off the shipping"), default=0, db_default=0
    )
    gift_wrap_type = models.CharField(_("gift wrap"), max_length=60, blank=True, default="", db_default="")
    gift_message = models.CharField(_("gift message"), max_length=500, blank=True, default="", db_default="")
    customization_url = models.CharField(
        _("customization"), max_length=2000, blank=True, default="", db_default=""
    )
    price_designation = models.CharField(
        _("price designation"), max_length=60, blank=True, default="", db_default=""
    )

    class Meta:
        abstract = True

    @property
    def is_gift(self) -> bool:
        """Whether it is to be wrapped, or has a message for the recipient."""
        return bool(self.gift_wrap_type or self.gift_message or self.gift_wrap_price)
