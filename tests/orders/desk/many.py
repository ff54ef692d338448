"""A page full of orders, handed in at once."""

from django.conf import settings

from accounts.models import Membership
from inventory.models import Listing
from orders import sweeps
from orders.entry import intake
from tests.factories import MINUTE, NOON, ChannelFactory, ListingFactory
from tests.helpers import CHANNEL, SYSTEM, new_order

BUYERS = ("Ada Buyer", "Renée Dubois", "Harold Sykes", "陈静", "Priya Raman", "Teresa Quiñones", "张伟")
CITIES = ("Springfield", "Asheville", "San Francisco", "Pittsburgh", "上海市", "Gloucester", "Burlington")
THINGS = (
    "Walnut Serving Board with Rope Handle",
    "Beeswax Taper Candles, Unbleached, Box of 12",
    "Enamel Mug, 12 oz",
)


def full_page(member: Membership, count: int = 100, now: object = NOON) -> list[Listing]:
    """So many unshipped orders that differ as orders do."""
    seller = member.seller
    listings = [ListingFactory(seller=seller, title=title, on_hand=1000) for title in THINGS]
    new = [
        new_order(
            (listings[n % 3], 1 + n % 4),
            now=now - n * MINUTE,
            buyer_name=BUYERS[n % 7],
            city=CITIES[n * 3 % 7],
            postal_code=f"{10000 + 37 * n}",
        )
        for n in range(count)
    ]
    channel = ChannelFactory(marketplace=seller.marketplace)
    placed = intake.place(new, seller=seller, channel=channel, actor=CHANNEL, now=now)
    assert all(isinstance(each, intake.Placed) for each in placed), placed[:3]
    sweeps.run(sweeps.finish_provider_calls, now=now, actor=SYSTEM)
    return listings


def cookie(client: object, url: str) -> dict[str, str]:
    """The session of a signed-in client for a browser."""
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}
