"""The signed link that opens a buyer's own order page: whoever holds it acts as the buyer (ADR 0004)."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from orders.models import Order

SIGNER = Signer(salt="orders.buyer_links", sep=".")


def token_of(order: Order) -> str:
    """The signed order number; it opens this order and no other, on this page and no other."""
    return SIGNER.sign(order.number)


def path_for(order: Order) -> str:
    """The address of the page within the portal."""
    return reverse("buyer:order", args=[token_of(order)])


def url_for(order: Order) -> str:
    """The whole address, as it stands in a mail to the buyer."""
    return f"{settings.PUBLIC_BASE_URL}{path_for(order)}"


def order_of(token: str) -> Order:
    """The order that the link opens, with what its page shows.

    Raises Order.DoesNotExist for a link that was made up, changed, or whose order is gone.
    """
    try:
        number = SIGNER.unsign(token)
    except BadSignature:
        raise Order.DoesNotExist from None
    return Order.objects.select_related("seller__marketplace", "channel", "payment").get(number=number)
