"""A file handed in: the same content once, whoever sends it and however often (F5, I8); stopped ones, odd ones."""

import uuid
from datetime import timedelta
from functools import partial

import pytest

from accounts import clock
from accounts.models import Right
from batches import engine
from inventory.models import Listing
from orders.models import Package
from refunds.models import Refund
from reports.feeds import operations, reading
from reports.feeds.models import Feed
from reports.feeds.refusals import Refused, SameFile
from reports.feeds.states import FeedState
from tests.factories import ListingFactory, MembershipFactory
from tests.helpers import at_once, ship
from tests.reports.feeds.feed_steps import (
    UNKNOWN,
    credit,
    fed,
    member_with,
    parcel,
    processed,
    results,
    text,
    told,
    tried,
    upload,
    worked,
)


def refunded():
    return sorted(Refund.objects.values_list("amount", flat=True))


@pytest.mark.django_db
@pytest.mark.usefixtures("noon")
class TestTheSameFile:
    def test_i8_the_second_time_it_says_so_and_changes_nothing(self):
        member, (order,) = member_with(5)
        ship(order)
        file = text("adjust", credit(order, "1.00"), credit(order, "1.00"))
        first = worked(upload(member, file))
        with pytest.raises(SameFile) as refusal:
            upload(member, file)
        assert (refusal.value.first, Feed.objects.count()) == (first, 1)
        assert refunded() == [100, 100]

    def test_the_same_form_twice_is_one_feed(self):
        member, (order,) = member_with(1)
        key, file = uuid.uuid4(), text("ship", parcel(order))
        assert upload(member, file, key=key) == upload(member, file, key=key)

    def test_another_sellers_is_theirs(self):
        member, other = MembershipFactory(), MembershipFactory()
        file = text("cancel", {"order_id": UNKNOWN})
        worked(upload(member, file))
        assert worked(upload(other, file)).seller == other.seller

    def test_a_dry_run_and_one_of_which_nothing_was_done_may_come_again(self):
        member, (order,) = member_with(1)
        row = credit(order, "1.00")
        assert [tried(member, "adjust", row).state for _ in range(2)] == [FeedState.CHECKED] * 2
        assert fed(member, "adjust", row).is_taken is False
        ship(order)
        assert told(fed(member, "adjust", row)) == [("done", "")]

    def test_of_two_checked_ones_one_is_processed(self):
        member, (order,) = member_with(1)
        first, second = (tried(member, "ship", parcel(order)) for _ in range(2))
        processed(first, member)
        with pytest.raises(SameFile):
            operations.process(second, user=member.user, now=clock.now())
        assert Package.objects.count() == 1

    def test_of_a_stopped_one_that_comes_again_only_the_rest_is_done(self):
        member, (order,) = member_with(5)
        ship(order)
        file = text("adjust", *[credit(order, "1.00")] * 4)
        feed = upload(member, file)
        reading.read(feed.pk)
        feed.refresh_from_db()
        engine.work(feed.batch_id, seconds=0)
        operations.stop(feed, now=clock.now())
        feed = worked(feed)
        assert (feed.state, feed.is_taken, refunded()) == (FeedState.STOPPED, False, [100])
        again = worked(upload(member, file))
        assert told(again) == [("done", "70707"), *[("done", "")] * 3]
        assert refunded() == [100] * 4


@pytest.mark.django_db(transaction=True)
def test_i8_twenty_times_the_same_file_at_once_is_done_once():
    """Two forms with one content at the same moment, both to be processed at once, worked on by two workers."""
    rounds, lines = 3, 20
    member, (order,) = member_with(lines * rounds)
    ship(order)
    for turn in range(rounds):
        file = text("adjust", *[credit(order, f"0.{turn + 1:02}")] * lines)
        made = at_once(*[partial(upload, member, file) for _ in range(2)])
        feeds = [each for each in made if isinstance(each, Feed)]
        at_once(*[partial(worked, feed) for feed in feeds for _ in range(2)])
        states = [operations.settle(worked(feed), clock.now()).state for feed in feeds]
        assert states.count(FeedState.DONE) == 1
        assert all(state in (FeedState.DONE, FeedState.REFUSED) for state in states)
        assert refunded().count(turn + 1) == lines


@pytest.mark.django_db(transaction=True)
def test_without_the_constraint_the_same_file_at_once_is_done_twice(monkeypatch):
    """The twin: where nothing says that the content is taken, both feeds do their rows."""
    member, (order,) = member_with(40)
    ship(order)
    file = text("adjust", *[credit(order, "0.01")] * 5)
    monkeypatch.setattr(operations, "taken", lambda *_args: None)
    feeds = [upload(member, file) for _ in range(2)]
    monkeypatch.setattr(operations, "take", lambda feed: setattr(feed, "state", FeedState.PROCESSING))
    monkeypatch.setattr(reading, "done_before", lambda _feed: set())
    for feed in feeds:
        reading.read(feed.pk)
        feed.refresh_from_db()
        engine.finish(feed.batch_id)
    assert len(refunded()) == 10


