"""Records for tests. Nothing is hidden: a test states what it cares about, the rest is plain."""

from datetime import UTC, datetime, timedelta
from typing import Any

import factory

from accounts.models import Marketplace, Membership, Right, SalesChannel, Seller, User
from inventory.models import Listing
from orders.entry.cart import Item


class UserFactory(factory.django.DjangoModelFactory):
    """A person with the password "correct horse battery"."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password("correct horse battery")


class MarketplaceFactory(factory.django.DjangoModelFactory):
    """The US marketplace, in New York's time."""

    class Meta:
        model = Marketplace

    slug = factory.Sequence(lambda n: f"market-{n}")
    name = "Shipby US"
    country = "US"
    time_zone = "America/New_York"
    currency = "USD"
    relay_phone = "+1 206 555 0100"
    service_name = "Shipby Customer Service"
    service_email = "service@example.com"


class SellerFactory(factory.django.DjangoModelFactory):
    """A professional seller."""

    class Meta:
        model = Seller

    marketplace = factory.SubFactory(MarketplaceFactory)
    slug = factory.Sequence(lambda n: f"seller-{n}")
    name = factory.Sequence(lambda n: f"Seller {n}")


class MembershipFactory(factory.django.DjangoModelFactory):
    """A member with every right."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    seller = factory.SubFactory(SellerFactory)
    rights = factory.LazyFunction(lambda: list(Right.values))


class ChannelFactory(factory.django.DjangoModelFactory):
    """A sales channel."""

    class Meta:
        model = SalesChannel

    marketplace = factory.SubFactory(MarketplaceFactory)
    slug = factory.Sequence(lambda n: f"channel-{n}")
    name = "Shipby.com"


class ListingFactory(factory.django.DjangoModelFactory):
    """Ten units on hand at 10.00, one business day of handling."""

    class Meta:
        model = Listing

    seller = factory.SubFactory(SellerFactory)
    sku = factory.Sequence(lambda n: f"SKU-{n}")
    asin = factory.Sequence(lambda n: f"B{n:09d}")
    title = factory.Sequence(lambda n: f"Thing {n}")
    price = 1000
    currency = factory.LazyAttribute(lambda listing: listing.seller.marketplace.currency)
    on_hand = 10


NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
"""Noon of a Friday in New York."""

MINUTE = timedelta(minutes=1)


def gift_item(listing: Listing, units: int = 1) -> Item:
    """A wrapped line with a message and a customization: 12.00 a unit, less 2.00 together, and 3.50 for the wrap."""
    return Item(
        sku=listing.sku,
        quantity=units,
        price=1200 * units - 200 + 350,
        tax=80 * units + 28,
        shipping=500,
        gift_wrap_price=350,
        gift_wrap_tax=28,
        item_discount=200,
        gift_wrap_type="Red paper",
        gift_message="Happy birthday, Mum!",
        customization_url="https://example.org/c/1.zip?a=1&b=2",
    )


def free_item(listing: Listing, units: int = 1) -> Item:
    """A line that costs nothing: a free gift, or a replacement."""
    return Item(sku=listing.sku, quantity=units, price=0)


def order_extras() -> dict[str, Any]:
    """What an order may say beyond goods and ship-to: fields of a new order."""
    return {
        "is_business": True,
        "is_replacement": True,
        "buyer_company": "Harbor & Sons",
        "purchase_order_number": "4500-1234567",
        "original_order": "701-0000001-7654321",
        "ioss_number": "IM3720000000",
        "tax_collection_model": "MarketplaceFacilitator",
        "tax_collection_party": "Shipby",
        "delivery_instructions": "Leave with the <porter>",
    }
