"""Orders as they arrive: for the intake itself, as a channel's JSON, and as the lines of an order report."""

import csv
import random
import uuid
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from accounts.models import Seller
from accounts.money import Money
from benchmarks.stories import ITEMS, MINUTE, UNITS
from inventory.models import Fulfilment, Listing
from orders.entry.cart import Item, NewOrder


def orders(seller: Seller, count: int, *, now: datetime) -> list[NewOrder]:
    """So many new orders of the seller's own listings, placed a few minutes ago."""
    chance = random.Random(now.isoformat())
    listings = list(seller.listings.filter(fulfilment=Fulfilment.MFN))
    return [_order(chance, listings, now) for _place in range(count)]


def _order(chance: random.Random, listings: Sequence[Listing], now: datetime) -> NewOrder:
    return NewOrder(
        reference=uuid.UUID(int=chance.getrandbits(128)).hex,
        placed_at=now - chance.randint(1, 20) * MINUTE,
        currency=listings[0].currency,
        service="Standard",
        buyer_name="Ada Buyer",
        buyer_email="ada@example.org",
        recipient="Ada Buyer",
        address_1="1 Main Street",
        city="Springfield",
        state="IL",
        postal_code="62701",
        country="US",
        payment_token="tok_approve",
        items=tuple(
            _item(listing, chance.choice(UNITS)) for listing in chance.sample(listings, chance.choice(ITEMS))
        ),
    )


def _item(listing: Listing, units: int) -> Item:
    price = listing.price * units
    return Item(sku=listing.sku, quantity=units, price=price, tax=price * 8 // 100, shipping=399)


def document(new: NewOrder, seller: Seller) -> dict[str, Any]:
    """The order as a channel hands it in (docs/channels.md)."""
    texts = {name: getattr(new, name) for name in ("reference", "currency", "service", "payment_token")}
    return {
        **texts,
        **{name: value for name, value in new.address_fields().items() if value},
        "seller": seller.slug,
        "placed_at": new.placed_at.isoformat(),
        "items": [
            {"sku": item.sku, "quantity": item.quantity, **_amounts(item, new.currency)} for item in new.items
        ],
    }


def report(news: Sequence[NewOrder], file: Path) -> None:
    """The orders as the marketplace's order report, one line an item."""
    rows = [_line(new, item, place) for new in news for place, item in enumerate(new.items)]
    with file.open("w", newline="") as stream:
        lines = csv.DictWriter(stream, list(rows[0]), delimiter="\t")
        lines.writeheader()
        lines.writerows(rows)


def _line(new: NewOrder, item: Item, place: int) -> dict[str, object]:
    number = _number(new)
    amounts = _amounts(item, new.currency)
    return {
        "order-id": number,
        "order-item-id": f"{number[4:11]}{number[12:18]}{place}",
        "purchase-date": new.placed_at.isoformat(timespec="seconds"),
        "payments-date": new.placed_at.isoformat(timespec="seconds"),
        "buyer-email": new.buyer_email,
        "buyer-name": new.buyer_name,
        "sku": item.sku,
        "product-name": "Enamel mug",
        "quantity-purchased": item.quantity,
        "currency": new.currency,
        "item-price": amounts["price"],
        "item-tax": amounts["tax"],
        "shipping-price": amounts["shipping"],
        "shipping-tax": amounts["shipping_tax"],
        "ship-service-level": new.service,
        "recipient-name": new.recipient,
        "ship-address-1": new.address_1,
        "ship-address-2": "",
        "ship-address-3": "",
        "ship-city": new.city,
        "ship-state": new.state,
        "ship-postal-code": new.postal_code,
        "ship-country": new.country,
    }


def _number(new: NewOrder) -> str:
    """An order number that follows from the reference."""
    digits = f"{int(new.reference, 16) % (9 * 10**16) + 10**16}"
    return f"{digits[:3]}-{digits[3:10]}-{digits[10:]}"


def _amounts(item: Item, currency: str) -> dict[str, str]:
    names = ("price", "tax", "shipping", "shipping_tax")
    return {name: Money(getattr(item, name), currency).plain for name in names}
