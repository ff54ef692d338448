"""Amounts are exact, read strictly and shown in the reader's way (R3, M4, M5)."""

from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.money import Money, MoneyError, digits, share

CURRENCIES = ["USD", "EUR", "GBP", "CNY", "TWD", "HKD", "JPY", "KRW", "KWD", "IQD", "CLF"]
amounts = st.integers(-(10**15) + 1, 10**15 - 1)
lines = st.tuples(st.integers(0, 10**15), st.integers(1, 1000))


@pytest.mark.parametrize(
    ("currency", "places"),
    [
        ("USD", 2),
        ("CNY", 2),
        ("TWD", 2),
        ("JPY", 0),
        ("KRW", 0),
        ("VND", 0),
        ("KWD", 3),
        ("IQD", 3),
        ("CLF", 4),
    ],
)
def test_decimals_are_those_of_iso_4217(currency, places):
    assert digits(currency) == places


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.34", "USD", 1234),
        ("12.3", "USD", 1230),
        ("12", "USD", 1200),
        ("0", "USD", 0),
        ("0.01", "USD", 1),
        ("007.50", "USD", 750),
        (" 12.34\n", "USD", 1234),
        ("1234", "JPY", 1234),
        ("0", "JPY", 0),
        ("1.234", "KWD", 1234),
        ("9999999999999.99", "USD", 10**15 - 1),
        ("999999999999999", "JPY", 10**15 - 1),
        ("999999999999.999", "KWD", 10**15 - 1),
    ],
)
def test_an_amount_is_read(text, currency, minor):
    assert Money.parse(text, currency) == Money(minor, currency)


NOT_AN_AMOUNT = "is not an amount"


