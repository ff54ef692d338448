"""The tables of inventory."""

from inventory.models.change import ChangeKind, ListingChange
from inventory.models.listing import Fulfilment, Listing, ListingQuerySet, Status
from inventory.models.movement import MovementKind, StockMovement
from inventory.models.text import ListingText

__all__ = [
    "ChangeKind",
    "Fulfilment",
    "Listing",
    "ListingChange",
    "ListingQuerySet",
    "ListingText",
    "MovementKind",
    "Status",
    "StockMovement",
]
