"""Loading the demo: the marketplace is set up as of 90 days ago and lives through its history up to now."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from django.db import connection, transaction
from django.db.models import Count, F

from accounts import calendars
from accounts.models import ChannelToken, Marketplace, Right, SalesChannel, Seller
from demo import market, paperwork, talks, times, trade, uploads
from demo.market import COMPLETE, MARKETPLACES, SHOPS, Shop
from demo.stage import SYSTEM, Plan, Stage, without_hints
from demo.stories import Teller
from inventory import stock
from inventory.models import MovementKind
from notifications import notices
from notifications.models import InboxItem, Notice, Owed
from orders import sweeps
from orders.models import Order
from refunds import sweeps as refund_sweeps

DAY = timedelta(days=1)
SEED = 1
LAST_COUNT = timedelta(hours=20)
NEWS, INBOX = timedelta(hours=8), 3 * DAY
READ_AFTER = timedelta(minutes=50)
COUNT_REASON = "Monthly count"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Market:
    """Marketplaces ready for trade, the channels' secrets, which are nowhere else, and what makes it whole."""

    shops: list[Shop]
    secrets: dict[str, str]
    complete: Callable[[], object]


@dataclass(frozen=True)
class Loaded:
    """What was made: orders by seller and status, and how many met an empty shelf."""

    orders: dict[str, dict[str, int]]
    refused: int

    @property
    def total(self) -> int:
        """All orders of all sellers."""
        return sum(sum(statuses.values()) for statuses in self.orders.values())


def is_begun() -> bool:
    """Whether a demo was loaded here, perhaps not to its end."""
    return Marketplace.objects.filter(slug__in=MARKETPLACES).exists()


def is_complete() -> bool:
    """Whether a demo was loaded here to its end."""
    return Seller.objects.filter(slug=COMPLETE).exists()


def open_market(*, password: str, now: datetime) -> Market:
    """The marketplaces, with their sellers' opening stock of 90 days ago, as one; nothing is sold yet."""
    opened_at = now - (times.DAYS + 2) * DAY
    with transaction.atomic():
        marketplaces = market.make_marketplaces()
        make = partial(market.make_shop, marketplaces=marketplaces, users=market.make_people(password))
        shops = [make(plan, now=opened_at) for plan in SHOPS if plan.slug != COMPLETE]
        return Market(shops, _issue_tokens(now), lambda: make(SHOPS[-1], now=now))


def play(
    opened: Market,
    *,
    orders: int,
    now: datetime,
    seed: int = SEED,
    progress: Progress = lambda _done, _all: None,
) -> Loaded:
    """The history is there, with about so many orders of the demo seller; what was due by now is done."""
    stage = Stage(Random(seed))
    total = _plan(stage, opened.shops, orders, now)
    with without_hints(), _in_haste():
        stage.diary.run(now, after_each=lambda: progress(stage.tally["placed"], total))
        _settle(now)
        _tell_news(now)
        _place_just_now(stage, opened.shops, now)
        paperwork.ask(stage, opened.shops[0], now)
        uploads.hand_in(stage, opened.shops[0], now)
    opened.complete()
    return Loaded(_counted(), stage.tally["refused"])


@contextmanager
def _in_haste() -> Iterator[None]:
    """Commits do not wait for the disk: after a power cut the demo is loaded anew anyway."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET synchronous_commit")


def _plan(stage: Stage, shops: Sequence[Shop], orders: int, now: datetime) -> int:
    """Write the diary of the past; returns how many orders are in it."""
    plans = [plan for shop in shops for plan in _plans(shop, orders, stage.rng, now)]
    for plan in plans:
        stage.expect(plan)
    for shop in shops:
        _plan_deliveries(stage, shop, now)
        _plan_stock_count(stage, shop, now)
    paperwork.plan(stage, shops[0], now)
    talks.plan_cases(stage, shops[0], now)
    for back in range(times.DAYS):
        stage.diary.job_at(now - back * DAY, stage.expire_phones)
        stage.diary.job_at(now - back * DAY, stage.close_statements)
    return len(plans)


def _plans(shop: Shop, orders: int, rng: Random, now: datetime) -> Iterable[Plan]:
    """A shop's trade, with the stories in it; a small shop has a few of them."""
    is_main = shop.seller.slug == SHOPS[0].slug
    teller = Teller(shop, rng, now)
    told = list(teller.plans() if is_main else teller.few())
    count = max(round(orders * shop.share) - len(told), 0)
    return [*told, *trade.plans(shop, count, rng=rng, now=now)]


