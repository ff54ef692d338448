"""Returns: who may ask for which units, what came back, and the stock that the seller says did (R4, R8)."""

import uuid

import pytest

from accounts.actors import Actor
from inventory.models import Fulfilment, Listing, MovementKind, StockMovement
from orders.refusals import Refused
from orders.states import EventKind
from refunds import returns
from refunds.models import Return
from refunds.refusals import KeyReused, StateRefused
from refunds.returns import Received
from tests.factories import NOON, ListingFactory, SellerFactory, UserFactory
from tests.helpers import SYSTEM, authorised, ship
from tests.refunds.steps import charged, item_of, nothing_changes, opened_return, refund, sent

pytestmark = pytest.mark.django_db
BUYER = Actor.buyer()


class TestAsking:
    def test_a_buyers_return_waits_to_be_authorised(self):
        order = charged(2)
        each = opened_return(order, actor=BUYER, note=" Too small ")
        assert (each.state, each.rma, each.note) == ("requested", f"{order.number}-R1", "Too small")
        assert list(each.lines.values_list("item", "units")) == [(item_of(order).pk, 1)]
        assert order.events.last().kind == EventKind.RETURN_REQUESTED

    def test_a_sellers_own_is_authorised_at_once(self):
        order = charged(2)
        each = opened_return(order, actor=Actor.seller(UserFactory()))
        assert (each.state, each.authorised_at) == ("authorised", NOON)
        kinds = [event.kind for event in order.events.all()][-2:]
        assert kinds == [EventKind.RETURN_REQUESTED, EventKind.RETURN_AUTHORISED]

    def test_the_same_form_twice_is_one_return(self):
        order, other, key = charged(2), charged(2), uuid.uuid4()
        each = opened_return(order, key=key)
        with nothing_changes():
            assert opened_return(order, key=key) == each
        with nothing_changes(), pytest.raises(KeyReused):
            opened_return(order, {item_of(order).pk: 2}, key=key)
        with nothing_changes(), pytest.raises(KeyReused):
            opened_return(other, key=key)

    @pytest.mark.parametrize("units", [0, -1, 3])
    def test_never_more_than_shipped(self, units):
        order = charged(2)
        with nothing_changes(), pytest.raises(Refused, match="2 are left"):
            opened_return(order, {item_of(order).pk: units})

    def test_only_what_has_shipped(self):
        order = authorised((ListingFactory(), 3))
        with nothing_changes(), pytest.raises(Refused, match="0 are left"):
            opened_return(order)
        ship(order, {item_of(order).pk: 1})
        with nothing_changes(), pytest.raises(Refused, match="1 are left"):
            opened_return(order, {item_of(order).pk: 2})
        assert opened_return(order).state == "authorised"

    def test_units_are_in_one_open_return_at_a_time(self):
        order = charged(2)
        first = opened_return(order, actor=BUYER)
        with nothing_changes(), pytest.raises(Refused, match="1 are left"):
            opened_return(order, {item_of(order).pk: 2})
        returns.close(first, reason="declined", actor=SYSTEM, now=NOON)
        assert opened_return(order, {item_of(order).pk: 2}).rma == f"{order.number}-R2"

    def test_what_came_back_does_not_come_back_again(self):
        order = charged(2)
        each = opened_return(order)
        returns.receive(each, {item_of(order).pk: Received(1, "used")}, actor=SYSTEM, now=NOON)
        returns.close(each, reason="completed", actor=SYSTEM, now=NOON)
        assert returns.returnable(order) == {item_of(order).pk: 1}

    def test_items_of_this_order_and_a_known_reason(self):
        order, other = charged(2), charged(1)
        for units in ({}, {item_of(other).pk: 1}):
            with nothing_changes(), pytest.raises(Refused, match="Choose units"):
                returns.ask(order, units, key=uuid.uuid4(), reason="defective", actor=SYSTEM, now=NOON)
        with nothing_changes(), pytest.raises(Refused, match="reason"):
            opened_return(order, reason="whim")


