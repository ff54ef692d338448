"""Every page on which staff act, with the permission it asks for: for an AFN order of its own (A1, O21)."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import StaffPermission
from inventory.models import Fulfilment
from refunds import returns
from tests.factories import NOON, ListingFactory
from tests.helpers import SYSTEM, authorised, ship

P = StaffPermission
PAGES: dict[str, StaffPermission] = {
    "orders_order_ship": P.SHIP,
    "orders_order_package": P.SHIP,
    "orders_order_cancel": P.CANCEL,
    "orders_order_cancel_units": P.CANCEL,
    "refunds_refund_make": P.REFUND,
    "refunds_return_start": P.RETURNS,
    "refunds_return_authorize": P.RETURNS,
    "refunds_return_receive": P.RETURNS,
    "refunds_return_close": P.RETURNS,
    "refunds_return_reopen": P.RETURNS,
    "inventory_listing_count": P.STOCK,
}


@dataclass
class Fulfilled:
    """An order that waits, one that was shipped with a return, and their listing; by whom they are shipped."""

    fulfilment: Fulfilment = Fulfilment.AFN

    def __post_init__(self) -> None:
        self.listing: Any = ListingFactory(on_hand=50, fulfilment=self.fulfilment)
        self.waiting = authorised((self.listing, 2))
        self.sold = ship(authorised((self.listing, 3)))
        words: dict[str, Any] = {"key": uuid.uuid4(), "reason": "other", "actor": SYSTEM, "now": NOON}
        self.coming = returns.ask(self.sold, {self.sold.items.get().pk: 1}, **words)

    def address(self, name: str) -> str:
        """Return the page's address, of these records."""
        args: list[Any] = [self.waiting.pk]
        if name == "inventory_listing_count":
            args = [self.listing.pk]
        elif name == "orders_order_package":
            args = [self.sold.pk, 1]
        elif name in ("refunds_refund_make", "refunds_return_start"):
            args = [self.sold.pk]
        elif name.startswith("refunds_return"):
            args = [self.sold.pk, self.coming.rma]
        return reverse(f"admin:{name}", args=args)

    def data(self, name: str) -> dict[str, Any]:
        """Return a form that does something where it may be sent."""
        return FORMS.get(name, lambda _world: {})(self)


def _package(world: Fulfilled) -> dict[str, Any]:
    return {"ship_date": "2026-11-20", "carrier": "FedEx", "tracking_number": "77"}


def _shipment(world: Fulfilled) -> dict[str, Any]:
    fields = {f"package-0-{name}": value for name, value in _package(world).items()}
    counts = {"package-TOTAL_FORMS": "1", "package-INITIAL_FORMS": "0", "key": str(uuid.uuid4())}
    return {**fields, **counts, f"package-0-units_{world.waiting.items.get().pk}": "2"}


def _units(world: Fulfilled) -> dict[str, Any]:
    pk = world.waiting.items.get().pk
    return {"reason": "pricing_error", "seen": f"{pk}:2", f"units_{pk}": "1"}


def _refund(world: Fulfilled) -> dict[str, Any]:
    words = {"key": str(uuid.uuid4()), "seen": "0", "reason": "price_error", "confirm": "1"}
    return {**words, "agreed": f"{world.sold.items.get().pk}:1,0,0,0,0"}


def _return(world: Fulfilled) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "reason": "other", f"units_{world.sold.items.get().pk}": "1"}


def _goods(world: Fulfilled) -> dict[str, Any]:
    pk = world.sold.items.get().pk
    return {f"came_{pk}": "1", f"condition_{pk}": "as_new", f"restock_{pk}": "1", "seen": "0"}


def _count(world: Fulfilled) -> dict[str, Any]:
    world.listing.refresh_from_db()
    return {"version": world.listing.version, "on_hand": "60", "reason": "delivered"}


FORMS: dict[str, Callable[[Fulfilled], dict[str, Any]]] = {
    "orders_order_ship": _shipment,
    "orders_order_package": _package,
    "orders_order_cancel": lambda _world: {"reason": "pricing_error"},
    "orders_order_cancel_units": _units,
    "refunds_refund_make": _refund,
    "refunds_return_start": _return,
    "refunds_return_receive": _goods,
    "refunds_return_close": lambda _world: {"reason": "completed"},
    "inventory_listing_count": _count,
}
NOT_NOW = ("refunds_return_authorize", "refunds_return_reopen")
"""The return is authorized and open: these steps are refused with a 409."""
