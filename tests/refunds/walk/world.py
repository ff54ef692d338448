"""One seller with two listings, a clock, and the paper on which every step is written."""

import contextlib
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from accounts.actors import Actor
from inventory import stock
from inventory.models import Listing, MovementKind
from orders.models import Order, Package
from orders.refusals import Refused
from orders.states import OrderStatus
from refunds.models import Refund
from refunds.states import LIVE
from tests.factories import (
    NOON,
    ChannelFactory,
    ListingFactory,
    MarketplaceFactory,
    SellerFactory,
    UserFactory,
)
from tests.refunds.walk.paper import Item, Paper, Place, Shelf
from tests.refunds.walk.provider import Desk

CHARGED = [OrderStatus.PARTIALLY_SHIPPED, OrderStatus.SHIPPED]


class World:
    """Everything that a step needs: chance, clock, actor, the paper, and what was done so far."""

    def __init__(self, currency: str, chance: random.Random, done: Counter[str]) -> None:
        self.chance, self.done, self.paper = chance, done, Paper()
        self.currency, self.now, self.desk = currency, NOON, Desk()
        self.seller = SellerFactory(marketplace=MarketplaceFactory(currency=currency, fee_basis_points=1_234))
        self.channel = ChannelFactory(marketplace=self.seller.marketplace)
        self.member = Actor.seller(UserFactory())
        self.listings = [ListingFactory(seller=self.seller, on_hand=0) for _ in range(2)]
        for listing in self.listings:
            stock.add(listing, 12, kind=MovementKind.EDIT, now=NOON, actor=self.member)
            self.paper.shelves[listing.pk] = Shelf(12)

    def orders(self, *statuses: str) -> list[Order]:
        """The seller's orders, the latest first; the pages of a seller show no others."""
        found = self.seller.orders.order_by("-pk")
        return list(found.filter(status__in=statuses) if statuses else found)

    def some_order(self, *statuses: str) -> Order | None:
        """One of the latest orders; the older ones are less often touched."""
        found = self.orders(*statuses)
        return self.chance.choice(found[: self.chance.choice([2, 6, 50])]) if found else None

    def some_item(self, order: Order) -> tuple[int, Item]:
        return self.chance.choice(list(self.paper.of(order.pk).items()))

    def listing_of(self, item: int) -> Listing:
        return Listing.objects.get(items=item)

    def attempt(self, operation: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What the operation returned; None where it refused, and then nothing may have changed."""
        with contextlib.suppress(Refused):
            result = operation(*args, now=self.now, actor=self.member, **kwargs)
            self.done[operation.__name__] += 1
            return result
        self.done[f"{operation.__name__} refused"] += 1
        return None

    def wait(self, pause: timedelta) -> datetime:
        self.now += pause
        return self.now

    def hear(self) -> None:
        """Write down what the provider answered meanwhile: charges made or refused, refunds that failed."""
        for key, contents in list(self.paper.waiting.items()):
            packages = Package.objects.filter(request_key=key)
            if packages.filter(confirmed_at=None).exists():
                continue
            if packages.exists():
                for item, units in contents.items():
                    self.paper.move(item, units, Place.SHIPPED)
            del self.paper.waiting[key]
            self.done["late answer" if packages.exists() else "late decline"] += 1
        gone = Refund.objects.filter(pk__in=list(self.paper.paid)).exclude(state__in=LIVE)
        for refund in gone.values_list("pk", flat=True):
            self.paper.take_away(refund)