@pytest.mark.django_db
@pytest.mark.usefixtures("noon")
class TestOddFiles:
    def test_a_file_that_is_no_feed_is_refused_and_not_kept(self, tmp_path):
        member = MembershipFactory()
        for content, code in (
            (b"", "70101"),
            (b"\x1f\x8b" + b"0" * 99, "70103"),
            (b"sku,price\n1,2\n", "70109"),
        ):
            with pytest.raises(Refused) as refusal:
                upload(member, content)
            assert refusal.value.code == code
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]

    def test_another_kind_than_was_said_and_a_right_that_is_missing(self):
        member, (order,) = member_with(1)
        file = text("ship", parcel(order))
        with pytest.raises(Refused, match="Shipping confirmation"):
            upload(member, file, kind="cancel")
        with pytest.raises(Refused, match="right"):
            upload(member, file, may=lambda right: right == Right.CANCEL)
        assert not Feed.objects.exists()

    def test_names_are_shown_safely_and_name_nothing_on_disk(self, tmp_path):
        member, (order,) = member_with(1)
        feed = upload(member, text("ship", parcel(order)))
        assert feed.name == "feed.txt"
        assert "feed.txt" not in feed.file.name
        assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]

    def test_j6_a_file_that_breaks_its_reader_is_tried_five_times_and_then_visibly_dead(self, monkeypatch):
        member, (order, other) = member_with(1, orders=2)
        poison, sound = (upload(member, text("ship", parcel(each))) for each in (order, other))
        tries = []

        def break_down(*_args, **_words):
            tries.append(1)
            raise ZeroDivisionError

        with monkeypatch.context() as patched:
            patched.setattr(reading.files, "open", break_down)
            for _ in range(8):
                reading.read(poison.pk)
        poison.refresh_from_db()
        assert (len(tries), poison.state, poison.code) == (5, FeedState.FAILED, "70125")
        assert poison.problem
        assert worked(sound).state == FeedState.DONE
        assert operations.due(clock.now()) == []

    def test_j6_a_row_that_breaks_is_tried_five_times_and_the_others_are_done(self, monkeypatch):
        member = MembershipFactory()
        skus = [ListingFactory(seller=member.seller).sku for _ in range(20)]
        before, tries = Listing.objects.get(sku=skus[7]).on_hand, []

        def poisoned(listing, units, **words):
            if listing.sku == skus[7]:
                tries.append(1)
                raise ZeroDivisionError
            return set_on_hand(listing, units, **words)

        set_on_hand = operations.kinds.listing_changes.stock.set_on_hand
        monkeypatch.setattr(operations.kinds.listing_changes.stock, "set_on_hand", poisoned)
        feed = fed(member, "stock", *[{"sku": sku, "quantity": 3} for sku in skus])
        assert (len(tries), feed.done_count, feed.refused_count) == (5, 19, 1)
        assert results(feed)[7].code == "fault"
        assert Listing.objects.get(sku=skus[7]).on_hand == before

    def test_a_sweep_settles_what_is_over_and_hints_at_what_is_to_be_read(self):
        member, (order,) = member_with(1)
        waiting = upload(member, text("stock", {"sku": order.items.get().sku, "quantity": 7}))
        feed = upload(member, text("ship", parcel(order)))
        reading.read(feed.pk)
        feed.refresh_from_db()
        engine.finish(feed.batch_id)
        assert operations.sweep(clock.now()) == 2
        feed.refresh_from_db()
        assert (feed.state, operations.due(clock.now())) == (FeedState.DONE, [waiting.pk])

    def test_stopped_before_it_was_read_nothing_is_done(self):
        member, (order,) = member_with(1)
        feed = upload(member, text("ship", parcel(order)))
        operations.stop(feed, now=clock.now())
        assert worked(feed).state == FeedState.STOPPED
        assert not Package.objects.exists()

    def test_a_file_is_forgotten_after_30_days_and_what_it_did_is_not(self, tmp_path):
        member, (order,) = member_with(1)
        feed = fed(member, "ship", parcel(order))
        assert operations.forget(clock.now() + timedelta(days=29)) == 0
        assert operations.forget(clock.now() + timedelta(days=31)) == 1
        feed.refresh_from_db()
        assert (feed.file.name, feed.done_count) == ("", 1)
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]
        with pytest.raises(SameFile):
            upload(member, text("ship", parcel(order)))
