"""When an order was delivered, and when its buyer's personal data goes (D1)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonalDataColumns(models.Model):
    """The clock of the buyer's data. It starts once: when the last package ships, or when the order is canceled.

    A hold keeps the data beyond its end, for a reason that the law gives (taxes); it says who set it and when.
    """

    delivered_on = models.DateField(
        _("delivered on"), null=True, help_text=_("By the carrier, or counted from the ship date.")
    )
    personal_data_expires_at = models.DateTimeField(_("personal data kept until"), null=True)
    personal_data_deleted_at = models.DateTimeField(_("personal data deleted at"), null=True)
    personal_data_hold_reason = models.CharField(
        _("personal data kept longer because"), max_length=200, blank=True, default="", db_default=""
    )
    personal_data_held_at = models.DateTimeField(_("kept longer since"), null=True)
    personal_data_held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("kept longer by"),
        db_index=False,
    )
    buyer_link_version = models.PositiveSmallIntegerField(_("buyer's links revoked"), default=0, db_default=0)

    class Meta:
        abstract = True
