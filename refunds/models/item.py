"""What was charged for an item and how much of it is refunded: the database's own guard of R3."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from orders.charges import COMPONENTS
from orders.models import OrderItem


def _within_charge() -> Q:
    """0 ≤ refunded ≤ charged for each component; what is unsigned is never below zero."""
    whole = Q(units_refunded__lte=F("units_charged"))
    for component in COMPONENTS:
        whole &= Q(**{f"refunded_{component}__lte": F(f"charged_{component}")})
    return whole


class ItemRefunds(models.Model):
    """One item's charge, and what of it went back or is on its way; made with the item's first refund.

    `books.py` alone writes it, by sums in the database, so that the constraint holds whoever forgets the lock.
    """

    item = models.OneToOneField(OrderItem, on_delete=models.PROTECT, related_name="refunds")
    units_charged = models.PositiveIntegerField()
    charged_price = models.PositiveBigIntegerField()
    charged_tax = models.PositiveBigIntegerField()
    charged_shipping = models.PositiveBigIntegerField()
    charged_shipping_tax = models.PositiveBigIntegerField()
    units_refunded = models.PositiveIntegerField(default=0)
    refunded_price = models.PositiveBigIntegerField(default=0)
    refunded_tax = models.PositiveBigIntegerField(default=0)
    refunded_shipping = models.PositiveBigIntegerField(default=0)
    refunded_shipping_tax = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=_within_charge(), name="refunds_within_charge")]
        triggers = [
            pgtrigger.ReadOnly(
                name="charged_facts",
                fields=["item", "units_charged", *[f"charged_{component}" for component in COMPONENTS]],
            ),
        ]

    def __str__(self) -> str:
        return str(self.item_id)
