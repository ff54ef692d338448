"""What is owed before anybody knows to whom: events not yet told, and what only a sweep can find."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.models import Listing
from orders.models import Order, OrderEvent


class Owed(models.Model):
    """An event that notices have not been made of yet.

    A trigger of the database writes the row with the event, in its transaction (migration 0002): whoever
    commits an event owes its notices, and there is no cursor that could pass over a slow transaction (ADR 12).
    """

    event = models.OneToOneField(
        OrderEvent,
        on_delete=models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("event"),
    )
    faults = models.PositiveSmallIntegerField(_("times it broke"), db_default=0)
    next_try_at = models.DateTimeField(_("next try at"), null=True)

    class Meta:
        verbose_name = _("owed notice")
        verbose_name_plural = _("owed notices")

    def __str__(self) -> str:
        return str(self.event_id)


class LateOrder(models.Model):
    """An order whose lateness has been told, once (O17)."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, primary_key=True, related_name="+")
    told_at = models.DateTimeField(_("told at"))

    class Meta:
        verbose_name = _("late order told of")
        verbose_name_plural = _("late orders told of")

    def __str__(self) -> str:
        return str(self.order_id)


class StockWatch(models.Model):
    """How a listing stood when it was last looked at: each crossing of a line is told once."""

    listing = models.OneToOneField(Listing, on_delete=models.PROTECT, primary_key=True, related_name="watch")
    is_low = models.BooleanField(_("low"), default=False)
    is_oversold = models.BooleanField(_("oversold"), default=False)
    crossings = models.PositiveIntegerField(_("crossings"), default=0)

    class Meta:
        verbose_name = _("watched listing")
        verbose_name_plural = _("watched listings")

    def __str__(self) -> str:
        return str(self.listing_id)
