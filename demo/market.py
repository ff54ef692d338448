"""The demo's marketplaces, sales channels, sellers and their people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.actors import Actor
from accounts.models import Marketplace, Membership, Plan, Right, SalesChannel, Seller, User
from demo import catalogue
from demo.catalogue import Good
from inventory import stock
from inventory.models import Fulfilment, Listing, MovementKind

ALL = tuple(Right.values)
SHARED = {"settlement_days": 14, "service_name": "Shipby Customer Service"}

MARKETPLACES: dict[str, dict[str, object]] = {
    "harbor-us": {
        "name": "Harbor Market US", "country": "US", "time_zone": "America/New_York", "currency": "USD",
        "relay_phone": "+1 206 555 0100", "service_email": "service.us@example.com",
    },
    "harbor-uk": {
        "name": "Harbor Market UK", "country": "GB", "subdivision": "ENG", "time_zone": "Europe/London",
        "currency": "GBP", "relay_phone": "+44 20 7946 0100", "service_email": "service.uk@example.com",
    },
    "harbor-de": {
        "name": "Harbor Market DE", "country": "DE", "time_zone": "Europe/Berlin", "currency": "EUR",
        "relay_phone": "+49 30 23125 100", "service_email": "service.de@example.com",
    },
    "harbor-jp": {
        "name": "Harbor Market JP 海港市場", "country": "JP", "time_zone": "Asia/Tokyo", "currency": "JPY",
        "buyer_cancel_minutes": 5, "relay_phone": "+81 3 5550 0100",
        "service_email": "service.jp@example.com",
    },
}  # fmt: skip
CHANNELS = (("web", "{name}"), ("app", "{name} app"), ("partner", "Gift Finder (partner of {name})"))


@dataclass(frozen=True)
class ShopPlan:
    """A seller of the demo; `share` is its part of the orders that the demo seller has."""

    slug: str
    name: str
    marketplace: str
    ship_from: str
    goods: Sequence[Good] = ()
    plan: Plan = Plan.PROFESSIONAL
    share: float = 0


# The first is the demo seller. The last is made last, so that it tells a whole load from a broken one.
SHOPS = (
    ShopPlan(
        "lantern-and-pine", "Lantern & Pine", "harbor-us",
        "Lantern & Pine\n212 Sawmill Road\nBurlington, VT 05401\nUnited States",
        catalogue.LANTERN_AND_PINE, share=1,
    ),
    ShopPlan(
        "mingyu-us", "深圳明屿科技 Mingyu Tech", "harbor-us",
        "深圳明屿科技有限公司\n南山区海风路 18 号 B 座 1606\n广东省深圳市 518000\n中国",
        catalogue.MINGYU_US, share=0.16,
    ),
    ShopPlan(
        "mingyu-jp", "深圳明屿科技 日本店", "harbor-jp",
        "明屿科技 日本倉庫\n湊町 4-2-1\n千葉県船橋市 273-0000\n日本",
        catalogue.MINGYU_JP, share=0.12,
    ),
    ShopPlan(
        "nordlicht-haus", "Nordlicht Haus & Garten", "harbor-de",
        "Nordlicht Haus & Garten\nKontorweg 8\n24103 Kiel\nDeutschland",
        catalogue.NORDLICHT, share=0.08,
    ),
    ShopPlan(
        "hedgerow-inkwell", "Hedgerow & Inkwell", "harbor-uk",
        "Hedgerow & Inkwell\n3 Printers Yard\nWhitby YO21 3AA\nUnited Kingdom",
        catalogue.INKWELL, Plan.INDIVIDUAL, share=0.06,
    ),
    ShopPlan(
        "driftwood-supply", "Driftwood Supply Co.", "harbor-us",
        "Driftwood Supply Co.\n19 Ferry Landing\nRockport, ME 04856\nUnited States",
    ),
)  # fmt: skip
COMPLETE = SHOPS[-1].slug


@dataclass(frozen=True)
class Person:
    """Someone who signs in, and the sellers they work for with these rights."""

    email: str
    name: str
    does: str
    shops: Sequence[str] = ()
    rights: Sequence[str] = ALL
    language: str = "en"


PEOPLE = (
    Person("demo@example.com", "Nora Lindqvist", "every right at Lantern & Pine", ["lantern-and-pine"]),
    Person(
        "packing@example.com", "Eli Mercer", "sees and ships at Lantern & Pine", ["lantern-and-pine"],
        [Right.VIEW, Right.SHIP],
    ),
    Person(
        "care@example.com", "Dana Whitfield", "sees, cancels, refunds and writes to buyers at Lantern & Pine",
        ["lantern-and-pine"], [Right.VIEW, Right.CANCEL, Right.REFUND, Right.MESSAGE],
    ),
    Person(
        "books@example.com", "Omar Haddad", "sees orders and reports at Lantern & Pine", ["lantern-and-pine"],
        [Right.VIEW, Right.REPORT],
    ),
    Person(
        "shenzhen@example.com", "陈晓琳", "every right at both Mingyu shops, US and JP, in Chinese",
        ["mingyu-us", "mingyu-jp"], language="zh-hans",
    ),
    Person("berlin@example.com", "Frauke Lorenzen", "every right at Nordlicht (DE)", ["nordlicht-haus"]),
    Person("maker@example.com", "Posy Arkwright", "an individual seller (UK)", ["hedgerow-inkwell"]),
    Person("new@example.com", "Theo Marsh", "a new seller without listings or orders", ["driftwood-supply"]),
)  # fmt: skip
STAFF = Person("staff@example.com", "Ines Calder", "the marketplace's staff, at /admin/")


@dataclass
class Shop:
    """A seller that trades, with what its orders need at hand."""

    seller: Seller
    members: list[Membership]
    channels: list[SalesChannel]
    goods: dict[str, Good]
    listings: dict[str, Listing]
    share: float

    @property
    def marketplace(self) -> Marketplace:
        return self.seller.marketplace

    def someone(self, right: Right, rng: Random) -> Actor:
        """A person of the seller's who may do that."""
        return Actor.seller(rng.choice([member.user for member in self.members if member.may(right)]))

    def skus(self, *, is_afn: bool = False, handling_days: int | None = None) -> list[str]:
        """The goods that never run out, by who ships them and how long that takes."""
        return [
            sku
            for sku, good in self.goods.items()
            if good.left is None
            and good.is_afn == is_afn
            and (handling_days is None or good.handling_days == handling_days)
        ]


