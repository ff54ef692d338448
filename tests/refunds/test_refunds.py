"""Asking for a refund, taking it back, trying it again: each outcome, and refusals that change nothing (R1–R6)."""

import uuid
from datetime import timedelta

import pytest

from accounts.actors import Actor, Source
from inventory.models import Fulfilment
from orders import lifecycle
from orders.models import Order
from orders.refusals import Refused
from orders.states import EventKind, OrderStatus
from refunds import amounts, refunds
from refunds.amounts import Split
from refunds.refunds import Ask
from refunds.refusals import AmountRefused, KeyReused, NothingCharged, Stale
from refunds.states import FEED_CODES, RefundReason
from tests.factories import MINUTE, NOON, ListingFactory, UserFactory
from tests.helpers import SYSTEM, authorised, place, ship
from tests.refunds.steps import (
    FEED,
    ask,
    charged,
    everything,
    item_of,
    nothing_changes,
    opened_return,
    refund,
    sent,
)

pytestmark = pytest.mark.django_db
HALF_AN_HOUR = 30 * MINUTE


@pytest.fixture
def hand():
    """A person of the seller, on a page."""
    return Actor.seller(UserFactory())


class TestRequest:
    def test_r2_several_items_at_once_each_with_its_components(self):
        order = charged(2, 1)
        made = refund(
            order,
            ask(order, 500, shipping=100),
            ask(order, 1_000, 1, tax=10, units=1),
            reason="customer_return",
            memo=" Sorry ",
            note="scratched",
        )
        assert (made.amount, made.currency, made.number) == (500 + 40 + 100 + 1_010, "USD", 1)
        assert (made.memo, made.note, made.reason) == ("Sorry", "scratched", RefundReason.CUSTOMER_RETURN)
        lines = made.lines.values_list("item", "units", "price", "tax", "shipping", "shipping_tax")
        assert list(lines) == [
            (item_of(order).pk, 0, 500, 40, 100, 0),
            (item_of(order, 1).pk, 1, 1_000, 10, 0, 0),
        ]
        assert amounts.left(order) == {
            item_of(order).pk: Split(1_500, 120, 400, 0),
            item_of(order, 1).pk: Split(0, 70, 500, 0),
        }
        event = order.events.get(kind=EventKind.REFUND_REQUESTED)
        told = {"refund": made.pk, "amount": 1_650, "currency": "USD", "reason": "customer_return"}
        assert (event.details, event.source) == (told, Source.FEED)

    def test_o1_a_refund_never_changes_the_status(self):
        order = charged(2)
        sent(refund(order, *everything(order)))
        assert Order.objects.get(pk=order.pk).status == OrderStatus.SHIPPED

    def test_r3_all_of_it_once_and_then_nothing_more(self):
        order = charged(2, 1)
        made = refund(order, *everything(order))
        assert made.amount == order.total
        assert {split.total for split in amounts.left(order).values()} == {0}
        for left in (Ask(item_of(order).pk, 1), Ask(item_of(order).pk, 0, 0, 1)):
            with nothing_changes(), pytest.raises(AmountRefused, match=r"SKU-.*: \$0.01 cannot be refunded"):
                refund(order, left)

    def test_r3_the_refusal_names_the_item_and_what_is_left(self):
        order = charged(2)
        refund(order, ask(order, 300))
        with nothing_changes(), pytest.raises(AmountRefused) as refused:
            refund(order, ask(order, 1_701, tax=0))
        sku = item_of(order).sku
        assert str(refused.value) == f"{sku}, Price: $17.01 cannot be refunded, $17.00 is left."
        assert (refused.value.item_pk, refused.value.component) == (item_of(order).pk, "price")

    @pytest.mark.parametrize("part", ["price", "tax", "shipping", "shipping_tax"])
    def test_r3_holds_for_each_component_by_itself(self, part):
        order = charged(2)
        whole = {"price": 2_000, "tax": 160, "shipping": 500, "shipping_tax": 0}
        over = Ask(item_of(order).pk, **{**whole, part: whole[part] + 1})
        with nothing_changes(), pytest.raises(AmountRefused) as refused:
            refund(order, over)
        assert refused.value.component == part

    def test_r3_one_item_too_much_and_nothing_of_any_is_refunded(self):
        order = charged(2, 1)
        with nothing_changes(), pytest.raises(AmountRefused):
            refund(order, ask(order, 300), ask(order, 1_001, 1))

    def test_no_more_units_than_were_charged(self):
        order = charged(2)
        refund(order, ask(order, 100, units=1))
        with nothing_changes(), pytest.raises(AmountRefused, match="2 units cannot be refunded, 1 are left"):
            refund(order, ask(order, 100, units=2))

    def test_canceled_units_were_never_charged(self):
        order = authorised((ListingFactory(), 3))
        lifecycle.cancel_units(order, {item_of(order).pk: 1}, reason="no_inventory", actor=SYSTEM, now=NOON)
        ship(order)
        assert amounts.left(order) == {item_of(order).pk: Split(2_000, 160, 333, 0)}
        with nothing_changes(), pytest.raises(AmountRefused):
            refund(order, ask(order, 2_001))
        order.refresh_from_db()
        assert refund(order, Ask(item_of(order).pk, 2_000, 160, 333)).amount == order.total

    @pytest.mark.parametrize("asks", [[], ["twice", "twice"], ["foreign"]])
    def test_items_of_this_order_each_once(self, asks):
        order = charged(2)
        made = {"twice": ask(order), "foreign": ask(charged(1))}
        with nothing_changes(), pytest.raises(AmountRefused, match="Choose"):
            refunds.request(
                order,
                [made[name] for name in asks],
                key=uuid.uuid4(),
                reason="other",
                actor=FEED,
                now=NOON,
            )

    @pytest.mark.parametrize(
        "changes", [{"reason": "goodwill"}, {"memo": "x" * 1_001}, {"note": "x" * 1_001}]
    )
    def test_a_known_reason_and_words_that_fit(self, changes):
        order = charged(2)
        with nothing_changes(), pytest.raises(Refused):
            refund(order, **changes)

    def test_every_code_of_the_feed_has_its_reason(self):
        assert set(FEED_CODES.values()) == set(RefundReason)