class TestReceiving:
    @pytest.fixture
    def order(self):
        seller = SellerFactory()
        lines = [(ListingFactory(seller=seller, on_hand=5), 2), (ListingFactory(seller=seller, on_hand=5), 2)]
        return ship(authorised(*lines))

    def test_r8_stock_comes_back_only_where_the_seller_says_so(self, order):
        first, second = order.items.all()
        each = opened_return(order, {first.pk: 2, second.pk: 2})
        came = {first.pk: Received(2, "as_new", restock=1), second.pk: Received(1, "damaged")}
        each = returns.receive(each, came, actor=SYSTEM, now=NOON)
        assert (each.state, each.received_at) == ("received", NOON)
        lines = each.lines.values_list("condition", "units_received", "units_restocked")
        assert list(lines) == [("as_new", 2, 1), ("damaged", 1, 0)]
        assert list(Listing.objects.order_by("pk").values_list("on_hand", flat=True)) == [4, 3]
        moved = StockMovement.objects.get(kind=MovementKind.RETURN)
        assert (moved.listing_id, moved.on_hand, moved.reserved) == (first.listing_id, 1, 0)
        assert moved.order_number == order.number

    @pytest.mark.parametrize(
        ("how", "sentence"),
        [
            (Received(3, "as_new"), "2 are still to come"),
            (Received(-1, "as_new"), "2 are still to come"),
            (Received(1, "as_new", restock=2), "no more units than came"),
            (Received(1, "as_new", restock=-1), "no more units than came"),
            (Received(1, ""), "in what condition"),
            (Received(1, "eaten"), "in what condition"),
            (Received(0, "as_new"), "Say which units"),
        ],
    )
    def test_what_cannot_have_come(self, order, how, sentence):
        first, _second = order.items.all()
        each = opened_return(order, {first.pk: 2})
        with nothing_changes(), pytest.raises(Refused, match=sentence):
            returns.receive(each, {first.pk: how}, actor=SYSTEM, now=NOON)

    def test_items_of_another_return(self, order):
        first, second = order.items.all()
        each = opened_return(order, {first.pk: 2})
        with nothing_changes(), pytest.raises(Refused, match="Say which units"):
            returns.receive(each, {second.pk: Received(1, "as_new")}, actor=SYSTEM, now=NOON)

    def test_r8_the_same_parcel_does_not_come_twice(self, order):
        first, _second = order.items.all()
        each = opened_return(order, {first.pk: 2})
        came = {first.pk: Received(2, "as_new", restock=2)}
        returns.receive(each, came, actor=SYSTEM, now=NOON)
        with nothing_changes(), pytest.raises(StateRefused):
            returns.receive(each, came, actor=SYSTEM, now=NOON)

    def test_r4_goods_arrive_in_several_deliveries(self, order):
        """Each adds to what came before; what one delivery brings back to stock comes back once."""
        first, _second = order.items.all()
        each = opened_return(order, {first.pk: 2})
        for restock, on_hand in ((1, 4), (0, 4)):
            came = {first.pk: Received(1, "used", restock=restock)}
            assert returns.receive(each, came, actor=SYSTEM, now=NOON).state == "received"
            assert Listing.objects.get(pk=first.listing_id).on_hand == on_hand
        line = each.lines.get()
        assert (line.units_received, line.units_restocked, line.units_awaited) == (2, 1, 0)

    def test_r4_the_rest_is_received_after_a_return_was_closed_and_reopened(self, order):
        first, _second = order.items.all()
        each = opened_return(order, {first.pk: 2})
        came = {first.pk: Received(1, "used", restock=1)}
        returns.receive(each, came, actor=SYSTEM, now=NOON)
        returns.close(each, reason="completed", actor=SYSTEM, now=NOON)
        returns.reopen(each, actor=SYSTEM, now=NOON)
        assert returns.receive(each, came, actor=SYSTEM, now=NOON).state == "received"
        assert Listing.objects.get(pk=first.listing_id).on_hand == 5
        with nothing_changes(), pytest.raises(StateRefused):
            returns.receive(each, came, actor=SYSTEM, now=NOON)

    def test_r8_the_same_delivery_form_twice_is_received_once(self, order):
        first, _second = order.items.all()
        each = opened_return(order, {first.pk: 2})
        came = {first.pk: Received(1, "used", restock=1)}
        returns.receive(each, came, seen=0, actor=SYSTEM, now=NOON)
        with nothing_changes(), pytest.raises(StateRefused, match="since this page was made"):
            returns.receive(each, came, seen=0, actor=SYSTEM, now=NOON)

    def test_refunded_before_the_goods_came_it_can_still_be_received_once(self, order):
        first, _second = order.items.all()
        each = opened_return(order, {first.pk: 2})
        sent(refund(order, return_=each))
        came = {first.pk: Received(2, "as_new", restock=2)}
        late = returns.receive(each, came, actor=SYSTEM, now=NOON)
        assert (late.state, Listing.objects.get(pk=first.listing_id).on_hand) == ("refunded", 5)
        with nothing_changes(), pytest.raises(StateRefused):
            returns.receive(each, came, actor=SYSTEM, now=NOON)


