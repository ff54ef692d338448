"""What a part of a refund comes to: tax in proportion, pieces that add up, whatever the currency (R2, R3)."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from accounts.money import Money
from orders.charges import COMPONENTS
from orders.models import Order, OrderItem
from refunds import amounts
from refunds.amounts import ItemAmounts, Split

# Nothing, a few minor units that do not divide, and what an expensive line costs.
MINOR = st.one_of(st.integers(0, 30), st.integers(0, 10**7), st.integers(0, 10**12))
SPLITS = st.builds(Split, MINOR, MINOR, MINOR, MINOR)
ITEMS = st.builds(ItemAmounts, SPLITS, st.just(Split()), st.integers(1, 30), st.just(0))
EXAMPLES = settings(max_examples=1_000, deadline=None, database=None)


def item(charged: Split, refunded: Split = Split(), units: int = 3, gone: int = 0) -> ItemAmounts:  # noqa: B008
    return ItemAmounts(charged, refunded, units, gone)


def after(state: ItemAmounts, split: Split, units: int = 0) -> ItemAmounts:
    return ItemAmounts(
        state.charged, state.refunded + split, state.units_charged, state.units_refunded + units
    )


def prices(state: ItemAmounts, *pieces: int) -> list[Split]:
    """The pieces of the price refunded one after the other."""
    found = []
    for price in pieces:
        found.append(amounts.of_price(state, price))
        state = after(state, found[-1])
    return found


@pytest.mark.parametrize(
    ("currency", "price", "tax", "pieces", "taxes"),
    [
        ("USD", "10.00", "0.80", ["2.50", "2.50", "5.00"], ["0.20", "0.20", "0.40"]),
        ("USD", "3.00", "0.10", ["1.00", "1.00", "1.00"], ["0.03", "0.04", "0.03"]),  # thirds of a tax
        ("USD", "0.03", "0.02", ["0.01", "0.01", "0.01"], ["0.01", "0.00", "0.01"]),
        ("USD", "0.02", "0.01", ["0.01", "0.01"], ["0.01", "0.00"]),  # half a cent is rounded up
        ("JPY", "1000", "100", ["333", "333", "334"], ["33", "34", "33"]),
        ("JPY", "3", "1", ["1", "1", "1"], ["0", "1", "0"]),
        ("KWD", "1.000", "0.050", ["0.333", "0.333", "0.334"], ["0.017", "0.016", "0.017"]),
        ("KWD", "0.003", "0.001", ["0.001", "0.002"], ["0.000", "0.001"]),
    ],
)
def test_r3_the_tax_follows_to_the_minor_unit(currency, price, tax, pieces, taxes):
    def minor(text: str) -> int:
        return Money.parse(text, currency).minor

    found = prices(item(Split(minor(price), minor(tax))), *map(minor, pieces))
    assert [split.tax for split in found] == list(map(minor, taxes))
    assert sum(split.tax for split in found) == minor(tax)


def test_shipping_tax_follows_the_shipping_and_not_the_price():
    state = item(Split(1_000, 80, 500, 50))
    assert amounts.of_price(state, 500) == Split(500, 40, 0, 0)
    assert amounts.of_price(state, 0, 100) == Split(0, 0, 100, 10)


def test_a_tax_that_is_given_stands_and_what_it_withheld_stays_withheld():
    state = item(Split(1_000, 80))
    first = amounts.of_price(state, 500, tax=80)
    assert first == Split(500, 80)
    assert amounts.of_price(after(state, first), 500) == Split(500, 0)
    less = amounts.of_price(state, 500, tax=0)
    assert amounts.of_price(after(state, less), 500) == Split(500, 40)


def test_r3_shipping_withheld_on_one_unit_stays_withheld_on_the_last():
    """2 units at 10.00, 0.80 tax each, 5.00 shipping: the first goes back less shipping, the second with its half."""
    state = item(Split(2_000, 160, 500), units=2)
    first = amounts.of_units(state, 1, with_shipping=False)
    second = amounts.of_units(after(state, first, 1), 1)
    assert (first, second) == (Split(1_000, 80), Split(1_000, 80, 250))


@pytest.mark.parametrize("component", COMPONENTS)
def test_r3_whatever_was_withheld_on_one_unit_stays_withheld_on_the_others(component):
    state = item(Split(3_000, 240, 500, 50), units=3)
    first = replace(amounts.of_units(state, 1), **{component: 0})
    rest = amounts.of_units(after(state, first, 1), 2)
    assert rest == state.charged - amounts.of_units(state, 1)


@EXAMPLES
@given(SPLITS, st.integers(1, 30), st.integers(0, 30), st.data())
def test_r3_unit_after_unit_comes_to_all_of_them_at_once(charged, units, gone, data):
    """Also after refunds by amount, which count no unit."""
    refunded = Split(*[data.draw(st.integers(0, getattr(charged, part))) for part in COMPONENTS])
    state = item(charged, refunded, units, min(gone, units))
    at_once, one_by_one = amounts.of_units(state, state.units_left), Split()
    for _unit in range(state.units_left):
        split = amounts.of_units(state, 1)
        state, one_by_one = after(state, split, 1), one_by_one + split
    assert one_by_one == at_once


def test_of_units_is_what_each_unit_cost_by_the_difference_of_two_shares():
    state = item(Split(1_000, 100, 500, 1), units=3)
    found = []
    for _unit in range(3):
        found.append(amounts.of_units(state, 1))
        state = after(state, found[-1], 1)
    assert found == [Split(333, 33, 167, 0), Split(334, 34, 166, 1), Split(333, 33, 167, 0)]
    assert state.left == Split()


def test_of_units_without_shipping():
    state = item(Split(3_000, 300, 500, 50), units=3)
    assert amounts.of_units(state, 2, with_shipping=False) == Split(2_000, 200)
    assert amounts.of_units(state, 3, with_shipping=False) == Split(3_000, 300)


def test_of_units_after_a_part_of_the_price_never_exceeds_what_is_left():
    state = item(Split(3_000, 300), Split(2_500, 250), units=3)
    assert amounts.of_units(state, 1) == Split(500, 50)
    assert amounts.of_units(state, 3) == Split(500, 50)


def test_r5_the_rest_less_the_shipping_cost():
    state = item(Split(1_000, 80, 500, 40), Split(100, 8))
    assert amounts.rest(state) == Split(900, 72, 500, 40)
    assert amounts.rest(state, is_less_shipping=True) == Split(900, 72)


def test_what_cost_nothing_has_no_tax_in_proportion():
    assert amounts.of_price(item(Split(0, 10)), 0) == Split()
    assert amounts.of_units(item(Split(0, 10), units=1), 1) == Split(0, 10)
    assert amounts.of_units(item(Split(), units=1, gone=1), 1) == Split()


def test_an_item_without_a_refund_is_left_whole_for_the_units_that_were_kept():
    whole = {"quantity": 3, "price": 1_000, "tax": 100, "shipping": 0, "shipping_tax": 0}
    sold = OrderItem(order=Order(currency="USD"), units_canceled=1, **whole)
    assert amounts.of_item(sold) == replace(item(Split(667, 67), units=2), units_open=2)


@EXAMPLES
@given(ITEMS, st.integers(0, 2**32))
def test_m5_pieces_at_random_end_at_exactly_zero(state, seed):
    """By price, by units, by shipping, with a tax of one's own, in any order, until nothing is left."""
    chance, pieces = random.Random(seed), 0
    while state.left.total:
        pieces += 1
        split, units = piece(state, chance)
        state = after(state, split, units)
        assert all(getattr(state.left, part) >= 0 for part in COMPONENTS), split
        if pieces == 12:
            state = after(state, amounts.rest(state))
    event(f"{min(pieces, 10)} pieces or more")
    assert state.refunded == state.charged


def piece(state: ItemAmounts, chance: random.Random) -> tuple[Split, int]:
    """One refund that a seller could ask for."""
    left = state.left
    price, shipping = chance.randint(0, left.price), chance.randint(0, left.shipping)
    kind = chance.choice(["price", "shipping", "both", "taxes", "units", "rest"])
    if kind == "units" and state.units_left:
        units = chance.randint(1, state.units_left)
        return amounts.of_units(state, units, with_shipping=chance.random() < 0.5), units
    if kind == "rest":
        return amounts.rest(state, is_less_shipping=chance.random() < 0.5), 0
    if kind == "taxes":
        taxes = {"tax": chance.randint(0, left.tax), "shipping_tax": chance.randint(0, left.shipping_tax)}
        return amounts.of_price(state, price, shipping, **taxes), 0
    return amounts.of_price(state, price * (kind != "shipping"), shipping * (kind != "price")), 0


@EXAMPLES
@given(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_tax_in_proportion_is_exact_to_half_a_minor_unit(price, tax, part):
    part = min(part, price)
    found = amounts.of_price(item(Split(price, tax)), part).tax
    assert abs(Decimal(found) - Decimal(tax) * part / price) <= Decimal("0.5")
