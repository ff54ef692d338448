"""What was asked before a deadline counts for the sweep that cancels after it, and for the operation (O18)."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import transaction

from accounts.actors import Actor
from batches import engine
from batches.models import Batch
from orders import shipping, sweeps, undecided
from orders.models import Order
from orders.models.order import OrderQuerySet
from orders.states import OrderStatus
from payments import calls
from payments.providers.base import Outcome, Status
from tests.factories import NOON, ListingFactory, MembershipFactory
from tests.helpers import SYSTEM, at_once, authorised, everything, parcel
from tests.orders.bulk.steps import grid
from tests.reports.feeds import feed_steps as feeds

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture(autouse=True)
def clock_at(monkeypatch, settings, tmp_path):
    """Set the database's clock; files lie in a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "files"

    def set_to(moment):
        monkeypatch.setattr("accounts.clock.now", lambda: moment)

    set_to(NOON)
    return set_to


@pytest.fixture
def member():
    return MembershipFactory(seller=ListingFactory(on_hand=50).seller)


@pytest.fixture
def order(member):
    return authorised((member.seller.listings.get(), 2))


def asked(order, member, now, kind="ship", data=None) -> Batch:
    """A batch of one order, as the page of many shipments puts it on record."""
    sent = {
        "ship_date": f"{order.placed_on}",
        "carrier": "UPS",
        "tracking_number": f"T000{order.number[-7:]}",
    }
    row = {
        "parcel": {"carrier_name": "", "service": "", **sent},
        "units": list(everything(order).items()),
        "seen": order.events.last().pk,
    }
    return undecided.create_batch(
        [order.pk],
        seller=order.seller,
        kind=kind,
        rows=[(order.number, data or row)],
        key=uuid.uuid4(),
        actor=Actor.seller(member.user),
        now=now,
        params={"reason": "no_inventory", "memo": ""} if kind == "cancel" else {},
    )


def swept(now) -> int:
    return sweeps.run(sweeps.cancel_overdue, now=now, actor=SYSTEM)


def status(order) -> str:
    order.refresh_from_db()
    return order.status


@pytest.mark.django_db
class TestManyAtOnce:
    def test_confirmed_by_a_late_worker_where_it_was_asked_a_minute_before_the_deadline(
        self, order, member, clock_at
    ):
        batch = asked(order, member, order.confirm_deadline - MINUTE)
        assert swept(order.confirm_deadline + SECOND) == 0
        clock_at(order.confirm_deadline + 10 * MINUTE)
        engine.work(batch.pk)
        assert status(order) == OrderStatus.SHIPPED
        assert swept(order.confirm_deadline + 11 * MINUTE) == 0

    def test_asked_after_the_deadline_it_is_canceled(self, order, member):
        asked(order, member, order.confirm_deadline + SECOND)
        assert swept(order.confirm_deadline + 2 * SECOND) == 1

    def test_what_was_refused_is_the_sweeps_again(self, order, member, clock_at):
        batch = asked(order, member, order.confirm_deadline - MINUTE)
        member.rights = []
        member.save(update_fields=["rights"])
        assert swept(order.confirm_deadline + SECOND) == 0
        clock_at(order.confirm_deadline + MINUTE)
        engine.work(batch.pk)
        assert status(order) == OrderStatus.UNSHIPPED
        assert swept(order.confirm_deadline + MINUTE) == 1
        assert status(order) == OrderStatus.CANCELED

    def test_a_stopped_batch_and_another_sellers_row_hold_nothing(self, order, member, clock_at):
        batch = asked(order, member, order.confirm_deadline - MINUTE)
        engine.stop(batch, now=order.confirm_deadline - SECOND)
        clock_at(order.confirm_deadline)
        engine.work(batch.pk)
        other = MembershipFactory(seller=ListingFactory().seller)
        engine.create(
            seller=other.seller,
            kind="ship",
            rows=[(order.number, {})],
            key=uuid.uuid4(),
            actor=Actor.seller(other.user),
            now=order.confirm_deadline - MINUTE,
        )
        assert swept(order.confirm_deadline + SECOND) == 1

    def test_a_cancellation_that_was_asked_in_time_keeps_its_own_reason(self, order, member, clock_at):
        data = {"seen": order.events.last().pk}
        batch = asked(order, member, order.confirm_deadline - MINUTE, "cancel", data)
        assert swept(order.confirm_deadline + SECOND) == 0
        clock_at(order.confirm_deadline + MINUTE)
        engine.work(batch.pk)
        assert (status(order), order.cancel_reason) == (OrderStatus.CANCELED, "no_inventory")


