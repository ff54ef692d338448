"""What feeds there are, and the two formats that each comes in (F5)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FeedKind(models.TextChoices):
    """What the rows of a file ask for."""

    SHIP = "ship", _("Shipping confirmation")
    CANCEL = "cancel", _("Order cancellation")
    ADJUST = "adjust", _("Order adjustments")
    STOCK = "stock", _("Inventory: price and quantity")


class FeedFormat(models.TextChoices):
    """How the file is written."""

    TEXT = "text", _("Tab-delimited text")
    XML = "xml", _("XML")
