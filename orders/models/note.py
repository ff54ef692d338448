"""What the seller noted for themselves about an order."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from orders.models.order import Order

LONGEST_NOTE = 1000


class OrderNote(models.Model):
    """A private note on an order, one at most. No page, mail or file for the buyer reads this table.

    `placed_at` is the order's, which never changes: lists of orders with a note walk an index of this table.
    """

    order = models.OneToOneField(
        Order, on_delete=models.PROTECT, related_name="note", verbose_name=_("order")
    )
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.CharField(_("private note"), max_length=LONGEST_NOTE)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("written by"),
    )
    at = models.DateTimeField(_("written at"))
    placed_at = models.DateTimeField(_("order placed at"))

    class Meta:
        verbose_name = _("private note")
        verbose_name_plural = _("private notes")
        indexes = [models.Index(fields=["seller", "-placed_at", "-order"], name="note_newest")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.text[:40]}"
