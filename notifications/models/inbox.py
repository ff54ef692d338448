"""What a member finds in the portal."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from inventory.models import Listing
from notifications.states import Kind
from orders.models import Order, OrderEvent


class InboxItem(models.Model):
    """One thing that a member is told in the portal; its words are made when it is read."""

    key = models.CharField(_("what it is made of"), max_length=80, unique=True)
    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="inbox", verbose_name=_("member"), db_index=False
    )
    kind = models.CharField(_("about"), max_length=22, choices=Kind.choices)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    listing = models.ForeignKey(
        Listing, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    event = models.ForeignKey(
        OrderEvent, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(_("when"))
    read_at = models.DateTimeField(_("read at"), null=True)

    class Meta:
        verbose_name = _("inbox item")
        verbose_name_plural = _("inbox items")
        indexes = [
            models.Index(fields=["membership", "-at", "-id"], name="inbox_newest"),
            models.Index(fields=["membership", "-at", "-id"], condition=Q(read_at=None), name="inbox_unread"),
            models.Index(fields=["at"], name="inbox_oldest"),
        ]

    def __str__(self) -> str:
        return self.key
