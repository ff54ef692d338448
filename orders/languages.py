"""The language in which the buyer of an order reads."""

from django.conf import settings
from django.utils import translation

from orders.models import Order


def of_buyer(order: Order) -> str:
    """The one in which they ordered, or the portal's own where it does not speak that one."""
    try:
        return translation.get_supported_language_variant(order.buyer_language)
    except LookupError:
        return settings.LANGUAGE_CODE
