"""The grace of a refund, what can be done after it failed, and refunds of a kind of their own (R5, R6, R7)."""

import uuid
from datetime import timedelta

import pytest

from accounts.actors import Actor
from inventory.models import Listing
from orders.models import Memo, Order
from orders.refusals import Refused
from orders.states import EventKind, OrderStatus
from payments.models import ProviderCall
from refunds import amounts, refunds
from refunds.amounts import Split
from refunds.models import Refund, RefundLine
from refunds.refunds import Ask
from refunds.refusals import AmountRefused, StateRefused
from refunds.states import RefundState
from tests.factories import MINUTE, NOON, ListingFactory, UserFactory
from tests.helpers import authorised, ship
from tests.refunds.steps import (
    ask,
    at_provider,
    charged,
    everything,
    item_of,
    nothing_changes,
    refund,
    sent,
)

pytestmark = pytest.mark.django_db
HALF_AN_HOUR = 30 * MINUTE


@pytest.fixture
def hand():
    """A person of the seller, on a page."""
    return Actor.seller(UserFactory())


class TestGrace:
    def test_made_by_hand_it_waits_thirty_minutes(self, hand, settings):
        order = charged(2)
        assert refund(order, actor=hand).due_at == NOON + HALF_AN_HOUR
        settings.REFUND_GRACE_MINUTES = 5
        assert refund(order, actor=hand).due_at == NOON + 5 * MINUTE

    def test_by_a_feed_or_as_asked_it_does_not(self, hand):
        order = charged(2)
        assert refund(order).due_at == NOON
        assert refund(order, actor=hand, grace=timedelta(0)).due_at == NOON

    def test_it_is_taken_back_to_the_last_moment(self, hand):
        order = charged(2)
        made = refund(order, actor=hand)
        just = NOON + HALF_AN_HOUR - timedelta(microseconds=1)
        assert refunds.take_back(made, actor=hand, now=just).state == RefundState.TAKEN_BACK
        assert amounts.left(order)[item_of(order).pk] == Split(2_000, 160, 500, 0)
        assert order.events.last().kind == EventKind.REFUND_TAKEN_BACK
        assert sent(made, NOON + HALF_AN_HOUR).state == RefundState.TAKEN_BACK
        assert at_provider(order) == []

    def test_not_later_whether_or_not_the_job_has_run(self, hand):
        made = refund(charged(2), actor=hand)
        with nothing_changes(), pytest.raises(StateRefused):
            refunds.take_back(made, actor=hand, now=NOON + HALF_AN_HOUR)

    def test_what_was_taken_back_can_be_refunded_again(self, hand):
        order = charged(2)
        refunds.take_back(refund(order, *everything(order), actor=hand), actor=hand, now=NOON)
        assert refund(order, *everything(order)).amount == order.total

    def test_r7_before_its_time_nothing_is_sent(self, hand):
        made = refund(charged(2), actor=hand)
        assert sent(made, NOON + HALF_AN_HOUR - timedelta(microseconds=1)).state == RefundState.REQUESTED
        assert not ProviderCall.objects.filter(operation="refund").exists()


class TestRetry:
    def test_r7_what_failed_is_asked_for_again_with_a_key_of_its_own(self, hand):
        order = charged(2, payment_token="tok_refund_fails")
        made = sent(refund(order, memo="Sorry"))
        assert (made.state, made.error) == (RefundState.FAILED, "The card was declined.")
        refunds.retry(made, actor=hand, now=NOON)
        assert amounts.left(order)[item_of(order).pk].price == 1_700
        order.payment.calls.filter(operation="refund").get()
        order.payment.token = "tok_approve"
        order.payment.save(update_fields=["token"])
        made = sent(made)
        assert (made.state, made.error, at_provider(order)) == (RefundState.DONE, "", [324])
        assert order.payment.calls.filter(operation="refund").count() == 2
        assert Memo.objects.get().event.kind == EventKind.REFUND_DONE

    def test_not_once_the_amounts_were_refunded_otherwise(self, hand):
        order = charged(2, payment_token="tok_refund_fails")
        made = sent(refund(order))
        refund(order, *everything(order))
        with nothing_changes(), pytest.raises(AmountRefused):
            refunds.retry(made, actor=hand, now=NOON)


class TestLessShipping:
    def test_r5_it_gives_no_shipping_back(self):
        order = charged(2)
        with nothing_changes(), pytest.raises(AmountRefused, match="no shipping"):
            refund(order, ask(order, 2_000, shipping=500), is_less_shipping=True)
        whole = amounts.rest(amounts.of_order(order)[item_of(order).pk], is_less_shipping=True)
        made = refund(
            order,
            Ask(item_of(order).pk, whole.price, whole.tax),
            reason="undeliverable",
            is_less_shipping=True,
        )
        assert (made.amount, made.is_less_shipping) == (2_160, True)


class TestUnsupplied:
    """R6: charged with the rest of the order, refunded at once, and the listing holds the units no longer."""

    @pytest.fixture
    def order(self):
        order = authorised((ListingFactory(on_hand=3), 3))
        return ship(order, {item_of(order).pk: 2})

    def give_up(self, order, units=1, memo="None left", **changes):
        item = item_of(order)
        split = amounts.of_units(amounts.of_order(order)[item.pk], 1)
        asked = Ask(item.pk, split.price, split.tax, split.shipping, split.shipping_tax, 1)
        return refund(order, asked, unsupplied={item.pk: units}, memo=memo, **changes)

    def test_r6_it_is_sent_at_once_and_the_units_are_released_once(self, order, hand):
        key = uuid.uuid4()
        made = self.give_up(order, actor=hand, reason="no_inventory", key=key)
        again = self.give_up_again(made, order, hand, key)
        assert (again, made.due_at) == (made, NOON)
        listing = Listing.objects.get()
        assert (listing.on_hand, listing.reserved, item_of(order).units_unsupplied) == (0, 0, 1)
        assert sent(made).state == RefundState.DONE
        assert Memo.objects.get().text == "None left"
        assert Order.objects.get(pk=order.pk).status == OrderStatus.PARTIALLY_SHIPPED

    def give_up_again(self, made: Refund, order, hand, key):
        line = RefundLine.objects.get(refund=made)
        asked = Ask(line.item_id, line.price, line.tax, line.shipping, line.shipping_tax, line.units)
        more = {"unsupplied": {line.item_id: 1}, "memo": "None left", "reason": "no_inventory"}
        return refund(order, asked, actor=hand, key=key, **more)

    def test_r6_never_more_than_the_order_holds(self, order):
        with nothing_changes(), pytest.raises(Refused, match="1 are still to be shipped"):
            self.give_up(order, units=2)

    def test_r6_the_buyer_is_told_why(self, order):
        with nothing_changes(), pytest.raises(Refused, match="why"):
            self.give_up(order, memo=" ", reason="no_inventory")

    def test_r6_what_is_let_go_of_is_refunded_with_it(self, order):
        other = charged(1)
        with nothing_changes(), pytest.raises(AmountRefused):
            refund(order, unsupplied={item_of(other).pk: 1}, memo="None left")

    def test_r6_not_of_an_order_that_has_shipped(self):
        order = charged(2)
        with nothing_changes(), pytest.raises(Refused, match="partially shipped"):
            refund(order, unsupplied={item_of(order).pk: 1}, memo="None left")
