"""Fewer units than orders hold: who is kept, who cannot be met, and settling each in one step (I4, R6)."""

import uuid
from datetime import timedelta

import pytest

from accounts.actors import Actor
from inventory import stock
from inventory.models import Fulfilment, Listing, MovementKind
from orders import shipping, slips, supply
from orders.models import Order
from orders.refusals import MoveRefused, Refused
from orders.states import CancelReason, OrderStatus
from refunds import refunds, shortages, sweeps
from refunds.models import Refund
from refunds.refunds import Ask
from refunds.refusals import AmountRefused, Changed
from refunds.shortages import Step
from refunds.states import RefundReason, RefundState
from tests.factories import MINUTE, NOON, ListingFactory, UserFactory
from tests.helpers import SYSTEM, at_once, authorised, place, ship
from tests.refunds.steps import nothing_changes

SORRY = "We are sorry, the last one was broken."


@pytest.fixture
def member(db):
    return Actor.seller(UserFactory())


@pytest.fixture
def listing(db):
    return ListingFactory(on_hand=10, sku="LAMP-1", title="Brass lamp")


def counted(listing: Listing, on_hand: int) -> Listing:
    listing.refresh_from_db()
    shared = {"seen_version": listing.version, "kind": MovementKind.COUNT, "reason": "counted"}
    return stock.set_on_hand(listing, on_hand, **shared, now=NOON, actor=SYSTEM)


def settled(listing: Listing, order: Order, units: int, member: Actor, key: uuid.UUID | None = None) -> Order:
    """Take the step that the page offers now."""
    item = order.items.select_related("order").get(listing=listing)
    is_charged = item.order.status == OrderStatus.PARTIALLY_SHIPPED
    step = Step(units, item.units_open, is_charged, SORRY, key or uuid.uuid4())
    return shortages.settle(listing, item, step, actor=member, now=NOON)


def figures(listing: Listing) -> tuple[int, int, int]:
    listing.refresh_from_db()
    return listing.on_hand, listing.reserved, listing.available


class TestWhoCannotBeMet:
    def test_i4_the_newest_first_each_with_what_it_lacks(self, listing):
        orders = [authorised((listing, 2), now=NOON + n * MINUTE) for n in range(4)]
        listing = counted(listing, 3)
        assert shortages.missing(listing) == 5
        lacking = [(each.order.number, each.short) for each in shortages.unmet(listing)]
        assert lacking == [(orders[3].number, 2), (orders[2].number, 2), (orders[1].number, 1)]
        assert [item.order.number for item in shortages.kept(listing)] == [each.number for each in orders[:2]]

    @pytest.mark.parametrize("on_hand, lacking", [(4, 0), (3, 1), (1, 2), (0, 2)])
    def test_i4_at_the_edges(self, listing, on_hand, lacking):
        for n in range(2):
            authorised((listing, 2), now=NOON + n * MINUTE)
        assert len(shortages.unmet(counted(listing, on_hand))) == lacking

    def test_what_has_shipped_or_is_canceled_holds_nothing(self, listing):
        ship(authorised((listing, 2)))
        kept = authorised((listing, 1))
        listing = counted(listing, 0)
        assert [each.order.number for each in shortages.unmet(listing)] == [kept.number]

    def test_two_queries_however_many_orders(self, listing, django_assert_num_queries):
        for n in range(5):
            authorised((listing, 1), now=NOON + n * MINUTE)
        listing = counted(listing, 1)
        with django_assert_num_queries(1):
            assert [each.order.channel.name for each in shortages.unmet(listing)]
        with django_assert_num_queries(1):
            assert [each.order.number for each in shortages.kept(listing)]