class TestClosing:
    def test_a_closed_one_is_reopened_unless_its_units_are_elsewhere_by_now(self):
        order = charged(2)
        each = opened_return(order, {item_of(order).pk: 2})
        each = returns.close(each, reason="not_received", actor=SYSTEM, now=NOON)
        assert (each.closed_at, each.close_reason) == (NOON, "not_received")
        other = opened_return(order)
        with nothing_changes(), pytest.raises(Refused, match="1 are left"):
            returns.reopen(each, actor=SYSTEM, now=NOON)
        returns.close(other, reason="withdrawn", actor=SYSTEM, now=NOON)
        each = returns.reopen(each, actor=SYSTEM, now=NOON)
        assert (each.state, each.closed_at, each.close_reason) == ("reopened", None, "")

    def test_a_buyer_withdraws_before_the_goods_came_and_not_after(self):
        order = charged(2)
        each = opened_return(order, actor=BUYER)
        assert returns.close(each, reason="", actor=BUYER, now=NOON).close_reason == "withdrawn"
        each = opened_return(order)
        returns.receive(each, {item_of(order).pk: Received(1, "used")}, actor=SYSTEM, now=NOON)
        with nothing_changes(), pytest.raises(StateRefused):
            returns.close(each, reason="", actor=BUYER, now=NOON)

    def test_a_known_reason(self):
        each = opened_return(charged(2))
        with nothing_changes(), pytest.raises(Refused, match="reason"):
            returns.close(each, reason="whim", actor=SYSTEM, now=NOON)


class TestWho:
    @pytest.mark.parametrize("step", ["authorise", "reopen"])
    def test_a_buyer_decides_nothing(self, step):
        each = opened_return(charged(2), actor=BUYER)
        with nothing_changes(), pytest.raises(Refused, match="Only the seller"):
            getattr(returns, step)(each, actor=BUYER, now=NOON)

    def test_o21_what_the_marketplace_ships_it_takes_back(self):
        order = ship(authorised((ListingFactory(fulfilment=Fulfilment.AFN), 1)))
        seller = Actor.seller(UserFactory())
        with nothing_changes(), pytest.raises(Refused, match="customer service"):
            opened_return(order, actor=seller)
        each = opened_return(order, actor=BUYER)
        with nothing_changes(), pytest.raises(Refused, match="customer service"):
            returns.authorise(each, actor=seller, now=NOON)
        assert returns.authorise(each, actor=Actor.staff(None), now=NOON).state == "authorised"
        assert Return.objects.count() == 1