class TestBeforeShipment:
    @pytest.mark.parametrize("state", ["pending", "unshipped", "canceled"])
    def test_r1_nothing_was_charged_so_nothing_is_refunded(self, state):
        listing = ListingFactory()
        order = place((listing, 1)) if state == "pending" else authorised((listing, 1))
        if state == "canceled":
            lifecycle.cancel(order, reason="no_inventory", actor=SYSTEM, now=NOON)
        with nothing_changes(), pytest.raises(NothingCharged, match="cancel"):
            refund(order)

    def test_r1_the_first_confirmed_unit_opens_all_items(self):
        order = authorised((ListingFactory(), 2))
        order = ship(order, {item_of(order).pk: 1})
        assert refund(order, *everything(order)).amount == order.total

    def test_o21_what_the_marketplace_ships_is_the_marketplaces_to_refund(self, hand):
        order = ship(authorised((ListingFactory(fulfilment=Fulfilment.AFN), 1)))
        with nothing_changes(), pytest.raises(Refused, match="customer service"):
            refund(order, actor=hand)
        made = refund(order, actor=Actor.staff(UserFactory()))
        with nothing_changes(), pytest.raises(Refused, match="customer service"):
            refunds.take_back(made, actor=hand, now=NOON)


class TestTheSameForm:
    def test_r3_twice_is_one_refund_also_after_a_day(self):
        order, key = charged(2), uuid.uuid4()
        first = refund(order, key=key)
        with nothing_changes():
            again = refund(order, key=key, now=NOON + timedelta(days=1), seen=0)
        assert again == first

    def test_the_order_of_its_items_does_not_matter(self):
        order, key = charged(2, 1), uuid.uuid4()
        first = refund(order, ask(order), ask(order, 100, 1), key=key)
        assert refund(order, ask(order, 100, 1), ask(order), key=key) == first

    @pytest.mark.parametrize(
        "changes", [{"price": 400}, {"memo": "other"}, {"note": "other"}, {"reason": "other"}, {"units": 1}]
    )
    def test_m2_with_other_content_it_is_refused(self, changes):
        order, key = charged(2), uuid.uuid4()
        refund(order, key=key)
        price, units = changes.pop("price", 300), changes.pop("units", 0)
        with nothing_changes(), pytest.raises(KeyReused):
            refund(order, ask(order, price, units=units), key=key, **changes)

    def test_a_key_of_another_order_is_refused(self):
        key = uuid.uuid4()
        refund(charged(2), key=key)
        order = charged(2)
        with nothing_changes(), pytest.raises(KeyReused):
            refund(order, key=key)

    def test_r3_a_stale_page_refunds_nothing(self):
        order = charged(2)
        refund(order, seen=0)
        with nothing_changes(), pytest.raises(Stale):
            refund(order, seen=0)
        assert refund(order, seen=324).number == 2


def test_r4_a_refund_names_a_return_of_its_own_order_that_is_not_closed():
    order, other = charged(2), charged(2)
    mine, foreign = opened_return(order), opened_return(other)
    assert refund(order, return_=mine).of_return == mine
    with nothing_changes(), pytest.raises(Refused, match="another order"):
        refund(order, return_=foreign)
