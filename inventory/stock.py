"""Reserve, release and take units (I1, I3, I5): the writer of a listing's figures; `rebuild.py` alone corrects them.

Every function is called inside the transaction of the change that moves the stock, holds the listings in
primary-key order (after the order, if there is one), and leaves a ledger row for each line.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from accounts.actors import Actor
from inventory.models import Listing, MovementKind, StockMovement


@dataclass(frozen=True)
class Line:
    """Some units of a listing, for an order."""

    listing_id: int
    units: int
    order_number: str


class OutOfStock(Exception):
    """Fewer units are available than were asked for; says which and how many."""

    def __init__(self, listing: Listing, asked: int) -> None:
        self.sku, self.asked, self.available = listing.sku, asked, listing.available
        super().__init__(
            _("%(sku)s: %(asked)d asked for, %(available)d available.")
            % {"sku": listing.sku, "asked": asked, "available": listing.available}
        )


Delta = tuple[int, int]

STORE = """
    UPDATE inventory_listing AS listing SET on_hand = new.on_hand, reserved = new.reserved, version = new.version
    FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::int[]) AS new (id, on_hand, reserved, version)
    WHERE listing.id = new.id
"""


def reserve(carts: Sequence[Sequence[Line]], *, now: datetime, actor: Actor) -> list[OutOfStock | None]:
    """Hold the units of new orders at once, before their payment is known (I1); each cart whole or not at all.

    Returns for each cart None, or what it asks for that is not available; nothing of it is held then (I3).
    """
    listings = Listing.objects.lock({line.listing_id for cart in carts for line in cart})
    outcomes, held = [], []
    for cart in carts:
        shortage = _shortage(listings, cart)
        outcomes.append(shortage)
        for line in [] if shortage else cart:
            listings[line.listing_id].reserved += line.units
            held.append((line, (0, line.units)))
    _save(listings, held, kind=MovementKind.ORDER, now=now, actor=actor)
    return outcomes


def _shortage(listings: dict[int, Listing], cart: Sequence[Line]) -> OutOfStock | None:
    """The first listing of which the cart, all its lines together, wants more than is available."""
    wanted: Counter[int] = Counter()
    for line in cart:
        wanted[line.listing_id] += line.units
    short = (pk for pk, units in wanted.items() if units > listings[pk].available)
    return next((OutOfStock(listings[pk], wanted[pk]) for pk in short), None)


def release(lines: Sequence[Line], *, restock: bool, reason: str, now: datetime, actor: Actor) -> None:
    """Let go of units that will not ship; without `restock` they cannot be sold again (I5).

    They are then written off, as far as there are more on hand than the other orders hold: what those hold
    was counted, and stays theirs (I4).
    """

    def delta(listing: Listing, line: Line) -> Delta:
        unheld = listing.on_hand - (listing.reserved - line.units)
        return (0 if restock else -min(line.units, max(unheld, 0))), -line.units

    _apply(lines, delta, kind=MovementKind.CANCEL, now=now, actor=actor, reason=reason)


def take(lines: Sequence[Line], *, now: datetime, actor: Actor) -> None:
    """The units have left with a confirmed shipment.

    On hand never falls below zero: a seller who ships a unit that the count says is not there had it.
    """

    def delta(listing: Listing, line: Line) -> Delta:
        return -min(line.units, listing.on_hand), -line.units

    _apply(lines, delta, kind=MovementKind.SHIPMENT, now=now, actor=actor)


def add(listing: Listing, units: int, *, kind: MovementKind, now: datetime, actor: Actor) -> Listing:
    """Put units on hand: a delivery, a stock count or the opening stock. Returns the re-read listing."""
    line = Line(listing.pk, units, "")
    return _apply([line], lambda _listing, _line: (units, 0), kind=kind, now=now, actor=actor)[listing.pk]


def _apply(
    lines: Sequence[Line],
    delta: Callable[[Listing, Line], Delta],
    *,
    kind: MovementKind,
    now: datetime,
    actor: Actor,
    reason: str = "",
) -> dict[int, Listing]:
    """Lock the listings, change their figures line by line, and write the ledger."""
    listings = Listing.objects.lock({line.listing_id for line in lines})
    moved = []
    for line in lines:
        listing = listings[line.listing_id]
        on_hand, reserved = delta(listing, line)
        listing.on_hand += on_hand
        listing.reserved += reserved
        listing.version += on_hand != 0
        moved.append((line, (on_hand, reserved)))
    _save(listings, moved, kind=kind, now=now, actor=actor, reason=reason)
    return listings


def _save(
    listings: dict[int, Listing],
    moved: Sequence[tuple[Line, Delta]],
    *,
    kind: MovementKind,
    now: datetime,
    actor: Actor,
    reason: str = "",
) -> None:
    """Save the figures and a ledger row for each line as one; the caller holds the listings."""
    movements = [
        StockMovement(
            listing_id=line.listing_id,
            seller_id=listings[line.listing_id].seller_id,
            kind=kind,
            on_hand=on_hand,
            reserved=reserved,
            order_number=line.order_number,
            reason=reason,
            actor=actor.user,
            actor_kind=actor.kind,
            source=actor.source,
            at=now,
        )
        for line, (on_hand, reserved) in moved
    ]
    _store({line.listing_id: listings[line.listing_id] for line, _delta in moved}.values())
    StockMovement.objects.bulk_create(movements)


def _store(listings: Collection[Listing]) -> None:
    """One statement for all: `bulk_update` builds a CASE for each figure, which took half of a batch's time."""
    columns = zip(*((each.pk, each.on_hand, each.reserved, each.version) for each in listings), strict=True)
    with connection.cursor() as cursor:
        if listings:
            cursor.execute(STORE, [list(column) for column in columns])
