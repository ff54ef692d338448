"""Feeds of one seller about the same kind of thing take effect in the order of their upload (F5, ADR 16)."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts import clock
from batches import engine, stints
from batches.models import Batch
from inventory.models import Listing
from reports.feeds import operations, reading, turns
from reports.feeds.models import Feed
from reports.feeds.states import FeedState
from tests.crashes import die, killed_in
from tests.factories import ListingFactory, MembershipFactory
from tests.helpers import at_once, authorised, ship
from tests.reports.feeds import case_steps
from tests.reports.feeds.feed_steps import (
    credit,
    member_with,
    parcel,
    processed,
    text,
    told,
    tried,
    upload,
    worked,
)

BOARD = "LP-HOM-03"


def units(sku: str = BOARD) -> int:
    return Listing.objects.get(sku=sku).on_hand


def work(feed: Feed) -> None:
    """What a worker does that is handed a feed: read it, and do a stint of its batch."""
    reading.read(feed.pk)
    feed.refresh_from_db()
    if feed.batch_id:
        engine.work(feed.batch_id)
    operations.settle(feed, clock.now())


def until_over(feed: Feed) -> None:
    """One worker at one feed, again and again as the sweep has it, until it is over."""
    while not Feed.objects.filter(pk=feed.pk, finished_at__isnull=False).exists():
        work(feed)
        threading.Event().wait(0.1)


def files() -> list[bytes]:
    """The two case files, of the big one the end: enough rows to be overtaken."""
    head, *rows = case_steps.content("stock-big.txt").splitlines(keepends=True)
    return [b"".join([head, *rows[-150:]]), case_steps.content("stock-small.txt")]


def begun(feed: Feed) -> Feed:
    """A feed whose first row is done."""
    reading.read(feed.pk)
    feed.refresh_from_db()
    stints.Stint(stints.claim(feed.batch_id), until=0).do()
    return feed


def lease_over() -> None:
    """A minute passes for the batches of workers that died."""
    Batch.objects.filter(claim__isnull=False).update(claimed_until=clock.now() - timedelta(seconds=1))


@pytest.fixture
def member():
    return case_steps.shop()


@pytest.fixture
def no_turns(monkeypatch):
    """The guards removed: no feed waits for another one, and no row for one of another feed."""
    monkeypatch.setattr(turns, "ahead", lambda _feed: Feed.objects.none())
    monkeypatch.setattr(turns, "put_off", lambda _feed: [])


@pytest.mark.django_db(transaction=True)
class TestTwoWorkers:
    def test_the_later_of_two_stock_files_wins(self, member):
        feeds = [upload(member, file) for file in files()]
        at_once(*[partial(until_over, feed) for feed in feeds])
        assert (units(), [each.turn for each in feeds]) == (79, [1, 2])

    def test_without_turns_the_older_one_finishes_last_and_wins(self, member, no_turns):
        """The twin: what the case was reported for."""
        big, small = (upload(member, file) for file in files())
        begun(big)
        work(small)
        assert units() == 79
        worked(big)
        assert units() == 61

    def test_turns_are_the_order_of_the_commits_however_many_upload_at_once(self, member):
        made = [f"sku\tquantity\n{BOARD}\t{count}\n" for count in range(8)]
        feeds = at_once(*[partial(upload, member, file) for file in made])
        assert sorted(feed.turn for feed in feeds) == list(range(1, 9))
        assert [feed.pk for feed in sorted(feeds, key=lambda feed: feed.turn)] == sorted(
            feed.pk for feed in feeds
        )

    def killed_at_the_second_row(self, big, monkeypatch):
        """A worker that dies at the second row of the file."""
        done, record = [], stints._record

        def dies_at_the_second_row(*args):
            if done:
                die()
            done.append(1)
            return record(*args)

        with monkeypatch.context() as patched:
            patched.setattr(stints, "_record", dies_at_the_second_row)
            killed_in(partial(work, big))
        assert Batch.objects.filter(feed=big, claim__isnull=False).exists()

    def test_a_killed_worker_leaves_the_newer_one_waiting(self, member, monkeypatch):
        big, small = (upload(member, file) for file in files())
        self.killed_at_the_second_row(big, monkeypatch)
        work(small)
        assert (small.batch, units()) == (None, 1_000)
        lease_over()
        worked(big)
        assert units() == 61
        work(small)
        assert units() == 79

    @pytest.mark.usefixtures("no_turns")
    def test_without_turns_the_file_of_a_killed_worker_finishes_last_and_wins(self, member, monkeypatch):
        """The twin."""
        big, small = (upload(member, file) for file in files())
        self.killed_at_the_second_row(big, monkeypatch)
        work(small)
        assert units() == 79
        lease_over()
        worked(big)
        assert units() == 61

    @pytest.mark.soak
    def test_the_whole_case_of_3_001_rows(self, member):
        """Two workers at the case files as they were handed in."""
        feeds = [upload(member, case_steps.content(f"stock-{name}.txt")) for name in ("big", "small")]
        at_once(*[partial(until_over, feed) for feed in feeds])
        assert (units(), Feed.objects.get(pk=feeds[0].pk).total) == (79, 3_001)


@pytest.mark.django_db
@pytest.mark.usefixtures("noon")
class TestOneLane:
    def rows(self, count: int) -> str:
        return f"sku\tquantity\n{BOARD}\t{count}\n"

    def test_a_feed_that_gave_up_blocks_nobody(self, member, monkeypatch):
        broken, next_one = upload(member, self.rows(1)), upload(member, self.rows(2))
        with monkeypatch.context() as patched:
            patched.setattr(reading.files, "open", lambda *_args, **_words: 1 // 0)
            for _try in range(5):
                reading.read(broken.pk)
                assert operations.due(clock.now()) in ([broken.pk], [next_one.pk])
        broken.refresh_from_db()
        assert (broken.state, worked(next_one).state, units()) == (FeedState.FAILED, FeedState.DONE, 2)

    def test_a_stopped_one_and_one_that_lost_its_member_block_nobody(self, member):
        stopped, lost, last = (upload(member, self.rows(count)) for count in (1, 2, 3))
        operations.stop(stopped, now=clock.now())
        member.rights = []
        member.save()
        assert worked(lost).state == FeedState.FAILED
        last.actor = None
        last.save()
        assert (worked(last).state, units()) == (FeedState.DONE, 3)

    def test_the_sweep_hints_at_the_first_of_each_lane_only(self, member):
        order = authorised((Listing.objects.get(sku=BOARD), 1))
        stock = [upload(member, self.rows(count)) for count in (1, 2)]
        orders = [upload(member, text("ship", parcel(order, ship_method=name))) for name in ("Air", "Ground")]
        other = upload(MembershipFactory(), self.rows(9))
        assert set(operations.due(clock.now())) == {stock[0].pk, orders[0].pk, other.pk}

    def test_the_end_of_one_hints_at_the_next(self, member, monkeypatch):
        first, second = upload(member, self.rows(1)), upload(member, self.rows(2))
        hints = []
        monkeypatch.setattr(operations, "nudge", lambda *args: hints.append(args))
        worked(first)
        assert hints == [(operations.READ, second.pk)]

    def test_a_file_that_is_only_tried_waits_for_nobody_and_holds_nobody_up(self, member):
        waiting = upload(member, self.rows(1))
        checked = worked(upload(member, self.rows(5), is_at_once=False))
        assert (checked.state, checked.turn) == (FeedState.CHECKED, None)
        assert worked(waiting).state == FeedState.DONE

    def test_process_takes_its_turn_when_it_is_pressed(self, member):
        first = worked(upload(member, self.rows(5), is_at_once=False))
        between = upload(member, self.rows(6))
        pressed = operations.process(first, user=member.user, now=clock.now())
        assert pressed.turn > between.turn
        reading.read(pressed.pk)
        assert Feed.objects.get(pk=pressed.pk).batch is None
        assert (worked(between).state, worked(pressed).state, units()) == (FeedState.DONE, FeedState.DONE, 5)

    def test_the_command_does_what_waits_before_its_own_file(self, member, tmp_path):
        upload(member, self.rows(1))
        path = tmp_path / "later.txt"
        path.write_text(self.rows(2))
        call_command("process_feed", str(path), seller=member.seller.slug)
        assert (units(), Feed.objects.filter(state=FeedState.DONE).count()) == (2, 2)


@pytest.mark.django_db
@pytest.mark.usefixtures("noon")
class TestLanes:
    def test_orders_are_one_lane_and_listings_another(self):
        member, (order,) = member_with(2)
        shipping = upload(member, text("ship", parcel(order)))
        refund = upload(member, text("adjust", credit(order, "1.00")))
        stock = upload(member, text("stock", {"sku": Listing.objects.get().sku, "quantity": 7}))
        assert worked(stock).state == FeedState.DONE
        reading.read(refund.pk)
        assert Feed.objects.get(pk=refund.pk).batch is None
        assert told(worked(shipping)) == [("done", "")]
        assert told(worked(refund)) == [("done", "")]

    def test_another_seller_waits_for_nobody(self):
        upload(MembershipFactory(), text("stock", {"sku": "X", "quantity": 1}))
        other = ListingFactory()
        member = MembershipFactory(seller=other.seller)
        assert told(worked(upload(member, text("stock", {"sku": other.sku, "quantity": 1})))) == [
            ("done", "")
        ]

    def test_a_feed_that_is_gone_on_with_takes_a_new_turn(self):
        member, (order, other) = member_with(1, orders=2)
        ship(order)
        feed = worked(upload(member, text("adjust", credit(order, "1.00"), credit(other, "1.00"))))
        again = operations.again(feed, user=member.user, now=clock.now())
        assert again.turn == 2

    def test_the_page_and_the_list_say_for_which_file_it_waits(self, client):
        member, (order,) = member_with(2)
        first = upload(member, text("ship", parcel(order)))
        second = upload(member, text("adjust", credit(order, "1.00")))
        addresses = [reverse("feeds:feed", args=[feed.key]) for feed in (first, second)]
        client.force_login(member.user)
        said = "This one waits for an earlier one:"
        shown = [client.get(address).content.decode() for address in addresses]
        assert [said in page for page in shown] == [False, True]
        assert f'<a href="{addresses[0]}"' in shown[1]
        listed = client.get(reverse("feeds:list")).content.decode()
        assert (listed.count("Waits for an earlier file:"), listed.count(f'<a href="{addresses[0]}"')) == (
            1,
            1,
        )
        worked(first)
        assert said not in client.get(addresses[1]).content.decode()

    def test_a_tried_file_is_processed_in_its_turn(self):
        member, (order,) = member_with(1)
        feed = tried(member, "ship", parcel(order))
        assert processed(feed, member).turn == 1
