"""The rows of an order: itself, its items, its package, the buyer's request, its history."""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from accounts.models import SalesChannel
from benchmarks.stories import DAY, MINUTE, PER_ORDER, Book, Story, day, number
from inventory.models import Fulfilment
from orders.states import EventKind, OrderStatus

S = OrderStatus
ITEM_NUMBERS, ITEM_STEP = 10**14, 61_803_398_874_989
STREETS = ("Main Street", "Elm Street", "2nd Avenue", "Harbor Road", "Mill Lane")
CITIES = (("Springfield", "IL", "62701"), ("Portland", "OR", "97201"), ("Austin", "TX", "78701"))
NAMES = ("Ada Buyer", "Lin Wei", "Joseph Okafor", "Maria da Silva", "Anna Lindqvist", "Wu Yifan")

Row = dict[str, Any]


def order(book: Book, story: Story, channel: SalesChannel) -> Row:
    """The order as it stands now."""
    return {
        "id": story.pk,
        "seller_id": book.seller.pk,
        "channel_id": channel.pk,
        "payment_id": story.pk,
        "number": number(story.pk),
        "reference": f"loaded-{story.pk}",
        "fingerprint": "0" * 64,
        "status": story.status,
        "fulfilment": story.items[0][0].fulfilment,
        "service": "Standard",
        "currency": book.market.currency,
        "total": story.total,
        "placed_at": story.placed_at,
        "placed_on": day(story.placed_at, book.market.time_zone),
        "received_at": story.placed_at,
        "shipped_at": story.shipped_at if story.status == S.SHIPPED else None,
        "canceled_at": story.canceled_at,
        "canceled_by": story.canceled_how[0],
        "cancel_reason": story.canceled_how[1],
        "is_cancel_defect": story.canceled_how[2],
        **_deadlines(book, story),
        **_buyer(story),
        **_phone(book, story),
    }


def _deadlines(book: Book, story: Story) -> Row:
    """The moments that the jobs look for; what they would have done by now is done."""
    ends, counted = story.placed_at + book.market.buyer_cancel_minutes * MINUTE, story.deadlines
    is_warned = counted and story.status == S.UNSHIPPED and counted.warn_at <= book.now
    return {
        "cancel_window_ends_at": ends,
        "cancel_window_closed_at": ends if ends < book.now else None,
        "authorise_by": story.placed_at + book.market.authorisation_days * DAY,
        "authorised_at": story.authorised_at,
        "ship_by": counted.ship_by if counted else None,
        "confirm_deadline": counted.confirm_deadline if counted else None,
        "warn_at": counted.warn_at if counted else None,
        "warned_at": counted.warn_at if counted and is_warned else None,
        "calendar": counted.calendar if counted else "",
    }


def _buyer(story: Story) -> Row:
    """Who ordered, and where it goes."""
    name, (city, state, code) = NAMES[story.pk % 6], CITIES[story.pk % 3]
    return {
        "buyer_name": name,
        "buyer_email": f"buyer{story.pk}@example.org",
        "buyer_language": "en",
        "recipient": name,
        "address_1": f"{story.pk % 977} {STREETS[story.pk % 5]}",
        "address_2": "",
        "address_3": "",
        "city": city,
        "state": state,
        "postal_code": code,
        "country": "US",
    }


def _phone(book: Book, story: Story) -> Row:
    """A relay number while the order is under way (C3, C4)."""
    is_shipped = story.shipped_at and story.status == S.SHIPPED
    until = story.shipped_at + book.market.phone_days * DAY if story.shipped_at and is_shipped else None
    works = (
        story.items[0][0].fulfilment == Fulfilment.MFN
        and story.authorised_at
        and not story.canceled_at
        and (until is None or until > book.now)
    )
    return {
        "relay_phone": book.market.relay_phone if works else "",
        "relay_extension": f"{story.pk % 10**6:06d}" if works else "",
        "phone_until": until if works else None,
    }


