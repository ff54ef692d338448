"""A feed and a click, sweeps and hands, shipping and refunding, all at the same moment (R4, R6, R7, R8).

As in `test_races.py` every race has a twin without its guard.
"""

from functools import partial

import pytest

from accounts.actors import Actor
from orders import lifecycle, sweeps
from orders.models import Order, OrderEvent
from orders.models.order import OrderQuerySet
from orders.refusals import Refused
from orders.states import EventKind
from payments.models import ProviderCall
from refunds import provider_calls, refunds, returns
from refunds.models import Refund, Return
from refunds.refunds import Ask
from refunds.refusals import AmountRefused, StateRefused
from refunds.states import RefundState
from tests.factories import MINUTE, NOON, ListingFactory, UserFactory
from tests.helpers import SYSTEM, at_once, authorised, ship
from tests.refunds.racing import ROUNDS, TWIN_ROUNDS, books, hundred, thirty
from tests.refunds.steps import FEED, ask, at_provider, item_of, opened_return, refund, send_all
from tests.twins import unlocked_due, unlocked_order

pytestmark = pytest.mark.django_db(transaction=True)


class TestSideBySide:
    @pytest.mark.parametrize("rounds", [5, pytest.param(100, marks=pytest.mark.soak)])
    def test_a_feed_and_a_click_and_two_sweeps(self, rounds):
        """Each wants all that is left, while the sweeps send what they find."""
        hand = Actor.seller(UserFactory())
        for _round in range(rounds):
            order = hundred()
            whole = Ask(item_of(order).pk, 10_000, None, 500)
            outcomes = at_once(
                partial(refund, order, whole, actor=FEED),
                partial(refund, order, whole, actor=hand, grace=0 * MINUTE),
                send_all,
                send_all,
            )
            assert sum(isinstance(each, Refund) for each in outcomes) == 1
            assert sum(isinstance(each, AmountRefused) for each in outcomes) == 1
            assert (books(order), at_provider(order)) == ([], [order.total])

    def taken_back_and_sent(self) -> list[str]:
        """A hand takes back at the last moment what two sweeps, whose clock is ahead, are about to send."""
        order = hundred()
        made = thirty(order, grace=MINUTE)
        ahead = NOON + MINUTE
        at_once(
            partial(refunds.take_back, made, actor=SYSTEM, now=NOON),
            partial(send_all, ahead),
            partial(send_all, ahead),
        )
        made.refresh_from_db()
        paid = [3_000] if made.state == RefundState.DONE else []
        return [*books(order), *(["paid"] if at_provider(order) != paid else [])]

    def test_taken_back_or_sent_and_never_both(self):
        assert [self.taken_back_and_sent() for _round in range(ROUNDS)] == [[]] * ROUNDS

    def sweep_by_four(self, refunds_due: int) -> list[str]:
        order = hundred()
        for _piece in range(refunds_due):
            refund(order, ask(order, 100, tax=0))
        outcomes = at_once(*[send_all] * 4)
        wrong = [repr(each) for each in outcomes if isinstance(each, Exception)]
        calls = ProviderCall.objects.filter(operation="refund").count()
        return [*wrong, *books(order), *([f"{calls} calls"] if calls != refunds_due else [])]

    def test_r7_four_sweeps_send_each_once(self):
        assert self.sweep_by_four(15) == []

    def test_r7_twin_that_claims_nothing_sends_more_than_once(self, monkeypatch):
        monkeypatch.setattr(OrderQuerySet, "lock_due", unlocked_due)
        assert self.sweep_by_four(15) != []

    def test_r7_two_workers_on_one_call_ask_and_book_once(self):
        for _round in range(ROUNDS):
            order = hundred()
            made = thirty(order)
            locked = Order.objects.get(pk=order.pk)
            call = provider_calls.send(locked, made, actor=SYSTEM, now=NOON)
            at_once(*[partial(provider_calls.finish, call, actor=SYSTEM, now=NOON)] * 4)
            assert (books(order), at_provider(order)) == ([], [3_000])


class TestUnitsAtOnce:
    """R6 and R8: units are let go of once, restocked once, and in one open return at a time."""

    def half_shipped(self) -> Order:
        order = authorised((ListingFactory(on_hand=2), 2))
        return ship(order, {item_of(order).pk: 1})

    def test_r6_two_people_give_up_the_same_unit(self):
        for _round in range(ROUNDS):
            order = self.half_shipped()
            item = item_of(order)
            more = {"unsupplied": {item.pk: 1}, "memo": "None left"}
            outcomes = at_once(*[partial(refund, order, ask(order, 500), **more)] * 4)
            assert sum(isinstance(each, Refund) for each in outcomes) == 1
            assert sum(isinstance(each, Refused) for each in outcomes) == 3
            item.listing.refresh_from_db()
            assert (item.listing.reserved, books(order)) == (0, [])

    def returned(self, rounds: int) -> list[int]:
        counts = []
        for _round in range(rounds):
            order = hundred()
            at_once(*[partial(opened_return, order)] * 4)
            counts.append(Return.objects.filter(order=order).count())
        return counts

    def test_r4_one_unit_is_in_one_open_return(self):
        assert self.returned(ROUNDS) == [1] * ROUNDS

    def test_r4_twin_without_the_lock_goes_wrong(self, monkeypatch):
        monkeypatch.setattr(OrderQuerySet, "lock", unlocked_order)
        outcomes = []
        for _round in range(TWIN_ROUNDS):
            order = hundred()
            outcomes += at_once(*[partial(opened_return, order)] * 4)
        assert not all(isinstance(each, Return | Refused) for each in outcomes)

    def received(self, rounds: int) -> list[tuple[int, int]]:
        found = []
        for _round in range(rounds):
            order = hundred()
            item, each = item_of(order), opened_return(order)
            came = {item.pk: returns.Received(1, "as_new", restock=1)}
            outcomes = at_once(*[partial(returns.receive, each, came, actor=SYSTEM, now=NOON)] * 4)
            item.listing.refresh_from_db()
            refused = sum(isinstance(outcome, StateRefused) for outcome in outcomes)
            found.append((item.listing.on_hand, refused))
        return found

    def test_r8_received_four_times_at_once_is_restocked_once(self):
        assert self.received(ROUNDS) == [(1, 3)] * ROUNDS

    def test_r8_twin_without_the_lock_restocks_again(self, monkeypatch):
        monkeypatch.setattr(OrderQuerySet, "lock", unlocked_order)
        assert self.received(TWIN_ROUNDS) != [(1, 3)] * TWIN_ROUNDS


def test_refunding_and_shipping_the_rest_at_once_leaves_both():
    order = authorised((ListingFactory(on_hand=2), 2))
    order = ship(order, {item_of(order).pk: 1})
    at_once(partial(thirty, order), partial(ship, order))
    order.refresh_from_db()
    assert (order.status, books(order)) == ("shipped", [])
    assert OrderEvent.objects.filter(order=order, kind=EventKind.SHIPMENT_CONFIRMED).count() == 2


def test_r1_canceling_and_refunding_at_once_never_refunds_what_was_not_charged():
    order = authorised((ListingFactory(), 1))
    cancel = partial(lifecycle.cancel, order, reason="no_inventory", actor=SYSTEM, now=NOON)
    outcomes = at_once(cancel, partial(thirty, order), partial(ship, order))
    sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
    order.refresh_from_db()
    if order.status == "canceled":
        assert not any(isinstance(each, Refund) for each in outcomes)
    assert books(order) == []
