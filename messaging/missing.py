"""Looking for an order by any number that a person may have of it (O22)."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Membership, Right, SalesChannel, Seller, User
from orders.lists import search
from orders.models import Order, Package
from orders.models.package import BARE

MOST = 10


@dataclass(frozen=True)
class Search:
    """What was looked for, as it is quoted in a case, and the orders that it leads to."""

    number: str
    orders: list[Order]
    elsewhere: Seller | None


def look(text: str, seller: Seller, user: User) -> Search:
    """Orders of this number or its beginning, of a channel's reference, or with a parcel of this tracking number.

    The text is one plain line, not empty, as MissingForm cleans it.
    `elsewhere` is another seller of the same person that has the order.
    """
    number = search.number(text)
    found = _known(text, number, seller)
    elsewhere = None if found or number is None else _elsewhere(number, seller, user)
    return Search(number or text, found, elsewhere)


def _known(given: str, number: str | None, seller: Seller) -> list[Order]:
    orders = Order.objects.filter(seller=seller).order_by("-placed_at", "-pk")
    if number and search.is_whole(number):
        return list(orders.filter(number=number))
    channels = SalesChannel.objects.filter(marketplace=seller.marketplace_id)
    traced = Package.objects.alias(bare=BARE).filter(seller=seller, bare=search.bare(given) or given)
    parcels = traced.values("order")
    named = list(orders.filter(Q(channel__in=channels, reference=given) | Q(pk__in=parcels))[:MOST])
    if named or number is None:
        return named
    return list(orders.filter(number__startswith=number)[:MOST])


def _elsewhere(number: str, seller: Seller, user: User) -> Seller | None:
    """Only where the person may look anyway."""
    if not search.is_whole(number):
        return None
    memberships = Membership.objects.filter(user=user, rights__contains=[Right.VIEW])
    theirs = memberships.exclude(seller=seller).values("seller")
    order = Order.objects.filter(number=number, seller__in=theirs).select_related("seller").first()
    return order.seller if order else None