def items(book: Book, story: Story) -> Iterator[Row]:
    """The lines of the order."""
    for place, (listing, quantity) in enumerate(story.items):
        pk = story.pk * PER_ORDER + place
        price, tax, shipping = story.amounts[place]
        yield {
            "id": pk,
            "order_id": story.pk,
            "seller_id": book.seller.pk,
            "listing_id": listing.pk,
            "number": f"{pk * ITEM_STEP % ITEM_NUMBERS:014d}",
            "sku": listing.sku,
            "asin": listing.asin,
            "title": listing.title,
            "handling_days": listing.handling_days,
            "quantity": quantity,
            "price": price,
            "tax": tax,
            "shipping": shipping,
            "shipping_tax": 0,
            "units_shipped": story.shipped_of(place),
            "units_canceled": quantity if story.status == S.CANCELED else 0,
            "units_unsupplied": 0,
        }


def package(book: Book, story: Story, shipped_at: datetime) -> Row:
    """The one package, with all units or all but one."""
    return {
        "id": story.pk,
        "order_id": story.pk,
        "seller_id": book.seller.pk,
        "number": 1,
        "request_key": uuid.UUID(int=story.pk),
        "ship_date": day(shipped_at, book.market.time_zone),
        "carrier": "UPS",
        "carrier_name": "",
        "service": "Ground",
        "tracking_number": _tracking(story),
        "requested_at": shipped_at,
        "requested_by_id": None,
        "requested_kind": "seller",
        "requested_source": "page",
        "confirmed_at": shipped_at,
    }


def _tracking(story: Story) -> str:
    return f"1Z{story.pk:016d}"


def units(story: Story) -> Iterator[Row]:
    """What was in the package."""
    for place in range(len(story.items)):
        pk, shipped = story.pk * PER_ORDER + place, story.shipped_of(place)
        if shipped:
            yield {"id": pk, "package_id": story.pk, "item_id": pk, "quantity": shipped}


def request(book: Book, story: Story) -> Row:
    """The buyer asks to cancel (O10)."""
    return {
        "id": story.pk,
        "order_id": story.pk,
        "seller_id": book.seller.pk,
        "state": "open",
        "note": "",
        "requested_at": story.authorised_at,
        "decided_at": None,
        "decided_by_id": None,
    }


def events(book: Book, story: Story) -> Iterator[Row]:
    """The history, as the operations write it; the database adds the digests."""
    for place, (kind, at, who, statuses, details) in enumerate(_told(book, story)):
        yield {
            "id": story.pk * PER_ORDER + place,
            "order_id": story.pk,
            "seller_id": book.seller.pk,
            "kind": kind.value,
            "at": at,
            "actor_id": None,
            "actor_kind": who[0],
            "source": who[1],
            "old_status": statuses[0],
            "new_status": statuses[1],
            "details": json.dumps(details),
            "digest": "",
        }


Told = tuple[EventKind, datetime, tuple[str, str], tuple[str, str], Row]
SYSTEM, SELLER = ("system", "job"), ("seller", "page")


def _told(book: Book, story: Story) -> Iterator[Told]:
    """What happened, in its order."""
    yield EventKind.PLACED, story.placed_at, ("channel", "channel"), ("", S.PENDING.value), {}
    before = S.PENDING
    if story.authorised_at:
        before = S.UNSHIPPED
        yield EventKind.AUTHORISED, story.authorised_at, SYSTEM, (S.PENDING.value, before.value), {}
    if story.shipped_at:
        charged = {"amount": story.total, "currency": book.market.currency}
        yield EventKind.CHARGED, story.shipped_at, SELLER, ("", ""), charged
        moved = (before.value, story.status)
        yield EventKind.SHIPMENT_CONFIRMED, story.shipped_at, SELLER, moved, {"packages": [_sent(story)]}
    if story.canceled_at:
        by, reason, _is_defect = story.canceled_how
        who = SELLER if by == "seller" else (by, "page")
        yield EventKind.CANCELED, story.canceled_at, who, (before.value, story.status), {"reason": reason}


def _sent(story: Story) -> Row:
    """The package as the timeline tells it."""
    told = [
        {"sku": listing.sku, "units": story.shipped_of(place)}
        for place, (listing, _quantity) in enumerate(story.items)
    ]
    return {"number": 1, "carrier": "UPS", "tracking_number": _tracking(story), "units": told}