@pytest.mark.parametrize(
    ("text", "currency", "sentence"),
    [
        *[
            (text, "USD", NOT_AN_AMOUNT)
            for text in (
                *("NaN", "nan", "sNaN", "inf", "-inf", "Infinity", "1e309", "1E2", "1e-2", "0x10", "1_000"),
                *(
                    "1,000",
                    "1,000.00",
                    "1.000,00",
                    "1 000",
                    "1\u00a0000",
                    "1'000",
                    "12,34",
                    "$12.34",
                    "12.34 USD",
                ),
                *(
                    "",
                    " ",
                    ".",
                    ".5",
                    "5.",
                    "+5",
                    "--5",
                    "- 5",
                    "5-",
                    "(5)",
                    "1.2.3",
                    "１２",
                    "१२",
                    "十二",
                    "½",
                ),
                *("1\x00", "1\n2", "<b>1</b>", "=1+1", "−5"),
            )
        ],
        *[(given, "USD", NOT_AN_AMOUNT) for given in (None, 12.5, float("nan"), 12, True, b"12", [], {})],
        ("-1", "USD", "cannot be negative"),
        ("-0.01", "USD", "cannot be negative"),
        ("12.345", "USD", "USD has at most 2 decimals"),
        ("12.340", "USD", "USD has at most 2 decimals"),
        ("12.0", "JPY", "JPY has no decimals"),
        ("1.2345", "KWD", "KWD has at most 3 decimals"),
        ("10000000000000", "USD", "more than 15 digits"),
        ("1000000000000000", "JPY", "more than 15 digits"),
        ("9" * 5000, "JPY", "more than 15 digits"),
        ("12.34", "ZZZ", "not a known currency"),
        ("12.34", "usd", "not a known currency"),
        ("12.34", "", "not a known currency"),
        ("12.34", None, "not a known currency"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(text, currency, sentence):
    with pytest.raises(MoneyError, match=sentence) as refusal:
        Money.parse(text, currency)
    assert "\x00" not in str(refusal.value)
    assert len(str(refusal.value)) < 150


def test_a_minus_is_read_where_it_is_allowed():
    assert Money.parse("-12.34", "USD", allow_negative=True) == Money(-1234, "USD")


def test_a_refusal_does_not_depend_on_the_reader_s_decimal_comma():
    with translation.override("de"), pytest.raises(MoneyError):
        Money.parse("12,34", "EUR")


@given(st.text(max_size=30))
def test_no_text_at_all_breaks_the_reading(text):
    try:
        amount = Money.parse(text, "USD", allow_negative=True)
    except MoneyError:
        return
    assert amount.decimal == Decimal(text.strip())


@given(amounts, st.sampled_from(CURRENCIES))
def test_what_is_written_plainly_is_read_back(minor, currency):
    amount = Money(minor, currency)
    assert Money.parse(amount.plain, currency, allow_negative=True) == amount
    assert Decimal(amount.plain) == amount.decimal


@pytest.mark.parametrize("minor", [1.0, True, None, "12", Decimal(12)])
def test_minor_units_are_whole(minor):
    with pytest.raises(MoneyError):
        Money(minor, "USD")


@pytest.mark.parametrize(
    ("language", "minor", "currency", "shown"),
    [
        ("en", 123456, "USD", "$1,234.56"),
        ("en", -5, "USD", "-$0.05"),
        ("en", 123456, "CNY", "CN¥1,234.56"),
        ("en", 1234, "JPY", "¥1,234"),
        ("zh-hans", 123456, "USD", "US$1,234.56"),
        ("zh-hans", 123456, "CNY", "¥1,234.56"),
        ("zh-hans", 1234, "JPY", "JP¥1,234"),
        ("zh-hant", 123456, "USD", "US$1,234.56"),
        ("zh-hant", 123456, "TWD", "$1,234.56"),
        ("zh-hant", 1234, "JPY", "¥1,234"),
    ],
)
def test_it_is_shown_in_the_active_language(language, minor, currency, shown):
    with translation.override(language):
        assert str(Money(minor, currency)) == shown


def test_iraqi_fils_are_shown_though_shops_round_them():
    assert "1.234" in Money(1234, "IQD").format("en")


def test_it_is_shown_in_a_named_locale_or_without_any_language():
    with translation.override(None):
        assert str(Money(1234, "USD")) == "$12.34"
    assert Money(1234, "USD").format("zh_Hans") == Money(1234, "USD").format("zh-hans") == "US$12.34"


def test_amounts_of_one_currency_add_up_and_compare():
    small, big = Money(150, "USD"), Money(1000, "USD")
    assert (small + big, big - small, -small) == (Money(1150, "USD"), Money(850, "USD"), Money(-150, "USD"))
    assert small < big and big > small and small <= small and max(small, big) == big
    assert bool(small) and not Money(0, "USD")
    assert len({small, Money(150, "USD")}) == 1


@pytest.mark.parametrize("operation", ["__add__", "__sub__", "__lt__", "__ge__"])
def test_two_currencies_never_mix(operation):
    with pytest.raises(MoneyError, match="USD and JPY are different currencies"):
        getattr(Money(1, "USD"), operation)(Money(1, "JPY"))
    assert Money(1, "USD") != Money(1, "JPY")


def test_money_is_not_added_to_numbers():
    with pytest.raises(TypeError, match="Money goes with Money"):
        Money(1, "USD") + 1


@pytest.mark.parametrize(
    ("amount", "kept", "quantity", "part"),
    [
        (100, 1, 3, 33),
        (100, 2, 3, 67),
        (1, 1, 2, 1),
        (3, 1, 2, 2),
        (999, 500, 1000, 500),
        (-1, 1, 2, -1),
        (0, 1, 2, 0),
    ],
)
def test_a_share_is_rounded_half_up(amount, kept, quantity, part):
    assert share(amount, kept, quantity) == part


@given(lines)
def test_all_units_cost_the_whole_and_none_cost_nothing(line):
    amount, quantity = line
    assert (share(amount, quantity, quantity), share(amount, 0, quantity)) == (amount, 0)


@given(lines)
def test_more_units_never_cost_less_and_no_unit_is_lost(line):
    amount, quantity = line
    shares = [share(amount, kept, quantity) for kept in range(quantity + 1)]
    pieces = [later - earlier for earlier, later in pairwise(shares)]
    assert min(pieces) >= 0
    assert sum(pieces) == amount


@given(lines, st.data())
def test_a_share_is_within_half_a_minor_unit(line, data):
    amount, quantity = line
    kept = data.draw(st.integers(0, quantity))
    assert abs(2 * (share(amount, kept, quantity) * quantity - amount * kept)) <= quantity


@given(lines, st.data())
def test_a_share_of_a_discount_mirrors_that_of_a_price(line, data):
    amount, quantity = line
    kept = data.draw(st.integers(0, quantity))
    assert share(-amount, kept, quantity) == -share(amount, kept, quantity)


@pytest.mark.parametrize(("kept", "quantity"), [(-1, 3), (4, 3), (0, 0), (1, 0), (0, -1)])
def test_no_share_of_more_units_than_there_are(kept, quantity):
    with pytest.raises(ValueError, match="is no share"):
        share(100, kept, quantity)
