"""Orders and all that belongs to one: items, packages, events, requests, kept counts."""

from orders.models.count import OrderCount
from orders.models.event import OrderEvent
from orders.models.memo import Memo
from orders.models.note import OrderNote
from orders.models.order import Order, OrderItem
from orders.models.package import Package, PackageUnit
from orders.models.request import CancelRequest
from orders.models.saved_view import DeskPreference, SavedView

__all__ = [
    "CancelRequest",
    "DeskPreference",
    "Memo",
    "Order",
    "OrderCount",
    "OrderEvent",
    "OrderItem",
    "OrderNote",
    "Package",
    "PackageUnit",
    "SavedView",
]
