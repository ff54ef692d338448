"""Authorising and canceling: what holds after each operation, and that a refusal changes nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.actors import Actor
from inventory.models import StockMovement
from orders import cancel_requests, lifecycle, sweeps
from orders.models import Order
from orders.refusals import MoveRefused, Refused
from orders.states import SELLER_REASONS, CancelReason, EventKind, OrderStatus, RequestState
from payments.models import Payment, SandboxOperation
from payments.states import PaymentState
from tests.factories import MINUTE, NOON, ListingFactory, MarketplaceFactory, SellerFactory, UserFactory
from tests.helpers import SYSTEM, authorised, place, ship

pytestmark = pytest.mark.django_db
MICRO = timedelta(microseconds=1)
BUYER = Actor.buyer()


@pytest.fixture
def seller_actor():
    return Actor.seller(UserFactory())


@pytest.fixture
def listing():
    return ListingFactory()


def figures(listing) -> tuple[int, int]:
    listing.refresh_from_db()
    return listing.on_hand, listing.reserved


def snapshot(order: Order) -> tuple:
    """All that a refusal must leave alone."""
    order = Order.objects.get(pk=order.pk)
    return (
        {name: value for name, value in vars(order).items() if name != "_state"},
        list(order.items.values()),
        list(order.events.values()),
        list(StockMovement.objects.values()),
        list(Payment.objects.values()),
        list(order.cancel_requests.values()),
    )


class TestAuthorise:
    def test_o2_a_placed_order_is_pending_and_holds_its_units(self, listing):
        order = place((listing, 3))
        assert order.status == OrderStatus.PENDING
        assert (order.ship_by, order.relay_phone) == (None, "")
        assert figures(listing) == (10, 3)

    def test_o3_an_authorised_order_is_unshipped_with_its_ship_by_date(self, listing):
        order = authorised((listing, 3))
        assert order.status == OrderStatus.UNSHIPPED
        assert order.authorised_at == NOON
        # Authorised on Friday; one business day of handling is Monday, to its end in New York.
        assert order.ship_by == datetime(2026, 11, 24, 4, 59, 59, 999999, tzinfo=UTC)
        # Thanksgiving does not count: the seventh business day after Monday is Thursday of the next week.
        assert order.confirm_deadline == datetime(2026, 12, 4, 4, 59, 59, 999999, tzinfo=UTC)
        assert order.relay_phone and len(order.relay_extension) == 6
        assert order.calendar.startswith("holidays ")

    def test_o8_the_longest_handling_time_counts(self):
        seller = SellerFactory()
        quick = ListingFactory(seller=seller, handling_days=1)
        slow = ListingFactory(seller=seller, handling_days=4)
        order = authorised((quick, 1), (slow, 1))
        assert order.ship_by == datetime(2026, 11, 28, 4, 59, 59, 999999, tzinfo=UTC)

    def test_o8_days_are_the_marketplaces(self):
        """The same moment is Saturday in Tokyo already."""
        tokyo = MarketplaceFactory(country="JP", time_zone="Asia/Tokyo", currency="JPY")
        listing = ListingFactory(seller=SellerFactory(marketplace=tokyo))
        order = authorised((listing, 1))
        # Monday is Labour Thanksgiving Day, so the first business day is Tuesday.
        assert order.ship_by == datetime(2026, 11, 24, 14, 59, 59, 999999, tzinfo=UTC)

    def test_o4_a_declined_payment_is_tried_again_and_then_authorised(self, listing):
        order = place((listing, 1), payment_token="tok_decline_then_approve")
        sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
        order.refresh_from_db()
        assert order.status == OrderStatus.PENDING
        assert order.events.last().kind == EventKind.DECLINED
        later = NOON + timedelta(days=2)
        sweeps.run(sweeps.retry_authorisations, now=later, actor=SYSTEM)
        order.refresh_from_db()
        assert (order.status, order.authorised_at) == (OrderStatus.UNSHIPPED, later)

    def test_o4_unauthorised_after_the_limit_is_canceled_by_the_marketplace(self, listing):
        order = place((listing, 2), payment_token="tok_decline")
        sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
        limit = NOON + timedelta(days=5)
        assert sweeps.run(sweeps.cancel_unauthorised, now=limit, actor=SYSTEM) == 0
        assert sweeps.run(sweeps.cancel_unauthorised, now=limit + MICRO, actor=SYSTEM) == 1
        order.refresh_from_db()
        assert (order.status, order.canceled_by) == (OrderStatus.CANCELED, "marketplace")
        assert (order.cancel_reason, order.is_cancel_defect) == (CancelReason.PAYMENT_NOT_AUTHORISED, False)
        assert figures(listing) == (10, 0)


class TestBuyerCancels:
    @pytest.mark.parametrize("after", [timedelta(0), 29 * MINUTE, 30 * MINUTE - MICRO, 30 * MINUTE])
    def test_o9_inside_the_window(self, listing, after):
        order = authorised((listing, 1))
        lifecycle.cancel(order, reason=CancelReason.BUYER_CANCELED, actor=BUYER, now=NOON + after)
        order.refresh_from_db()
        assert (order.status, order.canceled_by) == (OrderStatus.CANCELED, "buyer")
        assert order.is_cancel_defect is False

    @pytest.mark.parametrize("after", [30 * MINUTE + MICRO, 31 * MINUTE, timedelta(days=1)])
    @pytest.mark.parametrize("job_has_run", [True, False])
    def test_o9_outside_the_window_whether_or_not_the_job_has_run(self, listing, after, job_has_run):
        order = authorised((listing, 1))
        if job_has_run:
            sweeps.run(sweeps.close_cancel_windows, now=NOON + after, actor=SYSTEM)
        before = snapshot(order)
        with pytest.raises(Refused, match="ask the seller"):
            lifecycle.cancel(order, reason=CancelReason.BUYER_CANCELED, actor=BUYER, now=NOON + after)
        assert snapshot(order) == before

    def test_o9_a_marketplace_may_set_another_window(self):
        japan = MarketplaceFactory(
            country="JP", time_zone="Asia/Tokyo", currency="JPY", buyer_cancel_minutes=5
        )
        order = authorised((ListingFactory(seller=SellerFactory(marketplace=japan)), 1))
        with pytest.raises(Refused):
            lifecycle.cancel(
                order, reason=CancelReason.BUYER_CANCELED, actor=BUYER, now=NOON + 5 * MINUTE + MICRO
            )
        lifecycle.cancel(order, reason=CancelReason.BUYER_CANCELED, actor=BUYER, now=NOON + 5 * MINUTE)

    def test_o9_a_pending_order_too(self, listing):
        order = place((listing, 1))
        lifecycle.cancel(order, reason=CancelReason.BUYER_CANCELED, actor=BUYER, now=NOON)
        sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
        sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
        order.refresh_from_db()
        assert order.status == OrderStatus.CANCELED
        assert order.payment.state == PaymentState.VOIDED

    def test_o9_not_once_something_is_shipped(self, listing):
        order = authorised((listing, 2))
        order = ship(order, {order.items.get().pk: 1})
        with pytest.raises(MoveRefused):
            lifecycle.cancel(order, reason=CancelReason.BUYER_CANCELED, actor=BUYER, now=NOON)

    def test_o9_the_job_writes_an_event_once(self, listing):
        order = authorised((listing, 1))
        late = NOON + 30 * MINUTE + MICRO
        assert sweeps.run(sweeps.close_cancel_windows, now=NOON + 30 * MINUTE, actor=SYSTEM) == 0
        assert sweeps.run(sweeps.close_cancel_windows, now=late, actor=SYSTEM) == 1
        assert sweeps.run(sweeps.close_cancel_windows, now=late, actor=SYSTEM) == 0
        assert order.events.filter(kind=EventKind.WINDOW_CLOSED).count() == 1


class TestRequests:
    def test_o10_accepting_cancels_without_a_defect(self, listing, seller_actor):
        order = authorised((listing, 1))
        cancel_requests.ask(order, note="Too many", actor=BUYER, now=NOON + 31 * MINUTE)
        order = cancel_requests.accept(order, actor=seller_actor, now=NOON + 40 * MINUTE)
        assert (order.status, order.cancel_reason) == (OrderStatus.CANCELED, CancelReason.BUYER_CANCELED)
        order.refresh_from_db()
        assert (order.canceled_by, order.is_cancel_defect) == ("seller", False)
        assert order.cancel_requests.get().state == RequestState.ACCEPTED

    def test_o10_the_reason_buyer_canceled_without_a_request_is_a_defect(self, listing, seller_actor):
        order = authorised((listing, 1))
        lifecycle.cancel(order, reason=CancelReason.BUYER_CANCELED, actor=seller_actor, now=NOON)
        order.refresh_from_db()
        assert order.is_cancel_defect is True

    def test_o10_asking_twice_is_one_request(self, listing):
        order = authorised((listing, 1))
        first = cancel_requests.ask(order, note="", actor=BUYER, now=NOON)
        assert cancel_requests.ask(order, note="again", actor=BUYER, now=NOON) == first
        assert order.events.filter(kind=EventKind.CANCEL_REQUESTED).count() == 1

    def test_o10_declining_lets_the_order_go_on(self, listing, seller_actor):
        order = authorised((listing, 1))
        cancel_requests.ask(order, note="", actor=BUYER, now=NOON)
        cancel_requests.decline(order, actor=seller_actor, now=NOON)
        order.refresh_from_db()
        assert order.status == OrderStatus.UNSHIPPED
        with pytest.raises(Refused):
            cancel_requests.accept(order, actor=seller_actor, now=NOON)

    def test_o10_shipping_overtakes_the_request(self, listing):
        order = authorised((listing, 1))
        cancel_requests.ask(order, note="", actor=BUYER, now=NOON)
        order = ship(order)
        assert order.cancel_requests.get().state == RequestState.LAPSED
        with pytest.raises(MoveRefused):
            cancel_requests.ask(order, note="", actor=BUYER, now=NOON)


class TestSellerCancels:
    @pytest.mark.parametrize("reason", SELLER_REASONS)
    def test_o11_i5_stock_comes_back_unless_it_was_not_there(self, listing, seller_actor, reason):
        order = authorised((listing, 3))
        lifecycle.cancel(order, reason=reason, actor=seller_actor, now=NOON)
        order.refresh_from_db()
        assert (order.status, order.canceled_by, order.cancel_reason) == ("canceled", "seller", reason)
        assert figures(listing) == ((7, 0) if reason == CancelReason.NO_INVENTORY else (10, 0))
        movement = StockMovement.objects.latest("pk")
        assert (movement.kind, movement.reason, movement.order_number) == ("cancel", reason, order.number)
        assert movement.actor == seller_actor.user

    def test_o11_nothing_is_charged_and_the_hold_is_voided(self, listing, seller_actor):
        order = authorised((listing, 1))
        lifecycle.cancel(order, reason=CancelReason.PRICING_ERROR, actor=seller_actor, now=NOON)
        sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
        assert Payment.objects.get().state == PaymentState.VOIDED
        assert set(SandboxOperation.objects.values_list("operation", flat=True)) == {"authorise", "void"}

    def test_o11_canceling_twice_is_refused_and_changes_nothing(self, listing, seller_actor):
        order = authorised((listing, 1))
        lifecycle.cancel(order, reason=CancelReason.PRICING_ERROR, actor=seller_actor, now=NOON)
        before = snapshot(order)
        with pytest.raises(MoveRefused):
            lifecycle.cancel(order, reason=CancelReason.PRICING_ERROR, actor=seller_actor, now=NOON)
        assert snapshot(order) == before

    def test_o2_a_pending_order_is_not_the_sellers_to_cancel(self, listing, seller_actor):
        order = place((listing, 1))
        before = snapshot(order)
        with pytest.raises(MoveRefused, match="still being authorised"):
            lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=seller_actor, now=NOON)
        assert snapshot(order) == before

    def test_o21_an_order_that_the_marketplace_ships_is_read_only(self, seller_actor):
        order = authorised((ListingFactory(fulfilment="AFN"), 1))
        before = snapshot(order)
        with pytest.raises(Refused, match="fulfilled by the marketplace"):
            lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=seller_actor, now=NOON)
        assert snapshot(order) == before
        assert (order.relay_phone, order.relay_extension) == ("", "")

    def test_o11_not_after_the_first_confirmation(self, listing, seller_actor):
        order = authorised((listing, 2))
        order = ship(order, {order.items.get().pk: 1})
        before = snapshot(order)
        with pytest.raises(MoveRefused):
            lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=seller_actor, now=NOON)
        assert snapshot(order) == before


class TestUnits:
    def test_o12_canceled_units_shrink_the_total_and_the_charge(self, listing, seller_actor):
        order = authorised((listing, 3))
        item = order.items.get()
        assert order.total == 3000 + 240 + 500
        order = lifecycle.cancel_units(
            order, {item.pk: 1}, reason=CancelReason.GENERAL_ADJUSTMENT, actor=seller_actor, now=NOON
        )
        # Two thirds of the price, the tax and the shipping; half a cent goes up.
        assert (order.status, order.total) == (OrderStatus.UNSHIPPED, 2000 + 160 + 333)
        assert figures(listing) == (10, 2)
        ship(order)
        payment = Payment.objects.get()
        assert (payment.captured_amount, payment.state) == (2493, PaymentState.CAPTURED)
        assert figures(listing) == (8, 0)

    def test_o12_canceling_the_last_unit_cancels_the_order(self, listing, seller_actor):
        order = authorised((listing, 2))
        item = order.items.get()
        for expected in (OrderStatus.UNSHIPPED, OrderStatus.CANCELED):
            order = lifecycle.cancel_units(
                order, {item.pk: 1}, reason=CancelReason.NO_INVENTORY, actor=seller_actor, now=NOON
            )
            assert order.status == expected
        assert figures(listing) == (8, 0)

    @pytest.mark.parametrize("units", [0, -1, 3])
    def test_o12_more_than_is_there_is_refused(self, listing, seller_actor, units):
        order = authorised((listing, 2))
        before = snapshot(order)
        with pytest.raises(Refused):
            lifecycle.cancel_units(
                order,
                {order.items.get().pk: units},
                reason=CancelReason.NO_INVENTORY,
                actor=seller_actor,
                now=NOON,
            )
        assert snapshot(order) == before

    def test_o12_not_the_units_of_another_order(self, listing, seller_actor):
        mine, other = authorised((listing, 1)), authorised((listing, 1))
        before = snapshot(mine), snapshot(other)
        with pytest.raises(Refused):
            lifecycle.cancel_units(
                mine,
                {other.items.get().pk: 1},
                reason=CancelReason.NO_INVENTORY,
                actor=seller_actor,
                now=NOON,
            )
        assert (snapshot(mine), snapshot(other)) == before

    def test_o12_not_after_the_first_confirmation(self, listing, seller_actor):
        order = authorised((listing, 3))
        item = order.items.get()
        order = ship(order, {item.pk: 1})
        with pytest.raises(MoveRefused):
            lifecycle.cancel_units(
                order, {item.pk: 1}, reason=CancelReason.NO_INVENTORY, actor=seller_actor, now=NOON
            )
