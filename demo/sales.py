"""The demo stays busy: one thing at a time happens, as chance has it, at the present moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.utils.translation import override

from accounts.models import Right
from demo import acts, market, trade
from demo.market import Shop
from demo.stage import Plan, Stage
from inventory import stock
from inventory.models import Fulfilment, MovementKind
from orders import cancel_requests, lifecycle
from orders.models import Order
from orders.models.order import OrderQuerySet
from orders.refusals import Refused
from orders.states import CancelReason, OrderStatus, RequestState

PAYMENTS = (
    ("approve", 82),
    ("pend_then_approve", 10),
    ("decline_then_approve", 5),
    ("decline", 3),
)
OPEN_REQUESTS_AT_MOST = 3
# As long as the marketplace's own warehouse takes.
PACKING = timedelta(minutes=4)


@dataclass
class Sales:
    """What can happen, and how often; where there is nothing to cancel or to ship, somebody orders."""

    rng: Random

    def step(self, now: datetime) -> str:
        """Something happens; returns what, in a line."""
        shops = market.open_shops()
        if not shops:
            return "there is no demo marketplace here: load one with load_demo"
        shop = self.rng.choices(shops, [shop.share for shop in shops])[0]
        happenings: tuple[tuple[Callable[[Shop, datetime], str], float], ...] = (
            (self._order, 70),
            (self._buyer_cancels, 6),
            (self._buyer_asks, 5),
            (self._marketplace_ships, 12),
            (self._delivery, 7),
        )
        happens = trade.chosen(happenings, self.rng)
        try:
            with override("en"):
                told = happens(shop, now) or self._order(shop, now)
        except Refused as refusal:
            told = f"refused: {refusal}"
        return f"{shop.seller.slug}: {told}"

    def _order(self, shop: Shop, now: datetime) -> str:
        pays = trade.chosen(PAYMENTS, self.rng)
        is_afn = bool(shop.skus(is_afn=True)) and self.rng.random() < trade.AFN_SHARE
        cart = trade.some_cart(shop, self.rng, is_afn=is_afn)
        told = ", ".join(f"{units} × {sku}" for sku, units in cart)
        order = Stage(self.rng).place(Plan(shop, now, cart, pays=pays), now)
        if order is None:
            return f"out of stock, no order: {told}"
        return f"order {order.number}: {told}, payment will {pays.replace('_', ' ')}"

    def _buyer_cancels(self, shop: Shop, now: datetime) -> str:
        open_windows = shop.seller.orders.filter(
            status__in=[OrderStatus.PENDING, OrderStatus.UNSHIPPED], cancel_window_ends_at__gt=now
        )
        order = self._any(open_windows)
        if order is None:
            return ""
        lifecycle.cancel(order, reason=CancelReason.BUYER_CANCELED, actor=acts.BUYER, now=now)
        return f"the buyer of {order.number} canceled inside the window"

    def _buyer_asks(self, shop: Shop, now: datetime) -> str:
        unshipped = shop.seller.orders.filter(
            status=OrderStatus.UNSHIPPED, fulfilment=Fulfilment.MFN, cancel_window_ends_at__lt=now
        )
        open_requests = unshipped.filter(cancel_requests__state=RequestState.OPEN).count()
        order = self._any(unshipped.filter(cancel_requests=None))
        if order is None or open_requests >= OPEN_REQUESTS_AT_MOST:
            return ""
        note = self.rng.choice(trade.WORDS_IN[shop.marketplace.country])
        cancel_requests.ask(order, note=note, actor=acts.BUYER, now=now)
        return f"the buyer of {order.number} asked to cancel"

    def _marketplace_ships(self, shop: Shop, now: datetime) -> str:
        order = self._any(
            shop.seller.orders.filter(
                status=OrderStatus.UNSHIPPED, fulfilment=Fulfilment.AFN, authorised_at__lt=now - PACKING
            )
        )
        if order is None:
            return ""
        acts.ship(Stage(self.rng), shop, order, now)
        return f"the marketplace shipped {order.number}"

    @transaction.atomic
    def _delivery(self, shop: Shop, now: datetime) -> str:
        for listing in shop.listings.values():
            good = shop.goods[listing.sku]
            if good.left is None and listing.available < good.store // 5:
                units, actor = good.store - listing.available, shop.someone(Right.SHIP, self.rng)
                stock.add(listing, units, kind=MovementKind.EDIT, now=now, actor=actor)
                return f"{units} × {listing.sku} delivered"
        return ""

    def _any(self, orders: OrderQuerySet) -> Order | None:
        """One of the newest of these orders, if there is one."""
        newest = list(orders.order_by("-placed_at")[:20])
        return self.rng.choice(newest) if newest else None
