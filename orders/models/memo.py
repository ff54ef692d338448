"""What the seller wrote to the buyer with a change of their order."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Seller
from orders.models.event import OrderEvent
from orders.models.order import Order

LONGEST = 1000


class Memo(models.Model):
    """Words to the buyer about one event: on their order page, and in the mail about it (R2, I4).

    They stand apart from the event since they may hold personal data, and history can never be changed.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="memos", verbose_name=_("order"))
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+", db_index=False)
    event = models.OneToOneField(
        OrderEvent, on_delete=models.PROTECT, related_name="memo", verbose_name=_("event")
    )
    text = models.CharField(_("memo to the buyer"), max_length=LONGEST)

    class Meta:
        verbose_name = _("memo to the buyer")
        verbose_name_plural = _("memos to buyers")

    def __str__(self) -> str:
        return f"{self.order_id} {self.event_id}"
