"""Add, edit, close and reopen listings: the writer of what a listing says; `stock.py` writes its figures.

Many at once are locked together in primary-key order and judged each by itself: one refusal stops no other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Seller
from inventory import history, stock
from inventory.history import Values
from inventory.models import ChangeKind, Fulfilment, Listing, ListingChange, MovementKind
from inventory.refusals import NotPossible, Refused, SkuTaken

MOST_AT_ONCE = 100
MOST_UNITS = 9_999_999
SKU_ONCE = "listing_sku_once"
FIELDS = ("price", "title", "handling_days", "low_stock_at")


@dataclass(frozen=True)
class Draft:
    """A listing as it is to begin."""

    sku: str
    title: str
    price: int
    asin: str = ""
    handling_days: int = 1
    low_stock_at: int = 3
    fulfilment: Fulfilment = Fulfilment.MFN


@dataclass(frozen=True)
class Edit:
    """What is to change; None leaves a thing as it is. Made from the version that was seen, if from a page."""

    seen_version: int | None
    on_hand: int | None = None
    price: int | None = None
    title: str | None = None
    handling_days: int | None = None
    low_stock_at: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one of many: the listing as it is now, and why it was not changed."""

    listing: Listing
    refusal: Refused | None = None
    changed: bool = False


@transaction.atomic
def add(seller: Seller, draft: Draft, *, on_hand: int = 0, actor: Actor, now: datetime) -> Listing:
    """A new listing with its opening stock. Raises SkuTaken, and MarketplaceCounts for stock that is not theirs."""
    listing = Listing(seller=seller, currency=seller.marketplace.currency, **asdict(draft))
    if on_hand:
        stock.check_on_hand(listing, on_hand, kind=MovementKind.EDIT, actor=actor)
    try:
        with transaction.atomic():
            listing.save(force_insert=True)
    except IntegrityError as error:
        if SKU_ONCE not in str(error):
            raise
        raise SkuTaken(draft.sku) from None
    if on_hand:
        listing = stock.add(listing, on_hand, kind=MovementKind.EDIT, now=now, actor=actor)
    values = Values({}, {name: getattr(draft, name) for name in FIELDS})
    history.change(listing, ChangeKind.CREATED, values, actor=actor, now=now).save(force_insert=True)
    return listing


@transaction.atomic
def edit(listing: Listing, wanted: Edit, *, actor: Actor, now: datetime) -> Listing:
    """Change what the edit names, all or nothing. Returns the re-read listing.

    Raises StaleListing where it was made from another version (I2), BelowReserved and MarketplaceCounts.
    """
    listing = Listing.objects.lock({listing.pk})[listing.pk]
    _check(listing, wanted, actor)
    _write([(listing, wanted)], actor=actor, now=now)
    return listing


@transaction.atomic
def edit_many(
    seller: Seller, edits: Mapping[int, Edit], *, actor: Actor, now: datetime
) -> dict[int, Outcome]:
    """Change many of the seller's listings, {pk: edit}; what is not theirs has no outcome."""
    listings = seller.listings.lock(set(edits))
    outcomes: dict[int, Outcome] = {}
    sound = []
    for pk, listing in listings.items():
        try:
            _check(listing, edits[pk], actor)
        except Refused as refusal:
            outcomes[pk] = Outcome(listing, refusal)
        else:
            outcomes[pk] = Outcome(listing, changed=_is_change(listing, edits[pk]))
            sound.append((listing, edits[pk]))
    _write(sound, actor=actor, now=now)
    return outcomes


def _check(listing: Listing, wanted: Edit, actor: Actor) -> None:
    """Raises Refused where this locked listing cannot be edited so."""
    stock.check_seen(listing, wanted.seen_version)
    if _moves_stock(listing, wanted):
        stock.check_on_hand(listing, wanted.on_hand or 0, kind=MovementKind.EDIT, actor=actor)


def _moves_stock(listing: Listing, wanted: Edit) -> bool:
    return wanted.on_hand is not None and wanted.on_hand != listing.on_hand


def _is_change(listing: Listing, wanted: Edit) -> bool:
    return _moves_stock(listing, wanted) or bool(_values(listing, wanted).new)


def _values(listing: Listing, wanted: Edit) -> Values:
    """What the edit changes of what the listing says."""
    asked = {name: getattr(wanted, name) for name in FIELDS}
    new = {
        name: value for name, value in asked.items() if value is not None and value != getattr(listing, name)
    }
    return Values({name: getattr(listing, name) for name in new}, new)


def _write(edits: Sequence[tuple[Listing, Edit]], *, actor: Actor, now: datetime) -> None:
    """Make the changes to listings that the caller holds, with their ledger and their history."""
    counted = [(listing, wanted.on_hand or 0) for listing, wanted in edits if _moves_stock(listing, wanted)]
    stock.put(counted, kind=MovementKind.EDIT, now=now, actor=actor)
    found = [(listing, _values(listing, wanted)) for listing, wanted in edits]
    said = [(listing, values) for listing, values in found if values.new]
    for listing, values in said:
        for name, value in values.new.items():
            setattr(listing, name, value)
        listing.version += 1
    Listing.objects.bulk_update([listing for listing, _values in said], [*FIELDS, "version"])
    ListingChange.objects.bulk_create(
        history.change(listing, ChangeKind.EDITED, values, actor=actor, now=now) for listing, values in said
    )


def close(listing: Listing, *, actor: Actor, now: datetime) -> Listing:
    """No new order can take it; what orders hold stays theirs. Raises NotPossible for one that is closed."""
    return _move(listing, ChangeKind.CLOSED, actor=actor, now=now)


def reopen(listing: Listing, *, actor: Actor, now: datetime) -> Listing:
    """It can be ordered again. Raises NotPossible for one that is open."""
    return _move(listing, ChangeKind.REOPENED, actor=actor, now=now)


@transaction.atomic
def move_many(
    seller: Seller, pks: Sequence[int], kind: ChangeKind, *, actor: Actor, now: datetime
) -> dict[int, Outcome]:
    """Close or reopen many of the seller's listings; those that are so already are refused by themselves."""
    outcomes, moved = {}, []
    for pk, listing in seller.listings.lock(set(pks)).items():
        refusal = _cannot_move(listing, kind)
        outcomes[pk] = Outcome(listing, refusal, changed=not refusal)
        if not refusal:
            moved.append(listing)
    _save_moved(moved, kind, actor, now)
    return outcomes


@transaction.atomic
def _move(listing: Listing, kind: ChangeKind, *, actor: Actor, now: datetime) -> Listing:
    listing = Listing.objects.lock({listing.pk})[listing.pk]
    if refusal := _cannot_move(listing, kind):
        raise refusal
    _save_moved([listing], kind, actor, now)
    return listing


def _cannot_move(listing: Listing, kind: ChangeKind) -> Refused | None:
    if listing.is_active == (kind == ChangeKind.CLOSED):
        return None
    sentence = _("%(sku)s is open already.") if listing.is_active else _("%(sku)s is closed already.")
    return NotPossible(sentence % {"sku": listing.sku})


def _save_moved(listings: Sequence[Listing], kind: ChangeKind, actor: Actor, now: datetime) -> None:
    """Close or reopen listings that the caller holds, and write it down."""
    for listing in listings:
        listing.is_active = kind == ChangeKind.REOPENED
        listing.version += 1
    Listing.objects.bulk_update(listings, ["is_active", "version"])
    ListingChange.objects.bulk_create(history.change(each, kind, actor=actor, now=now) for each in listings)
