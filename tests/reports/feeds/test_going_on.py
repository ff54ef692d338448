"""A feed that goes on with what was not done: from one place, each row once (I8); what its moment is, what waits."""

import uuid
from datetime import timedelta
from functools import partial

import pytest

from accounts import clock
from batches import stints
from orders import sweeps
from orders.models import Order, Package
from refunds.models import Refund
from reports.feeds import desk, operations, reading
from reports.feeds.models import Feed
from reports.feeds.refusals import Refused, SameFile
from reports.feeds.states import FeedState
from tests.factories import NOON, ListingFactory, MembershipFactory
from tests.helpers import SYSTEM, at_once, authorised, ship
from tests.reports.feeds.feed_steps import (
    A,
    B,
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


def again(feed, member):
    return operations.again(feed, user=member.user, now=clock.now())


def paid():
    return sorted(Refund.objects.values_list("amount", flat=True))


@pytest.fixture
def set_clock(monkeypatch):
    """Sets the database's clock so many hours after NOON."""

    def set_it(hours):
        monkeypatch.setattr("accounts.clock.now", lambda: NOON + timedelta(hours=hours))

    set_it(0)
    return set_it


def halfway(member, content):
    """A feed that was stopped after its first row."""
    feed = upload(member, content)
    reading.read(feed.pk)
    feed.refresh_from_db()
    held = stints.claim(feed.batch_id)
    stints.Stint(held, until=0).do()
    operations.stop(feed, now=clock.now())
    return worked(feed)


@pytest.mark.django_db
@pytest.mark.usefixtures("noon")
class TestGoingOn:
    def test_i8_pressed_in_two_tabs_each_row_is_done_once(self):
        member, (sent, other) = member_with(2, orders=2)
        ship(sent)
        feed = fed(member, "adjust", credit(sent, "1.00"), credit(other, "2.00"))
        assert (told(feed), paid()) == ([("done", ""), ("refused", "70704")], [100])
        ship(other)
        tabs = [Feed.objects.get(), Feed.objects.get()]
        going = again(tabs[0], member)
        assert (going.is_taken, going.stage) == (True, FeedState.PROCESSING)
        with pytest.raises(Refused, match="nothing to try again"):
            again(tabs[1], member)
        feed = worked(going)
        assert told(feed) == [("done", "70707"), ("done", "")]
        assert (feed.done_count, paid()) == (2, [100, 200])
        with pytest.raises(Refused, match="nothing to try again"):
            again(feed, member)

    def test_i8_a_stopped_one_goes_on_or_is_sent_again_and_never_both(self):
        member, (order,) = member_with(5)
        ship(order)
        file = text("adjust", *[credit(order, "1.00")] * 4)
        stopped = halfway(member, file)
        assert (stopped.state, stopped.can_go_on, paid()) == (FeedState.STOPPED, True, [100])
        second = upload(member, file)
        reading.read(second.pk)
        with pytest.raises(SameFile):
            again(stopped, member)
        operations.stop(second, now=clock.now())
        worked(second)
        again(stopped, member)
        with pytest.raises(SameFile):
            upload(member, file)
        assert told(worked(stopped)) == [("done", "70707"), *[("done", "")] * 3]
        assert paid() == [100] * 4

    def test_stopped_before_it_went_on_it_is_as_it_was(self):
        member, (order,) = member_with(1)
        ship(order)
        feed = fed(member, "adjust", credit(order, "1.00"), credit(order, "99.00"))
        first = feed.batch
        operations.stop(again(feed, member), now=clock.now())
        feed = worked(feed)
        assert (feed.state, feed.is_taken, feed.batch, feed.done_count) == (FeedState.DONE, True, first, 1)
        assert worked(again(feed, member)).batch != first
        assert paid() == [100]

    def test_stopped_before_any_row_was_done_it_does_not_count_what_the_dry_run_did(self):
        member, (order,) = member_with(1)
        feed = tried(member, "ship", parcel(order))
        operations.stop(operations.process(feed, user=member.user, now=clock.now()), now=clock.now())
        feed = worked(feed)
        (row,) = desk.rows([feed], "UTC")
        assert (row.counts, desk.results_of(feed)) == ("1 row", None)
        assert "before any row was done" in desk.sentence(feed)

    def test_of_files_the_same_key_is_one_feed_and_another_file_is_stale(self):
        member, (order,) = member_with(1)
        key, file = uuid.uuid4(), text("ship", parcel(order))
        feed = upload(member, file, key=key)
        assert upload(member, file, key=key) == upload(member, file, key=key, kind="ship") == feed
        for odd in ({"content": text("stock", {"sku": "A", "quantity": 1})}, {"kind": "cancel"}):
            with pytest.raises(Refused, match="gone stale"):
                upload(member, odd.pop("content", file), key=key, **odd)
        assert Feed.objects.count() == 1

    def test_forgetting_goes_on_until_no_old_file_is_left(self, monkeypatch):
        member, orders = member_with(1, orders=3)
        for order in orders:
            fed(member, "cancel", {"order_id": order.number})
        monkeypatch.setattr(operations, "AT_ONCE", 2)
        assert operations.forget(clock.now() + timedelta(days=91)) == 3


@pytest.mark.django_db
class TestTheMoment:
    def test_o14_o18_a_file_counts_from_its_upload_however_late_the_worker_comes(self, set_clock):
        member, (order,) = member_with(1)
        Order.objects.update(confirm_deadline=NOON + timedelta(hours=1), ship_by=NOON + timedelta(hours=1))
        feed = upload(member, text("ship", parcel(order)))
        set_clock(hours=2)
        assert told(worked(feed)) == [("done", "")]
        order.refresh_from_db()
        assert (order.packages.get().confirmed_at, order.is_shipped_late) == (NOON, False)

    def test_o14_a_file_that_was_tried_counts_from_process(self, set_clock):
        member, (order, late) = member_with(1, orders=2)
        Order.objects.update(confirm_deadline=NOON + timedelta(hours=1))
        feed, missed = (tried(member, "ship", parcel(each)) for each in (order, late))
        feed = operations.process(feed, user=member.user, now=clock.now())
        set_clock(hours=2)
        assert told(worked(feed)) == [("done", "")]
        assert told(processed(missed, member)) == [("refused", "70704")]

    def test_o15_a_row_of_an_order_that_waits_for_its_charge_waits_too(self, set_clock):
        member = MembershipFactory()
        order = authorised((ListingFactory(seller=member.seller), 2), payment_token="tok_capture_timeout")
        row = {"order_item_id": order.items.get().number, "quantity": 1}
        rows = [parcel(order, tracking_number=number, **row) for number in (A, B)]
        feed = fed(member, "ship", *rows)
        assert (feed.state, told(feed)) == (FeedState.PROCESSING, [("done", "70708"), ("waiting", "")])
        assert "being confirmed" in results(feed)[1].sentence
        set_clock(hours=1)
        sweeps.run(sweeps.finish_provider_calls, now=clock.now(), actor=SYSTEM)
        assert (worked(feed).state, Package.objects.count()) == (FeedState.DONE, 2)
        assert not Package.objects.filter(confirmed_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_while_a_worker_reads_the_file_nobody_waits_for_it(monkeypatch):
    member, (order,) = member_with(2)
    ship(order)
    file = text("adjust", credit(order, "1.00"))
    feed, answers, kept = upload(member, file), [], reading.judging.kept

    def meanwhile(*args):
        calls = [partial(upload, member, file), partial(operations.stop, feed, now=clock.now())]
        answers.extend(at_once(call)[0] for call in calls)
        return kept(*args)

    monkeypatch.setattr(reading.judging, "kept", meanwhile)
    reading.read(feed.pk)
    assert (type(answers[0]), answers[1]) == (SameFile, feed)
    feed.refresh_from_db()
    assert (feed.state, feed.batch, feed.is_taken) == (FeedState.STOPPED, None, False)
    assert not Refund.objects.exists()