def make_marketplaces() -> dict[str, Marketplace]:
    """The marketplaces with their channels, by slug."""
    made = {slug: Marketplace(slug=slug, **SHARED, **fields) for slug, fields in MARKETPLACES.items()}
    Marketplace.objects.bulk_create(made.values())
    SalesChannel.objects.bulk_create(
        SalesChannel(
            marketplace=marketplace,
            slug=f"{marketplace.country.lower()}-{kind}",
            name=name.format(name=marketplace.name),
        )
        for marketplace in made.values()
        for kind, name in CHANNELS
    )
    return made


def make_people(password: str) -> dict[str, User]:
    """Everyone who signs in, by e-mail address, all with one password, whose hash is made once."""
    hashed = make_password(password)
    users = [
        User(email=person.email, name=person.name, language=person.language, password=hashed)
        for person in PEOPLE
    ]
    staff = User(email=STAFF.email, name=STAFF.name, password=hashed, is_staff=True, is_superuser=True)
    everyone = User.objects.bulk_create([*users, staff])
    # Two-factor sign-in can be set up only where the address is known to be one's own.
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in everyone
    )
    return {user.email: user for user in everyone}


@transaction.atomic
def make_shop(
    plan: ShopPlan, marketplaces: dict[str, Marketplace], users: dict[str, User], *, now: datetime
) -> Shop:
    """A seller with its members, listings and opening stock."""
    marketplace = marketplaces[plan.marketplace]
    seller = Seller.objects.create(
        marketplace=marketplace, slug=plan.slug, name=plan.name, plan=plan.plan, ship_from=plan.ship_from
    )
    people = [person for person in PEOPLE if plan.slug in person.shops]
    members = [
        Membership(user=users[person.email], seller=seller, rights=list(person.rights)) for person in people
    ]
    Membership.objects.bulk_create(members)
    shop = Shop(
        seller=seller,
        members=members,
        channels=list(marketplace.channels.order_by("pk")),
        goods={good.sku: good for good in plan.goods},
        listings={good.sku: _listing(good, seller) for good in plan.goods},
        share=plan.share,
    )
    Listing.objects.bulk_create(shop.listings.values())
    for good in plan.goods:
        stock.add(
            shop.listings[good.sku],
            good.store,
            kind=MovementKind.EDIT,
            now=now,
            actor=Actor.seller(members[0].user),
        )
    return shop


def _listing(good: Good, seller: Seller) -> Listing:
    return Listing(
        seller=seller,
        sku=good.sku,
        asin=good.asin,
        title=good.title,
        price=good.price,
        currency=seller.marketplace.currency,
        handling_days=good.handling_days,
        fulfilment=Fulfilment.AFN if good.is_afn else Fulfilment.MFN,
    )


def open_shops() -> list[Shop]:
    """The demo's shops that trade, as they stand now."""
    plans = {plan.slug: plan for plan in SHOPS if plan.goods}
    sellers = Seller.objects.filter(slug__in=plans).select_related("marketplace").order_by("pk")
    return [_reopened(seller, plans[seller.slug]) for seller in sellers]


def _reopened(seller: Seller, plan: ShopPlan) -> Shop:
    goods = {good.sku: good for good in plan.goods}
    return Shop(
        seller=seller,
        members=list(seller.memberships.select_related("user").order_by("pk")),
        channels=list(seller.marketplace.channels.order_by("pk")),
        goods=goods,
        listings={listing.sku: listing for listing in seller.listings.filter(sku__in=goods)},
        share=plan.share,
    )
