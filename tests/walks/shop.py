"""The seller of the walks, and orders that come in through its channel."""

import json
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Locator, Page

from tests.walks.portal import Portal

PASSWORD = "correct horse battery"
SELLER = """
from accounts import clock
from accounts.models import ChannelToken, Right
from allauth.account.models import EmailAddress
from tests.factories import ChannelFactory, ListingFactory, MembershipFactory, SellerFactory, UserFactory
seller = SellerFactory(name="Lantern & Pine", slug="walk")
user = UserFactory(email="walker@example.com", name="Wen Walker")
EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
MembershipFactory(user=user, seller=seller)
LISTINGS = {"LAMP": ("Paper lantern", 50), "WICK": ("Spare wick", 50), "SNUFF": ("Candle snuffer", 1)}
for sku, (title, units) in LISTINGS.items():
    ListingFactory(seller=seller, sku=sku, title=title, price=1000, on_hand=units)
channel = ChannelFactory(marketplace=seller.marketplace, slug="walk-shop")
print(ChannelToken.issue(channel, now=clock.now())[1])
"""


def order(
    portal: Portal,
    token: str,
    *,
    units: int = 1,
    skus: tuple[str, ...] = ("LAMP",),
    age: timedelta = timedelta(0),
    payment_token: str = "tok_approve",
) -> dict[str, str]:
    """Hand in an order of so many units of each SKU at the channel's endpoint, placed so long ago; its answer.

    A refusal is an answer too: it has `errors`.
    """
    body = {
        "reference": f"walk-{uuid.uuid4()}",
        "seller": "walk",
        "placed_at": (datetime.now(UTC) - age).isoformat(),
        "currency": "USD",
        "service": "Standard",
        "payment_token": payment_token,
        "buyer_name": "Ada Buyer",
        "buyer_email": "ada@example.org",
        "recipient": "Ada Buyer",
        "address_1": "1 Main Street",
        "city": "Springfield",
        "state": "IL",
        "postal_code": "62701",
        "country": "US",
        "items": [
            {"sku": sku, "quantity": units, "price": f"{10 * units}.00", "tax": "0.80", "shipping": "5.00"}
            for sku in skus
        ],
    }
    request = urllib.request.Request(
        f"{portal.address}/channels/walk-shop/orders/",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            told: dict[str, str] = json.load(answer)
    except urllib.error.HTTPError as refusal:
        told = json.load(refusal)
    return told


def row(page: Page, number: str) -> Locator:
    """The row of a list in which this text stands."""
    return page.get_by_role("row").filter(has_text=number)
