"""Who takes part in a benchmark: one marketplace, a large and a small seller, a member of each, a channel."""

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts import clock
from accounts.models import ChannelToken, Marketplace, Membership, Right, SalesChannel, Seller, User
from inventory.models import Fulfilment, Listing

LISTINGS = 1_000
ON_HAND = 1_000_000
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Trader:
    """A seller with its member, signed in, and how many orders it has."""

    name: str
    seller: Seller
    cookie: str
    orders: int


def marketplace() -> Marketplace:
    """One in the United States, in New York's time."""
    market, _created = Marketplace.objects.get_or_create(
        slug="bench",
        defaults={
            "name": "Shipby US",
            "country": "US",
            "time_zone": "America/New_York",
            "currency": "USD",
            "relay_phone": "+1 206 555 0100",
            "service_name": "Customer Service",
            "service_email": "service@example.com",
        },
    )
    return market


def channel(market: Marketplace) -> SalesChannel:
    """Where all orders come from."""
    found, _created = SalesChannel.objects.get_or_create(
        slug="bench", defaults={"marketplace": market, "name": "Shipby.com"}
    )
    return found


def token(found: SalesChannel) -> str:
    """The secret of a new token of the channel."""
    _token, secret = ChannelToken.issue(found, now=clock.now(), days=1)
    return secret


def trader(market: Marketplace, name: str, orders: int) -> Trader:
    """A seller with its listings, every tenth fulfilled by the marketplace, and one member with every right."""
    seller, created = Seller.objects.get_or_create(
        slug=name, defaults={"marketplace": market, "name": f"The {name} seller"}
    )
    if created:
        Listing.objects.bulk_create(_listing(seller, place) for place in range(LISTINGS))
    user = User.objects.filter(email=f"{name}@example.com").first()
    if user is None:
        user = User.objects.create_user(f"{name}@example.com", name="Ada Seller")
        Membership.objects.create(user=user, seller=seller, rights=list(Right.values))
    return Trader(name, seller, sign_in(user), orders)


def sign_in(user: User) -> str:
    """The cookie of a session in which this person is signed in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.set_expiry(timedelta(hours=12))
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _listing(seller: Seller, place: int) -> Listing:
    return Listing(
        seller=seller,
        sku=f"{seller.slug}-{place:04d}",
        asin=f"B0{place:08d}",
        title=f"Enamel mug no. {place}, 350 ml, dishwasher safe, with a lid of beech",
        price=500 + 37 * place % 9_000,
        currency=seller.marketplace.currency,
        handling_days=1 + place % 3,
        fulfilment=Fulfilment.AFN if place % 10 == 9 else Fulfilment.MFN,
        on_hand=ON_HAND,
    )