class TestNotCharged:
    def test_i4_the_buyer_is_told_and_the_order_canceled(self, listing, member):
        first, last = authorised((listing, 1)), authorised((listing, 1), now=NOON + MINUTE)
        listing = counted(listing, 1)
        order = settled(listing, last, 1, member)
        assert (order.status, order.cancel_reason) == (OrderStatus.CANCELED, CancelReason.NO_INVENTORY)
        assert order.memos.get().text == SORRY
        assert figures(listing) == (1, 1, 0)
        first.refresh_from_db()
        assert first.status == OrderStatus.UNSHIPPED

    def test_o12_only_the_units_that_are_not_there(self, listing, member):
        other = ListingFactory(seller=listing.seller)
        order = authorised((listing, 3), (other, 1))
        listing = counted(listing, 2)
        order = settled(listing, order, 1, member)
        assert order.status == OrderStatus.UNSHIPPED
        assert [item.units_canceled for item in order.items.all()] == [1, 0]
        assert order.memos.get().event.details["reason"] == CancelReason.NO_INVENTORY
        assert figures(listing) == (2, 2, 0)
        assert figures(other) == (10, 1, 9)

    def test_o2_not_while_the_payment_is_pending(self, listing, member):
        order = place((listing, 2))
        listing = counted(listing, 1)
        with pytest.raises(MoveRefused):
            settled(listing, order, 1, member)
        assert figures(listing) == (1, 2, 0)

    def test_o21_not_what_the_marketplace_ships(self, member):
        listing = ListingFactory(fulfilment=Fulfilment.AFN)
        order = authorised((listing, 2))
        listing = counted(listing, 1)
        with pytest.raises(Refused):
            settled(listing, order, 1, member)

    def test_no_more_than_is_missing_by_now(self, listing, member):
        orders = [authorised((listing, 1), now=NOON + n * MINUTE) for n in range(2)]
        listing = counted(listing, 1)
        counted(listing, 2)
        with pytest.raises(Refused, match="not missing any more"):
            settled(listing, orders[1], 1, member)
        assert figures(listing) == (2, 2, 0)


