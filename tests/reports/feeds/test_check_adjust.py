"""The cells of the Order Adjustments feed (R2, R3, F5, reliability's M4)."""

import pytest

from refunds.states import FEED_CODES, RefundReason
from reports.feeds.files import checks, codes
from reports.feeds.files.cells import Terms
from reports.feeds.files.checks import AdjustRow
from tests.reports.feeds.feed_files import TERMS, codes_of, row

AMOUNTS = ["item_price_adj", "item_tax_adj", "shipping_price_adj", "shipping_tax_adj", "gift_wrap_price_adj"]
NO_AMOUNTS = dict.fromkeys(AMOUNTS, "")


def adjust(terms: Terms = TERMS, **changes: str) -> AdjustRow:
    found = checks.adjust(row("adjust", **changes), terms)
    assert isinstance(found, AdjustRow), found
    return found


@pytest.mark.parametrize("code", FEED_CODES)
def test_each_reason_of_a_refund_can_be_written(code: str) -> None:
    assert adjust(adjustment_reason_code=code.upper()).reason == FEED_CODES[code]


def test_a_blank_tax_follows_its_price_and_zero_does_not() -> None:
    found = adjust(item_tax_adj="", shipping_tax_adj="0.00")
    assert (found.tax, found.shipping_tax) == (None, 0)


def test_gift_wrap_belongs_to_the_price() -> None:
    found = adjust(gift_wrap_price_adj="3.00", gift_wrap_tax_adj="0.24")
    assert (found.price, found.tax) == (1300, 104)


def test_a_promotion_is_taken_off() -> None:
    found = adjust(item_promotion_adj="-2.00", ship_promotion_adj="-2.50")
    assert (found.price, found.shipping) == (800, 0)


@pytest.mark.parametrize("reason", FEED_CODES)
def test_units_are_given_up_for_any_reason(reason: str) -> None:
    assert adjust(adjustment_reason_code=reason, quantity_cancelled="2").units == 2
    assert adjust(adjustment_reason_code=reason, quantity_cancelled="").units == 0


@pytest.mark.parametrize(
    ("currency", "text", "minor"),
    [
        ("JPY", "1000", 1000),
        ("JPY", "1000.00", 1000),
        ("KWD", "1.234", 1234),
        ("EUR", "0.01", 1),
        ("USD", "7", 700),
    ],
)
def test_amounts_are_exact_in_every_currency(currency: str, text: str, minor: int) -> None:
    changes = {**NO_AMOUNTS, "currency": currency, "item_price_adj": text}
    assert adjust(Terms(currency, "UTC"), **changes).price == minor


BAD = {
    "negative": ("-1.00", codes.NEGATIVE),
    "three decimals": ("1.000", codes.AMOUNT),
    "NaN": ("NaN", codes.AMOUNT),
    "infinite": ("Infinity", codes.AMOUNT),
    "1e309": ("1e309", codes.AMOUNT),
    "exponent": ("1E+2", codes.AMOUNT),
    "thousands": ("1,234.00", codes.AMOUNT),
    "decimal comma": ("1,23", codes.AMOUNT),
    "a sign": ("$1.00", codes.AMOUNT),
    "a currency": ("1.00 USD", codes.AMOUNT),
    "20 digits": ("9" * 20, codes.AMOUNT),
    "64 KB": ("9" * 65_000, codes.AMOUNT),
    "Arabic digits": ("١.٠٠", codes.AMOUNT),
    "a formula": ("=1+1", codes.AMOUNT),
    "plus": ("+1.00", codes.AMOUNT),
    "NULL": ("NULL", codes.AMOUNT),
}


@pytest.mark.parametrize("column", AMOUNTS)
@pytest.mark.parametrize("name", BAD)
def test_odd_amounts_are_refused_in_their_column(name: str, column: str) -> None:
    text, code = BAD[name]
    found = checks.adjust(row("adjust", **{column: text}), TERMS)
    assert codes_of(found) == [(code, column.replace("_", "-"))]


@pytest.mark.parametrize(
    ("currency", "text"), [("JPY", "10.50"), ("KWD", "1.2345"), ("USD", "0.001"), ("JPY", "-0")]
)
def test_decimals_that_the_currency_has_not(currency: str, text: str) -> None:
    changes = {**NO_AMOUNTS, "currency": currency, "item_price_adj": text}
    found = codes_of(checks.adjust(row("adjust", **changes), Terms(currency, "UTC")))
    assert found in ([(codes.AMOUNT, "item-price-adj")], [(codes.NEGATIVE, "item-price-adj")])


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        (NO_AMOUNTS, codes.NOTHING_TO_REFUND, "item-price-adj"),
        (dict.fromkeys(AMOUNTS, "0.00"), codes.NOTHING_TO_REFUND, "item-price-adj"),
        ({"order_item_id": ""}, codes.MISSING, "order-item-id"),
        ({"currency": "EUR"}, codes.CURRENCY, "currency"),
        ({"currency": "usd"}, codes.CURRENCY, "currency"),
        ({"currency": ""}, codes.MISSING, "currency"),
        ({"adjustment_reason_code": ""}, codes.MISSING, "adjustment-reason-code"),
        ({"adjustment_reason_code": "BuyerCanceled"}, codes.ADJUST_REASON, "adjustment-reason-code"),
        ({"item_promotion_adj": "2.00"}, codes.PROMOTION, "item-promotion-adj"),
        ({"item_promotion_adj": "-10.01"}, codes.PROMOTION, "item-promotion-adj"),
        ({"quantity_cancelled": "-1"}, codes.WHOLE_NUMBER, "quantity-cancelled"),
    ],
)
def test_what_is_refused_says_where(changes: dict[str, str], code: str, column: str) -> None:
    assert codes_of(checks.adjust(row("adjust", **changes), TERMS)) == [(code, column)]


def test_the_reasons_of_two_feeds_are_not_mixed_up() -> None:
    assert adjust(adjustment_reason_code="Other").reason == RefundReason.OTHER