def _plan_deliveries(stage: Stage, shop: Shop, now: datetime) -> None:
    """Every Monday morning what runs low is filled up again."""
    today = calendars.local_date(now, shop.marketplace.time_zone)
    for back in range(times.DAYS):
        day = today - back * DAY
        if day.weekday() == 0:
            moment = times.local(day, shop.marketplace.time_zone, stage.rng, hours=(7, 8))
            stage.diary.at(moment, partial(_fill_up, stage, shop))


@transaction.atomic
def _fill_up(stage: Stage, shop: Shop, now: datetime) -> None:
    for listing in shop.seller.listings.filter(sku__in=shop.goods):
        good = shop.goods[listing.sku]
        if good.left is None and listing.available < good.store // 3:
            units, actor = good.store - listing.available, shop.someone(Right.SHIP, stage.rng)
            stock.add(listing, units, kind=MovementKind.EDIT, now=now, actor=actor)


def _plan_stock_count(stage: Stage, shop: Shop, now: datetime) -> None:
    """Yesterday's count found that of some goods hardly anything is left, or less than orders hold."""
    stage.diary.at(now - LAST_COUNT, partial(_count_stock, stage, shop))


@transaction.atomic
def _count_stock(stage: Stage, shop: Shop, now: datetime) -> None:
    for listing in shop.seller.listings.filter(sku__in=shop.goods):
        left = shop.goods[listing.sku].left
        if left is not None:
            counted, actor = max(left + listing.reserved, 0), shop.someone(Right.SHIP, stage.rng)
            stock.set_on_hand(
                listing,
                counted,
                seen_version=listing.version,
                kind=MovementKind.COUNT,
                reason=COUNT_REASON,
                now=now,
                actor=actor,
            )


def _settle(now: datetime) -> None:
    """Each periodic job runs once more, so that only what is meant to be is due."""
    for sweep in (
        sweeps.finish_provider_calls,
        sweeps.retry_authorisations,
        sweeps.cancel_unauthorised,
        sweeps.cancel_overdue,
        sweeps.finish_provider_calls,
        sweeps.close_cancel_windows,
        sweeps.warn_of_deadlines,
        sweeps.expire_phones,
        sweeps.fold_counts,
        refund_sweeps.send_refunds,
    ):
        sweeps.run(sweep, now=now, actor=SYSTEM)


def _tell_news(now: datetime) -> None:
    """The inboxes tell of the last days; nobody gets a mail today of what happened before the last hours."""
    old = now - NEWS
    Owed.objects.filter(event__at__lt=now - INBOX).delete()
    while notices.write_due(now):
        pass
    Notice.objects.filter(event__at__lt=old).delete()
    InboxItem.objects.filter(at__lt=old).update(read_at=F("at") + READ_AFTER)


def _place_just_now(stage: Stage, shops: Sequence[Shop], now: datetime) -> None:
    """Orders of this very moment, whose payment the worker will ask for."""
    for shop in shops:
        for plan in Teller(shop, stage.rng, now).just_now():
            stage.place(plan, now)


def _issue_tokens(now: datetime) -> dict[str, str]:
    """A secret for each channel, by its slug."""
    channels = SalesChannel.objects.filter(marketplace__slug__in=MARKETPLACES).order_by("pk")
    return {channel.slug: ChannelToken.issue(channel, now=now)[1] for channel in channels}


def _counted() -> dict[str, dict[str, int]]:
    """How many orders each seller has, by status."""
    counted: dict[str, dict[str, int]] = {plan.slug: {} for plan in SHOPS}
    rows = Order.objects.filter(seller__slug__in=counted).values_list("seller__slug", "status")
    for slug, status, count in rows.annotate(count=Count("pk")).order_by("seller__slug", "status"):
        counted[slug][status] = count
    return counted
