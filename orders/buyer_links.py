"""The signed link that opens a buyer's own order page: whoever holds it acts as the buyer (ADR 0004).

It works until 90 days after delivery or cancellation, or until somebody revokes it: later emails carry a new one then.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from orders import history
from orders.models import Order
from orders.states import EventKind

SIGNER = Signer(salt="orders.buyer_links", sep=".")
WORKS_FOR = timedelta(days=90)
VERSION = "~"
"""Stands between the order number and the number of links that were revoked before, if any were."""


class LinkOver(Exception):
    """The link opened this order once."""

    def __init__(self, order: Order, *, is_replaced: bool) -> None:
        super().__init__()
        self.order, self.is_replaced = order, is_replaced

    def sentence(self) -> str:
        """Say why it no longer does; call it in the buyer's language."""
        if self.is_replaced:
            return _("This link was replaced. Use the one in our latest email about your order.")
        return _("This link has expired: your order was completed more than 90 days ago.")


def token_of(order: Order) -> str:
    """The signed order number; it opens this order and no other, on this page and no other."""
    version = f"{VERSION}{order.buyer_link_version}" if order.buyer_link_version else ""
    return SIGNER.sign(f"{order.number}{version}")


def path_for(order: Order) -> str:
    """The address of the page within the portal."""
    return reverse("buyer:order", args=[token_of(order)])


def url_for(order: Order) -> str:
    """The whole address, as it stands in a mail to the buyer."""
    return f"{settings.PUBLIC_BASE_URL}{path_for(order)}"


def order_of(token: str, now: datetime) -> Order:
    """The order that the link opens, with what its page shows.

    Raises Order.DoesNotExist for a link that was made up, changed, or whose order is gone; LinkOver for one that
    has expired or was revoked.
    """
    try:
        number, _mark, version = SIGNER.unsign(token).partition(VERSION)
    except BadSignature:
        raise Order.DoesNotExist from None
    order = Order.objects.select_related("seller__marketplace", "channel", "payment").get(number=number)
    if version != (str(order.buyer_link_version) if order.buyer_link_version else ""):
        raise LinkOver(order, is_replaced=True)
    if is_over(order, now):
        raise LinkOver(order, is_replaced=False)
    return order


def is_over(order: Order, now: datetime) -> bool:
    """Whether the order's links have expired; the last moment of the last day is in time."""
    if order.delivered_on:
        last_day = order.delivered_on + WORKS_FOR + timedelta(days=1)
        return now >= datetime.combine(last_day, time.min, ZoneInfo(order.seller.marketplace.time_zone))
    return order.canceled_at is not None and now > order.canceled_at + WORKS_FOR


@transaction.atomic
def revoke(order: Order, *, actor: Actor, now: datetime) -> Order:
    """Let no link that was sent so far open the order; later emails carry a new one."""
    Order.objects.filter(pk=order.pk).update(buyer_link_version=F("buyer_link_version") + 1)
    order = Order.objects.lock(order.pk)
    history.write([history.event(order, EventKind.LINK_REVOKED, actor=actor, now=now)])
    return order