@pytest.mark.django_db
class TestFeeds:
    def test_a_file_that_nobody_has_read_yet_counts_from_its_upload(self, order, member, clock_at):
        clock_at(order.confirm_deadline - MINUTE)
        feed = feeds.upload(member, feeds.text("ship", feeds.parcel(order)))
        assert swept(order.confirm_deadline + SECOND) == 0
        clock_at(order.confirm_deadline + 10 * MINUTE)
        feeds.reading.read(feed.pk)
        assert swept(order.confirm_deadline + 11 * MINUTE) == 0
        feeds.engine.finish(feeds.Feed.objects.get().batch_id)
        assert status(order) == OrderStatus.SHIPPED

    def test_an_order_that_the_file_does_not_name_is_canceled_once_it_is_read(self, order, member, clock_at):
        other = authorised((member.seller.listings.get(), 1))
        clock_at(order.confirm_deadline - MINUTE)
        feed = feeds.upload(member, feeds.text("ship", feeds.parcel(order)))
        assert swept(order.confirm_deadline + SECOND) == 0
        clock_at(order.confirm_deadline + MINUTE)
        feeds.reading.read(feed.pk)
        assert swept(order.confirm_deadline + MINUTE) == 1
        assert (status(other), status(order)) == (OrderStatus.CANCELED, OrderStatus.UNSHIPPED)

    def test_a_dry_run_and_a_file_of_stock_hold_nothing(self, order, member, clock_at):
        clock_at(order.confirm_deadline - MINUTE)
        feeds.upload(member, feeds.text("ship", feeds.parcel(order)), is_at_once=False)
        sku = member.seller.listings.get().sku
        feeds.upload(member, feeds.text("stock", {"sku": sku, "quantity": 9}))
        assert swept(order.confirm_deadline + SECOND) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "end"), [(Status.APPROVED, OrderStatus.SHIPPED), (Status.DECLINED, OrderStatus.CANCELED)]
)
def test_a_charge_without_an_answer_holds_the_order_until_there_is_one(order, monkeypatch, answer, end):
    late = order.confirm_deadline + 10 * MINUTE
    with monkeypatch.context() as silent:
        silent.setattr(calls, "run", lambda _call, *, now: Outcome(Status.UNKNOWN))
        shipping.confirm_shipment(
            order,
            [(parcel(), everything(order))],
            key=uuid.uuid4(),
            actor=SYSTEM,
            now=order.confirm_deadline - SECOND,
        )
        assert swept(order.confirm_deadline + SECOND) == 0
    monkeypatch.setattr(calls, "run", lambda _call, *, now: Outcome(answer))
    sweeps.run(sweeps.finish_provider_calls, now=late, actor=SYSTEM)
    swept(late)
    assert status(order) == end


@pytest.mark.django_db
def test_the_page_of_many_shipments_holds_its_orders(alice, seller, listing, monkeypatch):
    order = authorised((listing, 1))
    held: list[int] = []
    monkeypatch.setattr(undecided, "hold", held.extend)
    assert alice.post("/orders/ship/", grid(order)).status_code == 302
    assert held == [order.pk]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """The sweep runs at the very moment at which the batch is put on record."""

    def in_flight(self, order, member) -> int:
        """How many orders a sweep cancels while the batch is written and not committed yet."""
        written, may_commit = threading.Event(), threading.Event()

        def ask() -> None:
            with transaction.atomic():
                asked(order, member, order.confirm_deadline - MINUTE)
                written.set()
                assert may_commit.wait(20)

        def sweep() -> int:
            assert written.wait(20)
            try:
                return swept(order.confirm_deadline + SECOND)
            finally:
                may_commit.set()

        _none, canceled = at_once(ask, sweep)
        assert isinstance(canceled, int), canceled
        return canceled

    def test_a_request_that_is_not_committed_yet_holds_the_order(self, order, member):
        assert self.in_flight(order, member) == 0
        assert swept(order.confirm_deadline + SECOND) == 0

    def test_twin_that_does_not_hold_the_orders_cancels_them(self, order, member, monkeypatch):
        monkeypatch.setattr(undecided, "hold", lambda _orders: None)
        assert self.in_flight(order, member) == 1

    def between_search_and_lock(self, order, member, monkeypatch) -> int:
        """How many are canceled where the batch is committed after the sweep's search, before its lock."""
        found = OrderQuerySet.lock_due

        def slow(self: OrderQuerySet, limit: int) -> list[Order]:
            pks = list(self.values_list("pk", flat=True)[:limit])
            if pks:
                (problem,) = at_once(lambda: asked(order, member, order.confirm_deadline - MINUTE) and None)
                assert problem is None, problem
            return found(Order.objects.filter(pk__in=pks), limit)

        monkeypatch.setattr(OrderQuerySet, "lock_due", slow)
        return swept(order.confirm_deadline + SECOND)

    def test_a_request_between_the_search_and_the_lock_counts(self, order, member, monkeypatch):
        assert self.between_search_and_lock(order, member, monkeypatch) == 0

    def test_twin_that_does_not_look_again_under_the_lock_cancels(self, order, member, monkeypatch):
        monkeypatch.setattr(undecided, "decided", list)
        assert self.between_search_and_lock(order, member, monkeypatch) == 1
