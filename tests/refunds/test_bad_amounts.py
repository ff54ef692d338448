"""M4: amounts that make no sense are refused with a sentence, and change nothing."""

import uuid
from decimal import Decimal

import pytest

from accounts.money import Money, MoneyError
from orders.charges import COMPONENTS
from orders.refusals import Refused
from refunds.models import Refund
from refunds.refunds import Ask
from refunds.refusals import AmountRefused, NothingCharged
from tests.factories import ListingFactory, MarketplaceFactory, SellerFactory
from tests.helpers import authorised, place, ship
from tests.refunds.steps import charged, item_of, nothing_changes, refund

pytestmark = pytest.mark.django_db

NO_AMOUNTS = [
    float("nan"),
    float("inf"),
    float("-inf"),
    1e309,
    3.0,
    0.1,
    Decimal("3"),
    Decimal("NaN"),
    Decimal("1e309"),
    "3",
    "3.00",
    "NaN",
    "",
    b"3",
    True,
    [3],
    {"minor": 3},
    Money(3, "USD"),
    Money(3, "EUR"),
    10**15,
    2**63,
    10**400,
]
TOO_LOW = [-1, -300, -(10**18)]
TOO_MUCH = [2_001, 10**9, 10**15 - 1]
WORDS = ["NaN", "1e309", "inf", "-1.00", "1.234", "1,00", "1 000.00", "$1.00", "", "１.００", "0x10", "1.0.0"]
PARTS = [*COMPONENTS, "units"]


def asked(order, **changes):
    return Ask(item_of(order).pk, **{"price": 300, **changes})


@pytest.mark.parametrize("value", NO_AMOUNTS, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("part", PARTS)
def test_m4_what_is_no_amount_of_minor_units(part, value):
    order = charged(2)
    with nothing_changes(), pytest.raises(AmountRefused, match=r"SKU-.*not an amount") as refused:
        refund(order, asked(order, **{part: value}))
    assert refused.value.component == part


@pytest.mark.parametrize("value", TOO_LOW)
@pytest.mark.parametrize("part", PARTS)
def test_m4_negative(part, value):
    order = charged(2)
    with nothing_changes(), pytest.raises(AmountRefused, match=r"SKU-.*negative") as refused:
        refund(order, asked(order, **{part: value}))
    assert refused.value.component == part


@pytest.mark.parametrize("value", TOO_MUCH, ids=["a cent", "millions", "longest"])
@pytest.mark.parametrize("part", PARTS)
def test_m4_more_than_the_rest(part, value):
    order = charged(2)
    with nothing_changes(), pytest.raises(AmountRefused, match=r"SKU-.*left") as refused:
        refund(order, asked(order, **{part: value}))
    assert refused.value.component == part


@pytest.mark.parametrize(
    "zero", [{}, {"units": 1}, {"tax": 0}, {"shipping": 0, "shipping_tax": 0, "tax": 0, "units": 2}]
)
def test_m4_nothing(zero):
    order = charged(2)
    with nothing_changes(), pytest.raises(AmountRefused, match=r"SKU-.*nothing"):
        refund(order, asked(order, **{"price": 0, **zero}))


@pytest.mark.parametrize("how", [place, authorised], ids=["pending", "unshipped"])
def test_m4_before_shipment(how):
    order = how((ListingFactory(), 2))
    with nothing_changes(), pytest.raises(NothingCharged):
        refund(order, asked(order))


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
@pytest.mark.parametrize("text", WORDS)
def test_m4_words_that_are_no_amount_never_become_one(text, currency):
    """As a page and a feed read them: KWD has three decimals, JPY none."""
    if (text, currency) == ("1.234", "KWD"):
        assert Money.parse(text, currency).minor == 1_234
        return
    with pytest.raises(MoneyError):
        Money.parse(text, currency)


@pytest.mark.parametrize(("currency", "price", "shown"), [("JPY", 1_000, "¥2,001"), ("KWD", 1_000, "2.001")])
def test_m4_the_sentence_has_the_currencys_own_decimals(currency, price, shown):
    seller = SellerFactory(marketplace=MarketplaceFactory(currency=currency))
    order = ship(authorised((ListingFactory(seller=seller, price=price), 2)))
    with nothing_changes(), pytest.raises(Refused) as refused:
        refund(order, asked(order, price=2_001, tax=0))
    assert shown in str(refused.value)


def test_the_amounts_refused_here_leave_an_order_that_can_still_be_refunded():
    order = charged(2)
    for value in (*NO_AMOUNTS, *TOO_LOW, *TOO_MUCH):
        with pytest.raises(AmountRefused):
            refund(order, asked(order, price=value), key=uuid.uuid4())
    assert refund(order, asked(order, price=2_000)).number == Refund.objects.count() == 1
