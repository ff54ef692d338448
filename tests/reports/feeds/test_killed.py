"""Workers that die by SIGKILL while a feed is read and done: each row once, the result as if none had died (F5, I8)."""

import random
import time
import uuid
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from accounts import calendars, clock
from batches import engine, kinds, stints
from batches.models import Batch, BatchRow
from inventory.models import Listing, StockMovement
from orders import sweeps
from orders.entry import intake
from orders.models import Order, Package
from refunds.models import Refund
from reports.feeds import operations, reading
from reports.feeds.models import Feed
from reports.feeds.states import FeedState
from tests.crashes import die, forked, killed_in
from tests.factories import ChannelFactory, ListingFactory, MembershipFactory
from tests.helpers import CHANNEL, SYSTEM, new_order, ship
from tests.reports.feeds.feed_steps import UNKNOWN, credit, member_with, parcel, text, upload, worked

pytestmark = pytest.mark.django_db(transaction=True)
BAD = 20


def shop(orders: int, listings: int = 1):
    """A member, and so many authorised orders of two units each."""
    member = MembershipFactory()
    made = [ListingFactory(seller=member.seller, sku=f"SKU-{n}", on_hand=100_000) for n in range(listings)]
    channel = ChannelFactory(marketplace=member.seller.marketplace)
    now = clock.now()
    for start in range(0, orders, 500):
        new = [new_order((made[0], 2), now=now) for _ in range(min(500, orders - start))]
        intake.place(new, seller=member.seller, channel=channel, actor=CHANNEL, now=now)
    sweeps.run(sweeps.finish_provider_calls, now=clock.now(), actor=SYSTEM)
    return member


def shipping(member) -> str:
    """A file that ships one unit of each order; every twentieth row names an order that there is not."""
    found = member.seller.orders.order_by("pk").prefetch_related("items")
    today = calendars.local_date(clock.now(), member.seller.marketplace.time_zone)
    rows = []
    for place, order in enumerate(found, start=1):
        number = order.items.all()[0].number
        row = parcel(order, order_item_id=number, quantity=1, ship_date=today)
        rows.append(parcel(UNKNOWN) if place % BAD == 0 else row)
    return text("ship", *rows)


def counting(member, lines: int) -> str:
    """A file that sets each listing's units; every twentieth row has a quantity that is none."""
    units = (f"x{n}" if n % BAD == 0 else n for n in range(1, lines + 1))
    return text("stock", *[{"sku": f"SKU-{n}", "quantity": each} for n, each in enumerate(units)])


def die_at(monkeypatch, owner, name: str, turn: int, *, is_after: bool = False) -> None:
    """From here on a process that calls it so often dies, before it or after it."""
    real, calls = getattr(owner, name), []

    def deadly(*args, **words):
        calls.append(1)
        if len(calls) == turn and not is_after:
            die()
        answer = real(*args, **words)
        if len(calls) == turn:
            die()
        return answer

    monkeypatch.setattr(owner, name, deadly)


def leases_end() -> None:
    """As if the dead workers' time were over."""
    past = clock.now() - timedelta(seconds=1)
    Batch.objects.filter(claim__isnull=False).update(claimed_until=past)
    Feed.objects.filter(claimed_until__gt=past).update(claimed_until=past)


def worked_to_the_end(feed: Feed) -> Feed:
    """Work as the sweeps do: again after each pause, since rows about the same wait for one that broke."""
    for _round in range(4):
        feed = worked(feed)
        if feed.finished_at:
            break
        past = clock.now() - timedelta(seconds=1)
        BatchRow.objects.filter(batch=feed.batch, not_before__gt=past).update(not_before=past)
        Batch.objects.filter(pk=feed.batch_id).update(claimed_until=past)
    return feed


def work(pk: int) -> None:
    """All that a worker does for a feed."""
    reading.read(pk)
    feed = Feed.objects.select_related("batch").get(pk=pk)
    if feed.batch:
        engine.finish(feed.batch.pk)


def outcome(feed: Feed) -> list[tuple[object, ...]]:
    rows = BatchRow.objects.filter(batch=feed.batch).order_by("place")
    return list(rows.values_list("place", "state", "code", "column", "sentence", "is_warning"))


