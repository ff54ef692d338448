"""Amounts in Stripe's own units, and amounts that it cannot move refused at intake and at a refund (P3)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.money import Money
from orders.entry.cart import Item
from payments import providers
from payments.providers import stripe_units
from payments.providers.stripe_units import CannotMove
from tests.orders.test_cart import MARKET, found, order, problems

# Currency, an amount as people write it, the integer that Stripe's documentation gives for it.
AMOUNTS = [
    ("USD", "12.34", 1234),
    ("EUR", "0.01", 1),
    ("JPY", "1200", 1200),
    ("KRW", "15000", 15000),
    ("CLP", "990", 990),
    ("ISK", "1200", 120000),
    ("UGX", "1200", 120000),
    ("MGA", "12.00", 12),
    ("KWD", "1.230", 1230),
    ("BHD", "0.010", 10),
    ("HUF", "10.45", 1045),
    ("TWD", "800.45", 80045),
]
NOT_MOVABLE = [("MGA", "12.50"), ("MGA", "0.01"), ("KWD", "1.234"), ("BHD", "0.001"), ("IQD", "1.000")]
STEPS = {"MGA": 100, "KWD": 10, "BHD": 10}
CURRENCIES = [currency for currency, _text, _amount in AMOUNTS]


@pytest.mark.parametrize(("currency", "text", "amount"), AMOUNTS)
def test_each_currency_is_written_in_stripes_units_and_read_back(currency, text, amount):
    minor = Money.parse(text, currency).minor
    assert stripe_units.to_stripe(minor, currency) == amount
    assert stripe_units.from_stripe(amount, currency.lower()) == minor


@pytest.mark.parametrize(("currency", "text"), NOT_MOVABLE)
def test_an_amount_that_stripe_cannot_move_has_no_form_there(currency, text):
    with pytest.raises(CannotMove):
        stripe_units.to_stripe(Money.parse(text, currency).minor, currency)


@given(st.sampled_from(CURRENCIES), st.integers(0, 10**12))
def test_whatever_can_be_moved_comes_back_as_it_was(currency, count):
    minor = count * stripe_units.step(currency)
    assert stripe_units.from_stripe(stripe_units.to_stripe(minor, currency), currency) == minor


@pytest.mark.parametrize("currency", CURRENCIES)
def test_the_smallest_amount_of_each_currency(currency):
    assert providers.step("stripe", currency) == STEPS.get(currency, 1)
    assert providers.step("sandbox", currency) == 1


def test_part_of_a_krona_at_stripe_is_refused():
    with pytest.raises(CannotMove):
        stripe_units.from_stripe(120_050, "isk")


def cart_of(currency: str, text: str, monkeypatch: pytest.MonkeyPatch, part: str = "price") -> object:
    monkeypatch.setattr(MARKET, "currency", currency)
    minor = Money.parse(text, currency).minor
    whole = Item("A", 1, 10_000)
    return order(items=(replace(whole, **{part: minor}),), currency=currency)


@pytest.mark.parametrize(("currency", "text"), NOT_MOVABLE)
def test_an_amount_that_cannot_be_moved_is_refused_at_intake(currency, text, monkeypatch, settings):
    settings.PAYMENT_PROVIDER = "stripe"
    assert ("P3", None, None) in found(cart_of(currency, text, monkeypatch))


@pytest.mark.parametrize("part", ["tax", "shipping", "shipping_tax"])
def test_each_part_of_a_line_must_be_movable(part, monkeypatch, settings):
    settings.PAYMENT_PROVIDER = "stripe"
    (problem,) = problems(cart_of("KWD", "0.123", monkeypatch, part))
    assert problem.sentence == "A: The payment provider can't move KWD0.123, only multiples of KWD0.010."


@pytest.mark.parametrize(("currency", "text", "amount"), AMOUNTS)
def test_an_amount_that_can_be_moved_is_taken(currency, text, amount, monkeypatch, settings):
    settings.PAYMENT_PROVIDER = "stripe"
    assert found(cart_of(currency, text, monkeypatch)) == []


def test_the_sandbox_takes_every_amount(monkeypatch):
    assert found(cart_of("KWD", "1.234", monkeypatch)) == []
