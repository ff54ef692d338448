"""Kinds of batches for the tests: each row puts units on hand, so that one done twice shows."""

from django.db import transaction

from accounts.models import Right
from batches.kinds import Kind, done, later, refused
from inventory import stock
from inventory.models import Listing, MovementKind
from tests.crashes import die

DEADLY = "kills"
WAITS = "waits"
BREAKS = "breaks"


def put(batch, row, *, actor, now):
    """So many units for the SKU; a negative number is refused, after the change was begun."""
    if row.waits < row.data.get(WAITS, 0):
        return later("Not yet.", "90002")
    listing = Listing.objects.get(seller=batch.seller, sku=row.subject)
    units = row.data["units"]
    with transaction.atomic():
        stock.add(listing, abs(units), kind=MovementKind.EDIT, now=now, actor=actor)
    if row.data.get(DEADLY):
        die()
    if row.data.get(BREAKS):
        raise RuntimeError(BREAKS)
    return done(f"{units} more") if units > 0 else refused("No.", "90001", "units")


ADD = Kind("Put units on hand", Right.SHIP, put)
OUTSIDE = Kind(
    "Put units on hand, outside", Right.SHIP, put, check=lambda *_, **__: done("would"), is_atomic=False
)
OWNED = Kind("Put units on hand, from a page", Right.SHIP, put, home=lambda batch: f"/of/{batch.key}/")