def world(seller) -> object:
    """All that the feed could have changed."""
    listings = list(
        Listing.objects.filter(seller=seller).order_by("sku").values_list("sku", "on_hand", "reserved")
    )
    packages = (
        Package.objects.filter(seller=seller).count(),
        Package.objects.filter(confirmed_at=None).count(),
    )
    moved = StockMovement.objects.filter(seller=seller).values_list("kind", "on_hand", "reserved")
    statuses = Order.objects.filter(seller=seller).order_by("pk").values_list("status", flat=True)
    return listings, packages, sorted(moved), list(statuses)


def three_deaths(monkeypatch, feed: Feed) -> None:
    """While its file becomes a batch, between a row's change and its result, and right after a result."""
    lines = feed.total
    for owner, name, turn, is_after in (
        (reading.judging, "kept", lines // 2, False),
        (stints, "_record", lines // 3, False),
        (stints, "_record", lines // 3, True),
    ):
        with monkeypatch.context() as patched:
            die_at(patched, owner, name, turn, is_after=is_after)
            killed_in(partial(work, feed.pk))
        leases_end()


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("ship", 60),
        ("stock", 300),
        pytest.param("ship", 20_000, marks=pytest.mark.soak),
        pytest.param("stock", 20_000, marks=pytest.mark.soak),
    ],
)
def test_killed_three_times_the_result_is_as_if_never_killed(monkeypatch, kind, lines):
    sizes = (lines, 1) if kind == "ship" else (0, lines)
    feeds = []
    for is_killed in (True, False):
        member = shop(*sizes)
        file = shipping(member) if kind == "ship" else counting(member, lines)
        feed = upload(member, file)
        if is_killed:
            three_deaths(monkeypatch, feed)
        feeds.append(worked_to_the_end(feed))
    killed, whole = feeds
    assert (whole.state, whole.total, whole.refused_count) == (FeedState.DONE, lines, lines // BAD)
    assert (killed.state, killed.done_count, killed.refused_count) == (
        FeedState.DONE,
        whole.done_count,
        whole.refused_count,
    )
    assert outcome(killed) == outcome(whole)
    assert world(killed.seller) == world(whole.seller)
    assert not BatchRow.objects.filter(batch=killed.batch, faults__gt=1).exists()


@pytest.mark.parametrize(("is_keyed", "refunds"), [(True, 3), (False, 4)])
def test_the_key_of_a_row_is_what_makes_it_happen_once(monkeypatch, is_keyed, refunds):
    """The twin: a row whose key is another one each time pays twice when its worker died before the result."""
    member, (order,) = member_with(3)
    ship(order)
    feed = upload(member, text("adjust", *[credit(order, "1.00")] * 3))
    loose = replace(kinds.of("feed_adjust"), is_atomic=False)
    monkeypatch.setattr(kinds, "of", lambda _name: loose)
    if not is_keyed:
        monkeypatch.setattr(BatchRow, "key", property(lambda _row: uuid.uuid4()))
    with monkeypatch.context() as patched:
        die_at(patched, stints, "_record", 2)
        killed_in(partial(work, feed.pk))
    leases_end()
    assert worked_to_the_end(feed).done_count == 3
    assert Refund.objects.count() == refunds


@pytest.mark.soak
def test_killed_at_any_moment_sixty_times():
    """Four workers at one feed, one of them killed every few hundredths of a second."""
    member, chance = shop(600), random.Random(6)
    feed = upload(member, shipping(member))
    workers, until = [forked(partial(work, feed.pk)) for _ in range(4)], time.monotonic() + 240
    for _kill in range(60):
        time.sleep(chance.uniform(0.02, 0.2))
        place = chance.randrange(4)
        workers[place].kill()
        workers[place].join()
        leases_end()
        workers[place] = forked(partial(work, feed.pk))
    while time.monotonic() < until and any(worker.is_alive() for worker in workers):
        time.sleep(0.1)
    for worker in workers:
        worker.kill()
        worker.join()
    leases_end()
    feed = operations.settle(worked_to_the_end(feed), clock.now())
    assert (feed.state, feed.done_count + feed.refused_count) == (FeedState.DONE, 600)
    assert Package.objects.filter(seller=member.seller).count() == feed.done_count
