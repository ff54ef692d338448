"""What twins put in place of a guard: a read without its lock, at which all who race meet before they go on."""

from inventory.models import Listing, ListingQuerySet
from orders.models import Order
from orders.models.order import OrderQuerySet
from tests.helpers import meet


def unlocked_order(self: OrderQuerySet, pk: int) -> Order:
    order = self.get(pk=pk)
    meet()
    return order


def unlocked_due(self: OrderQuerySet, limit: int) -> list[Order]:
    orders = list(self[:limit])
    meet()
    return orders


def unlocked_listings(self: ListingQuerySet, pks: set[int]) -> dict[int, Listing]:
    found = {listing.pk: listing for listing in self.filter(pk__in=pks).order_by("pk")}
    meet()
    return found
