"""Two clicks, two tabs, two members of staff on one order at the same moment (R3; M1, M2, M3, R3).

Every race has a twin with its guard taken away (the order's lock, the form's key, the database's constraint),
which must go wrong: a race test that cannot fail proves nothing.
"""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from orders.models.order import OrderQuerySet
from orders.refusals import Refused
from refunds import amounts
from refunds.models import Refund
from refunds.refusals import AmountRefused, KeyReused, Stale
from tests.factories import MINUTE, NOON
from tests.helpers import at_once
from tests.refunds.racing import ROUNDS, TWIN_ROUNDS, books, hundred, thirty, without_constraint
from tests.refunds.steps import ask, at_provider, refund
from tests.twins import unlocked_order

pytestmark = pytest.mark.django_db(transaction=True)

LONG = [pytest.param(6, id="short"), pytest.param(200, id="long", marks=pytest.mark.soak)]


class TestTheSameForm:
    """M1: eight times at once, and again after a day; M2: with another amount."""

    def rounds(self, rounds: int, key_of: Callable[[uuid.UUID], uuid.UUID]) -> list[Any]:
        wrong = []
        for _round in range(rounds):
            order, form = hundred(), uuid.uuid4()
            outcomes = at_once(*[lambda: thirty(order, key=key_of(form))] * 8)  # noqa: B023
            outcomes.append(thirty(order, key=key_of(form), now=NOON + 24 * 60 * MINUTE))
            made = {getattr(each, "pk", repr(each)) for each in outcomes}
            if len(made) != 1 or Refund.objects.filter(order=order).count() != 1 or books(order):
                wrong.append(made)
        return wrong

    @pytest.mark.parametrize("rounds", LONG)
    def test_m1_eight_times_at_once_is_one_refund(self, rounds):
        assert self.rounds(rounds, lambda form: form) == []

    def test_m1_twin_without_the_key_refunds_again(self):
        with pytest.raises(AmountRefused):  # the ninth: the eight before it have taken all
            assert self.rounds(1, lambda _form: uuid.uuid4()) != []
        assert Refund.objects.count() == 3

    def test_m1_twin_without_the_lock_goes_wrong(self, monkeypatch):
        monkeypatch.setattr(OrderQuerySet, "lock", unlocked_order)
        assert self.rounds(TWIN_ROUNDS, lambda form: form) != []

    @pytest.mark.parametrize("rounds", [5, pytest.param(50, marks=pytest.mark.soak)])
    def test_m2_the_same_key_with_other_amounts_books_one_of_them(self, rounds):
        for _round in range(rounds):
            order, key = hundred(), uuid.uuid4()
            outcomes = at_once(
                *[partial(refund, order, ask(order, price), key=key) for price in range(100, 900, 100)]
            )
            assert sum(isinstance(each, Refund) for each in outcomes) == 1
            assert sum(isinstance(each, KeyReused) for each in outcomes) == 7
            assert (Refund.objects.filter(order=order).count(), books(order)) == (1, [])

    def test_one_key_on_two_orders_at_once_refunds_one(self):
        for _round in range(ROUNDS):
            orders, key = [hundred(), hundred()], uuid.uuid4()
            outcomes = at_once(*[partial(thirty, order, key=key) for order in orders])
            assert sorted(type(each).__name__ for each in outcomes) == ["KeyReused", "Refund"]
            assert [books(order) for order in orders] == [[], []]

    def test_one_key_on_two_orders_twin_without_the_constraint_refunds_both(self):
        with without_constraint("refunds_refund", "refund_key_once"):
            made = 0
            for _round in range(ROUNDS):
                orders, key = [hundred(), hundred()], uuid.uuid4()
                outcomes = at_once(*[partial(thirty, order, key=key) for order in orders])
                made = max(made, sum(isinstance(each, Refund) for each in outcomes))
        assert made == 2


class TestEightTabs:
    """M3: eight times 30.00 on 100.00, each tab with a form of its own."""

    def rounds(self, rounds: int) -> list[Any]:
        wrong = []
        for _round in range(rounds):
            order = hundred()
            outcomes = at_once(*[partial(thirty, order)] * 8)
            done = sum(isinstance(each, Refund) for each in outcomes)
            refused = sum(isinstance(each, AmountRefused) for each in outcomes)
            if (done, refused) != (3, 5) or books(order) or at_provider(order) != [3_000] * 3:
                wrong.append((done, refused, at_provider(order)))
        return wrong

    @pytest.mark.parametrize("rounds", LONG)
    def test_m3_exactly_three_succeed(self, rounds):
        assert self.rounds(rounds) == []

    def test_m3_twin_without_the_lock_goes_wrong_within_the_charge(self, monkeypatch):
        """The constraint still keeps the money; but the losers meet an error and no sentence."""
        monkeypatch.setattr(OrderQuerySet, "lock", unlocked_order)
        order = hundred()
        outcomes = at_once(*[partial(thirty, order)] * 8)
        assert not all(isinstance(each, Refund | Refused) for each in outcomes)
        assert amounts.refunded(order) <= order.total

    def test_m3_twin_without_lock_and_constraint_refunds_too_much(self, monkeypatch):
        monkeypatch.setattr(OrderQuerySet, "lock", unlocked_order)
        with (
            without_constraint("refunds_itemrefunds", "refunds_within_charge"),
            without_constraint("refunds_refund", "refund_number_once"),
        ):
            order = hundred()
            at_once(*[partial(thirty, order)] * 8)
            promised = sum(Refund.objects.filter(order=order).values_list("amount", flat=True))
        assert promised > order.total


class TestStalePages:
    def staff(self, rounds: int, *, with_seen: bool) -> list[list[str]]:
        """Two members of staff look at one order and refund the same 30.00 with a form of their own each."""
        found = []
        for _round in range(rounds):
            order = hundred()
            seen = amounts.refunded(order) if with_seen else None
            outcomes = at_once(*[partial(thirty, order, seen=seen)] * 2)
            found.append(sorted(type(each).__name__ for each in outcomes))
            assert books(order) == []
        return found

    @pytest.mark.parametrize("rounds", [ROUNDS, pytest.param(50, marks=pytest.mark.soak)])
    def test_r3_of_two_stale_forms_one_is_refused(self, rounds):
        assert self.staff(rounds, with_seen=True) == [["Refund", Stale.__name__]] * rounds

    def test_r3_twin_that_does_not_say_what_was_seen_refunds_twice(self):
        assert self.staff(1, with_seen=False) == [["Refund", "Refund"]]
