"""Reserve, release and take units (I1, I3, I5): the writer of a listing's figures; `rebuild.py` alone corrects them.

Every function is called inside the transaction of the change that moves the stock, holds the listings in
primary-key order (after the order, if there is one), and leaves a ledger row for each line.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, ActorKind
from inventory import history
from inventory.models import Fulfilment, Listing, MovementKind, StockMovement
from inventory.refusals import BelowReserved, MarketplaceCounts, StaleListing


@dataclass(frozen=True)
class Line:
    """Some units of a listing, for an order."""

    listing_id: int
    units: int
    order_number: str


class OutOfStock(Exception):
    """Fewer units are available than were asked for; says which and how many."""

    def __init__(self, listing: Listing, asked: int) -> None:
        self.sku, self.asked = listing.sku, asked
        self.available = listing.available if listing.is_active else 0
        super().__init__(
            _("%(sku)s: %(asked)d asked for, %(available)d available.")
            % {"sku": self.sku, "asked": asked, "available": self.available}
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
    """The first listing of which the cart, all its lines together, wants more than is available.

    Nothing is of one that was closed while the order came in.
    """
    wanted: Counter[int] = Counter()
    for line in cart:
        wanted[line.listing_id] += line.units
    short = (
        pk
        for pk, units in wanted.items()
        if units > listings[pk].available or (units and not listings[pk].is_active)
    )
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


def add(
    listing: Listing, units: int, *, kind: MovementKind, now: datetime, actor: Actor, order_number: str = ""
) -> Listing:
    """Put units on hand: a delivery, a return, a count or the opening stock. Returns the re-read listing."""
    line = Line(listing.pk, units, order_number)
    return _apply([line], lambda _listing, _line: (units, 0), kind=kind, now=now, actor=actor)[listing.pk]


@transaction.atomic
def set_on_hand(
    listing: Listing,
    on_hand: int,
    *,
    seen_version: int | None,
    kind: MovementKind = MovementKind.EDIT,
    reason: str = "",
    now: datetime,
    actor: Actor,
) -> Listing:
    """So many units are there: an edit sets on hand, never available (I2). Returns the re-read listing.

    `seen_version` is the one of the page that this was asked from; None, from a file, was made from none.
    Raises StaleListing, MarketplaceCounts, and BelowReserved unless it is a stock count: what was counted is
    true, also where orders hold more (I4).
    """
    listing = Listing.objects.lock({listing.pk})[listing.pk]
    check_seen(listing, seen_version)
    check_on_hand(listing, on_hand, kind=kind, actor=actor)
    if on_hand == listing.on_hand and kind != MovementKind.COUNT:
        return listing
    return put([(listing, on_hand)], kind=kind, reason=reason, now=now, actor=actor)[0]


def check_seen(listing: Listing, seen_version: int | None) -> None:
    """Raises StaleListing for a page that shows another version of this locked listing (I2)."""
    if seen_version is not None and listing.version != seen_version:
        raise StaleListing(seen_version, listing, history.latest(listing))


def check_on_hand(listing: Listing, on_hand: int, *, kind: MovementKind, actor: Actor) -> None:
    """Raises MarketplaceCounts or BelowReserved where this locked listing cannot be set to so many (I2)."""
    if listing.fulfilment == Fulfilment.AFN and actor.kind == ActorKind.SELLER:
        raise MarketplaceCounts(listing)
    if on_hand < listing.reserved and kind != MovementKind.COUNT:
        raise BelowReserved(listing, on_hand)


def put(
    counts: Sequence[tuple[Listing, int]],
    *,
    kind: MovementKind,
    reason: str = "",
    now: datetime,
    actor: Actor,
) -> list[Listing]:
    """Set the on hand of listings that the caller holds; a ledger row for each, also for a count that agrees."""
    moved = []
    for listing, on_hand in counts:
        moved.append((Line(listing.pk, on_hand, ""), (on_hand - listing.on_hand, 0)))
        listing.version += on_hand != listing.on_hand
        listing.on_hand = on_hand
    listings = [listing for listing, _on_hand in counts]
    _save({each.pk: each for each in listings}, moved, kind=kind, now=now, actor=actor, reason=reason)
    return listings


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