class TestCharged:
    @pytest.fixture
    def order(self, listing):
        """One of three lamps has shipped: the buyer has paid for all of them."""
        order = authorised((listing, 3))
        return ship(order, {order.items.get().pk: 1})

    def test_r6_refunded_at_once_with_the_memo(self, listing, order, member):
        listing = counted(listing, 1)
        settled(listing, order, 1, member)
        refund = Refund.objects.get()
        assert (refund.reason, refund.memo) == (RefundReason.NO_INVENTORY, SORRY)
        # A third of 30.00, of 2.40 tax and of 5.00 shipping.
        assert refund.amount == 1000 + 80 + 167
        sweeps.send_refunds(NOON, SYSTEM)
        refund.refresh_from_db()
        assert refund.state == RefundState.DONE
        assert figures(listing) == (1, 1, 0)

    def test_o17_it_stays_late_until_the_rest_is_shipped(self, listing, order, member):
        listing = counted(listing, 1)
        settled(listing, order, 1, member)
        order.refresh_from_db()
        item = order.items.get()
        assert (order.status, item.units_open) == (OrderStatus.PARTIALLY_SHIPPED, 1)
        later = order.ship_by + timedelta(days=1)
        assert list(Order.objects.late(later)) == [order]
        with pytest.raises(Refused, match="1 are open"):
            ship(order, {item.pk: 2}, actor=member, now=later)
        ship(order, {item.pk: 1}, actor=member, now=later)
        order.refresh_from_db()
        assert order.status == OrderStatus.SHIPPED
        assert list(Order.objects.late(later)) == []
        assert figures(listing) == (0, 0, 0)
        assert order.items.get().units_unsupplied == 1

    def test_o17_with_all_the_rest_refunded_it_stays_late_until_the_order_is_completed(
        self, listing, order, member
    ):
        settled(counted(listing, 0), order, 2, member)
        order.refresh_from_db()
        later = order.ship_by + timedelta(days=1)
        assert list(Order.objects.late(later)) == [order]
        with pytest.raises(Refused, match="left to ship"):
            ship(order, {order.items.get().pk: 1}, actor=member, now=later)
        for _time in range(2):
            done = shipping.complete(order, actor=member, now=later)
            assert (done.status, done.is_shipped_late) == (OrderStatus.SHIPPED, True)
        assert list(Order.objects.late(later)) == []
        assert order.events.filter(kind="order_completed").count() == 1

    def test_o17_an_order_with_units_to_ship_is_not_completed(self, listing, order, member):
        unshipped = authorised((listing, 1))
        for each in (order, unshipped):
            with pytest.raises(Refused):
                shipping.complete(each, actor=member, now=NOON)
        assert not order.events.filter(kind="order_completed").exists()

    def test_r6_the_same_form_twice_is_one_refund(self, listing, order, member):
        listing, key = counted(listing, 1), uuid.uuid4()
        for _ in range(2):
            settled(listing, order, 1, member, key)
        assert Refund.objects.count() == 1
        assert figures(listing) == (1, 1, 0)

    def test_i4_another_step_than_the_page_offered_is_not_taken(self, listing, member):
        """Offered to cancel, but a colleague shipped the first unit meanwhile: the buyer has paid by now."""
        order = authorised((listing, 3))
        item = order.items.get()
        step = Step(1, item.units_open, False, SORRY, uuid.uuid4())
        ship(order, {item.pk: 1})
        listing = counted(listing, 1)
        with pytest.raises(Changed):
            shortages.settle(listing, item, step, actor=member, now=NOON)
        assert Refund.objects.count() == 0

    @pytest.mark.parametrize("reason", RefundReason.values)
    def test_r6_units_refunded_for_any_reason_are_given_up(self, listing, order, member, reason):
        """They are released and not offered to ship; only those that are not there cannot be sold again (I5)."""
        item = order.items.get()
        asks = [Ask(item.pk, 2000, 160, 333, 0, units=2)]
        shared = {"key": uuid.uuid4(), "reason": reason, "memo": SORRY}
        for _ in range(2):
            refunds.request(order, asks, **shared, actor=member, now=NOON)
        item.refresh_from_db()
        assert (item.units_shipped, item.units_unsupplied, item.units_open) == (1, 2, 0)
        is_there = reason not in ("no_inventory", "product_out_of_stock")
        assert figures(listing) == ((9, 0, 9) if is_there else (7, 0, 7))
        assert slips.kept(order) == [(item, 1)]
        assert Refund.objects.get().lines.get().units_unsupplied == 2

    def test_i4_units_are_not_refunded_and_shipped_as_well(self, listing, order, member):
        item = order.items.get()
        asks = [Ask(item.pk, 2000, 160, 333, 0, units=2)]
        shared = {"key": uuid.uuid4(), "reason": RefundReason.CUSTOMER_CANCEL}
        with nothing_changes(), pytest.raises(AmountRefused, match="1 are left"):
            refunds.request(order, asks, **shared, unsupplied={}, actor=member, now=NOON)

    def test_i4_what_was_refunded_before_is_not_given_back_again(self, listing, order, member):
        """3 units, 1 shipped, 2 refunded as the customer canceled; then a count makes the listing short."""
        item, other = order.items.get(), authorised((listing, 3), now=NOON + MINUTE)
        asks = [Ask(item.pk, 2000, 160, 333, 0, units=2)]
        shared = {"key": uuid.uuid4(), "reason": RefundReason.CUSTOMER_CANCEL}
        refunds.request(order, asks, **shared, actor=member, now=NOON)
        listing = counted(listing, 0)
        assert [each.order for each in shortages.unmet(listing)] == [other]
        with pytest.raises(Refused):
            settled(listing, order, 2, member)
        assert Refund.objects.get().amount == 2493

    def test_r6_what_was_paid_back_before_is_only_let_go(self, listing, order, member):
        item = order.items.get()
        everything = [Ask(item.pk, 3000, 240, 500, 0)]
        shared = {"key": uuid.uuid4(), "reason": RefundReason.GENERAL_ADJUSTMENT}
        refunds.request(order, everything, **shared, actor=member, now=NOON)
        listing = counted(listing, 0)
        settled(listing, order, 2, member)
        assert Refund.objects.count() == 1
        assert figures(listing) == (0, 0, 0)
        assert order.memos.get().text == SORRY

    def test_let_go_is_for_what_is_charged_and_held(self, listing, order, member):
        item, by = order.items.get(), {"actor": member, "now": NOON}
        for units in (0, 3, -1):
            with pytest.raises(Refused):
                supply.let_go(order, {item.pk: units}, reason="other", restock=True, **by)
        unshipped = authorised((listing, 1))
        with pytest.raises(Refused):
            supply.let_go(unshipped, {unshipped.items.get().pk: 1}, reason="other", restock=True, **by)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    ROUNDS = 25

    def settle_both(self, listing, member) -> list[object]:
        """Two people settle the one missing unit, each with another order."""
        orders = [authorised((listing, 1), now=NOON + n * MINUTE) for n in range(2)]
        listing = counted(listing, 1)
        outcomes = at_once(*[lambda order=order: settled(listing, order, 1, member) for order in orders])
        for order in orders:
            order.refresh_from_db()
        return [order.status for order in orders] + outcomes

    def test_i4_one_missing_unit_cancels_one_order(self, listing, member):
        for _ in range(self.ROUNDS):
            counted(listing, 10)
            first, second, *_outcomes = self.settle_both(listing, member)
            assert {first, second} == {OrderStatus.CANCELED, OrderStatus.UNSHIPPED}
            self.clear(member)

    def test_twin_without_the_locks_on_the_listings_cancels_both(self, listing, member, monkeypatch):
        monkeypatch.setattr(shortages, "_check", lambda *_args: None)
        first, second, *_outcomes = self.settle_both(listing, member)
        assert {first, second} == {OrderStatus.CANCELED}

    def clear(self, member) -> None:
        for order in Order.objects.filter(status=OrderStatus.UNSHIPPED):
            ship(order)
