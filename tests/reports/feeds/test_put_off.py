"""Rows that are put off hold up rows about the same, in their file and in later ones, and nothing else (F5, ADR 16)."""

from datetime import timedelta

import pytest

from accounts import clock
from batches.states import RowState
from orders import sweeps
from orders.models import Package
from reports.feeds import operations, reading, shipments, turns
from reports.feeds.models import Feed
from reports.feeds.states import FeedState
from tests.factories import NOON, ListingFactory, MembershipFactory
from tests.helpers import SYSTEM, authorised, ship
from tests.reports.feeds.feed_steps import (
    A,
    B,
    C,
    fed,
    member_with,
    parcel,
    results,
    text,
    told,
    upload,
    worked,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def set_clock(monkeypatch):
    """Sets the clock so many minutes after NOON."""

    def set_it(minutes):
        monkeypatch.setattr("accounts.clock.now", lambda: NOON + timedelta(minutes=minutes))

    set_it(0)
    return set_it


@pytest.fixture
def no_order(monkeypatch):
    """The guard removed: no row comes after an earlier one."""
    monkeypatch.setattr(turns, "is_too_early", lambda _batch, _row: False)


@pytest.fixture
def breaks_once(monkeypatch):
    """Makes the first try of such a function break, and no other."""

    def make(module, name):
        real, tries = getattr(module, name), []

        def broken_at_first(*args, **words):
            tries.append(1)
            if len(tries) == 1:
                raise ZeroDivisionError
            return real(*args, **words)

        monkeypatch.setattr(module, name, broken_at_first)

    return make


def waiting_for_the_provider():
    """A member, a feed whose second row waits for a charge, its order, and another order."""
    member = MembershipFactory()
    listing = ListingFactory(seller=member.seller, on_hand=50)
    order = authorised((listing, 3), payment_token="tok_capture_timeout")
    item = {"order_item_id": order.items.get().number, "quantity": 1}
    feed = fed(member, "ship", *[parcel(order, tracking_number=number, **item) for number in (A, B)])
    assert told(feed) == [("done", "70708"), ("waiting", "")]
    return member, feed, order, authorised((listing, 1))


def answered(set_clock):
    """An hour later, when the payment provider has answered."""
    set_clock(60)
    sweeps.run(sweeps.finish_provider_calls, now=clock.now(), actor=SYSTEM)


class TestLaterFiles:
    def test_rows_that_wait_for_the_provider_hold_up_no_other_order(self, set_clock):
        member, first, _order, other = waiting_for_the_provider()
        later = upload(member, text("ship", parcel(other)))
        assert operations.due(clock.now()) == [later.pk]
        assert (told(worked(later)), Feed.objects.get(pk=first.pk).stage) == (
            [("done", "")],
            FeedState.PROCESSING,
        )

    def test_rows_about_the_same_order_come_after_it(self, set_clock):
        member, first, order, _other = waiting_for_the_provider()
        item = {"order_item_id": order.items.get().number, "quantity": 1}
        later = worked(upload(member, text("ship", parcel(order, tracking_number=C, **item))))
        answered(set_clock)
        assert told(worked(later)) == [("waiting", "")]
        assert "earlier row about the same" in results(later)[0].sentence
        assert [row[0] for row in told(worked(first))] == ["done", "done"]
        set_clock(90)
        assert told(worked(later))[0][0] == "done"
        numbers = Package.objects.order_by("number").values_list("tracking_number", flat=True)
        assert list(numbers) == [A, B, C]

    @pytest.mark.usefixtures("no_order")
    def test_without_the_order_of_rows_the_later_file_comes_first(self, set_clock):
        """The twin."""
        member, _first, order, _other = waiting_for_the_provider()
        item = {"order_item_id": order.items.get().number, "quantity": 1}
        later = worked(upload(member, text("ship", parcel(order, tracking_number=C, **item))))
        answered(set_clock)
        worked(later)
        numbers = Package.objects.order_by("number").values_list("tracking_number", flat=True)
        assert list(numbers) == [A, C]


class TestRowsThatBreak:
    def both(self, set_clock, feed):
        """Work on the feed until both of its rows are decided."""
        for minutes in (0, 1, 2, 5):
            set_clock(minutes)
            feed = worked(feed)
        assert feed.state == FeedState.DONE
        return feed

    def test_the_row_after_one_that_broke_comes_after_it(self, set_clock, breaks_once):
        member, (order,) = member_with(1)
        breaks_once(shipments, "_named")
        feed = upload(member, text("ship", *[parcel(order, tracking_number=number) for number in (A, B)]))
        assert told(self.both(set_clock, feed)) == [("done", ""), ("refused", "70310")]
        assert Package.objects.get().tracking_number == A

    @pytest.mark.usefixtures("no_order")
    def test_without_the_order_of_rows_the_later_row_is_the_package(self, set_clock, breaks_once):
        """The twin."""
        member, (order,) = member_with(1)
        breaks_once(shipments, "_named")
        feed = upload(member, text("ship", *[parcel(order, tracking_number=number) for number in (A, B)]))
        assert told(self.both(set_clock, feed)) == [("refused", "70704"), ("done", "")]
        assert Package.objects.get().tracking_number == B


class TestOldRowsThatAreTriedAgain:
    def of_a_later_row(self, _set_clock):
        """A feed whose first row was given up, and is tried again after the second one was done."""
        member, (order,) = member_with(1)
        feed = upload(member, text("ship", *[parcel(order, tracking_number=number) for number in (A, B)]))
        reading.read(feed.pk)
        feed.refresh_from_db()
        feed.batch.rows.filter(place=1).update(state=RowState.REFUSED)
        assert told(worked(feed)) == [("refused", ""), ("done", "")]
        return worked(operations.again(feed, user=member.user, now=clock.now()))

    def of_a_click(self, set_clock):
        """A feed whose row was given up, and is tried again after a click has shipped the order."""
        member, (order,) = member_with(1)
        feed = upload(member, text("ship", parcel(order, tracking_number=A)))
        reading.read(feed.pk)
        feed.refresh_from_db()
        feed.batch.rows.update(state=RowState.REFUSED)
        feed = worked(feed)
        set_clock(5)
        ship(order, now=clock.now())
        set_clock(10)
        return worked(operations.again(feed, user=member.user, now=clock.now()))

    @pytest.mark.parametrize("case", [of_a_later_row, of_a_click])
    def test_never_correct_a_package_that_was_sent_meanwhile(self, set_clock, case):
        feed = case(self, set_clock)
        assert told(feed)[0] == ("refused", "70704")
        assert "was sent after this row was handed in" in results(feed)[0].sentence
        assert Package.objects.get().tracking_number != A

    @pytest.mark.parametrize("case", [of_a_later_row, of_a_click])
    def test_without_the_guard_the_old_number_comes_back(self, set_clock, monkeypatch, case):
        """The twin."""
        monkeypatch.setattr(shipments, "_is_newer", lambda _package, _asked: False)
        case(self, set_clock)
        assert Package.objects.get().tracking_number == A
