"""What the loaded orders are: a year of a growing seller's trade, in every state, as it could be at this moment.

The oldest order comes first. Which state an order is in follows from its age: most of the newest wait for
their payment or their shipment, the others are shipped or canceled, and none is past its deadline.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from accounts.models import Marketplace, Seller
from inventory.models import Listing
from orders import deadlines
from orders.deadlines import Deadlines
from orders.states import CanceledBy, CancelReason, OrderStatus

S = OrderStatus
# So many rows of a table may belong to one order: their keys follow from the order's.
PER_ORDER = 8
# Each order has a number of its own, spread over all numbers: the step is coprime to how many there are.
NUMBERS, NUMBER_STEP = 9 * 10**16, 6_180_339_887_498_951
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
YEAR = 365 * DAY
# Above 1 the trade grows: the last day then sees several times the orders of the first.
GROWTH = 1.6
CANCELED = 0.08
WAITS_FOR_PAYMENT = (4 * DAY, 0.30)
WAITS_FOR_SHIPMENT = (11 * DAY, 0.52)
PARTLY_SHIPPED = 0.06
UNITS = (1, 1, 1, 2, 2, 3)
ITEMS = (1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3)
CANCELED_HOW = (
    (CanceledBy.SELLER.value, CancelReason.NO_INVENTORY.value, True),
    (CanceledBy.BUYER.value, CancelReason.BUYER_CANCELED.value, False),
    (CanceledBy.MARKETPLACE.value, CancelReason.PAYMENT_NOT_AUTHORISED.value, False),
)


@dataclass
class Story:
    """One order's life up to now."""

    pk: int
    status: str
    placed_at: datetime
    items: list[tuple[Listing, int]]
    authorised_at: datetime | None = None
    deadlines: Deadlines | None = None
    shipped_at: datetime | None = None
    canceled_at: datetime | None = None
    canceled_how: tuple[str, str, bool] = ("", "", False)
    is_asked: bool = False

    @cached_property
    def amounts(self) -> list[tuple[int, int, int]]:
        """Price, tax and shipping of each item, for all its units."""
        return [(price * n, price * n * 8 // 100, 399) for price, n in self._prices()]

    @cached_property
    def total(self) -> int:
        """What the buyer pays."""
        return sum(sum(each) for each in self.amounts)

    def shipped_of(self, place: int) -> int:
        """How many units of this item were confirmed; of a partly shipped order all but one of the first."""
        if self.shipped_at is None:
            return 0
        is_short = self.status == S.PARTIALLY_SHIPPED and place == 0
        return self.items[place][1] - is_short

    def open_of(self, place: int) -> int:
        """How many units of this item are still to be shipped."""
        return 0 if self.status == S.CANCELED else self.items[place][1] - self.shipped_of(place)

    def _prices(self) -> list[tuple[int, int]]:
        return [(listing.price, units) for listing, units in self.items]


@dataclass
class Book:
    """Tells the stories of one seller, the same ones at every run of the same moment."""

    seller: Seller
    listings: list[Listing]
    first_pk: int
    count: int
    now: datetime
    by_kind: dict[str, list[Listing]] = field(init=False)

    def __post_init__(self) -> None:
        """An order's items are all shipped by the same hand."""
        self.by_kind = {}
        for listing in self.listings:
            self.by_kind.setdefault(listing.fulfilment, []).append(listing)

    @property
    def market(self) -> Marketplace:
        """The seller's marketplace."""
        return self.seller.marketplace

    def story(self, place: int) -> Story:
        """The order at this place, counted from the oldest."""
        chance = random.Random(self.first_pk + place)
        age = YEAR * ((self.count - place) / self.count) ** GROWTH + chance.random() * MINUTE
        first = chance.choice(self.listings)
        others = chance.sample(self.by_kind[first.fulfilment], chance.choice(ITEMS) - 1)
        chosen = [first, *(each for each in others if each is not first)]
        items = [(listing, chance.choice(UNITS)) for listing in chosen]
        story = Story(self.first_pk + place, self._status(age, chance), self.now - age, items)
        self._tell(story, age, chance)
        return story

    def _status(self, age: timedelta, chance: random.Random) -> str:
        young, share = WAITS_FOR_PAYMENT
        roll = chance.random()
        if age < young and roll < share:
            return S.PENDING.value
        if chance.random() < CANCELED:
            return S.CANCELED.value
        recent, share = WAITS_FOR_SHIPMENT
        if age >= recent:
            return S.SHIPPED.value
        roll = chance.random()
        if roll < share:
            return S.UNSHIPPED.value
        return S.PARTIALLY_SHIPPED.value if roll < share + PARTLY_SHIPPED else S.SHIPPED.value

    def _tell(self, story: Story, age: timedelta, chance: random.Random) -> None:
        """What happened since, none of it in the future."""
        if story.status == S.CANCELED:
            story.canceled_how = chance.choice(CANCELED_HOW)
            story.canceled_at = story.placed_at + min(4 * HOUR, age) * chance.random()
        if story.status == S.PENDING or story.canceled_how[1] == CancelReason.PAYMENT_NOT_AUTHORISED:
            return
        story.authorised_at = story.placed_at + min(MINUTE, age / 4)
        if story.canceled_at:
            story.canceled_at = max(story.canceled_at, story.authorised_at)
        handling = max(listing.handling_days for listing, _units in story.items)
        story.deadlines = counted(self.market, handling, story.authorised_at)
        if story.status == S.UNSHIPPED and story.deadlines.confirm_deadline <= self.now:
            story.status = S.SHIPPED.value
        if story.status == S.PARTIALLY_SHIPPED:
            story.items[0] = (story.items[0][0], max(2, story.items[0][1]))
        if story.status in (S.SHIPPED, S.PARTIALLY_SHIPPED):
            rest = self.now - story.authorised_at
            story.shipped_at = story.authorised_at + min(30 * HOUR, rest) * chance.random()
        story.is_asked = story.status == S.UNSHIPPED and chance.random() < 0.01


def number(pk: int) -> str:
    """The order number of this key."""
    digits = f"{10**16 + pk * NUMBER_STEP % NUMBERS}"
    return f"{digits[:3]}-{digits[3:10]}-{digits[10:]}"


def day(moment: datetime, name: str) -> date:
    """The day that a clock in the zone shows."""
    return moment.astimezone(_zone(name)).date()


def counted(marketplace: Marketplace, handling: int, authorised_at: datetime) -> Deadlines:
    """As orders count them, once for each day."""
    authorised_on = day(authorised_at, marketplace.time_zone)
    known = _known(marketplace.pk)
    if (handling, authorised_on) not in known:
        known[handling, authorised_on] = deadlines.of(marketplace, [handling], authorised_at)
    return known[handling, authorised_on]


@cache
def _known(_marketplace: int) -> dict[tuple[int, date], Deadlines]:
    return {}


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
