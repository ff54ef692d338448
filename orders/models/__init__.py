"""Orders and all that belongs to one: items, packages, events, requests, kept counts."""

from orders.models.count import OrderCount
from orders.models.day import OrderDay
from orders.models.event import OrderEvent
from orders.models.memo import Memo
from orders.models.note import OrderNote
from orders.models.order import Order, OrderItem
from orders.models.package import Package, PackageUnit
from orders.models.request import CancelRequest
from orders.models.saved_view import DeskPreference, SavedView
from orders.models.search import (
    BuyerName,
    BuyerOrder,
    OrderDigits,
    OrderFacet,
    ProductOrder,
    SoldProduct,
)

__all__ = [
    "BuyerName",
    "BuyerOrder",
    "CancelRequest",
    "DeskPreference",
    "Memo",
    "Order",
    "OrderCount",
    "OrderDay",
    "OrderDigits",
    "OrderEvent",
    "OrderFacet",
    "OrderItem",
    "OrderNote",
    "Package",
    "PackageUnit",
    "ProductOrder",
    "SavedView",
    "SoldProduct",
]
