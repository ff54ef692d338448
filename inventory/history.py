"""What was done to a listing, by whom: written with each change, and read where somebody asks why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.actors import Actor
from inventory.models import ChangeKind, Listing, ListingChange, StockMovement

Cause = StockMovement | ListingChange
"""What explains that a listing is no longer what a page showed."""


@dataclass(frozen=True)
class Values:
    """What changes from what to what, by the name of the field."""

    old: Mapping[str, Any]
    new: Mapping[str, Any]


NOTHING = Values({}, {})


def change(
    listing: Listing, kind: ChangeKind, values: Values = NOTHING, *, actor: Actor, now: datetime
) -> ListingChange:
    """The row for a change that brought the listing to its version; not yet saved."""
    return ListingChange(
        listing=listing,
        seller_id=listing.seller_id,
        kind=kind,
        old=dict(values.old),
        new=dict(values.new),
        version=listing.version,
        actor=actor.user,
        actor_kind=actor.kind,
        source=actor.source,
        at=now,
    )


def latest(listing: Listing) -> Cause | None:
    """The last change of what an open page shows: of the stock that is there, or of the listing itself."""
    moved = listing.movements.exclude(on_hand=0).select_related("actor").order_by("-at", "-pk").first()
    changed = listing.changes.select_related("actor").order_by("-at", "-pk").first()
    found = [each for each in (changed, moved) if each is not None]
    return max(found, key=lambda each: each.at, default=None)
