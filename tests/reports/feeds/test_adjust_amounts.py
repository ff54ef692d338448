"""M4 through the Order Adjustments feed: odd amounts, each refused with its column; none is a fault, none is paid."""

import pytest

from refunds.models import Refund
from tests.factories import ListingFactory, MarketplaceFactory, MembershipFactory, SellerFactory
from tests.helpers import authorised, ship
from tests.reports.feeds.feed_steps import credit, fed, results, text, upload, worked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
ODD = (
    "0", "0.00", "-0.00", "-1", "-1.00", "-0.01", "+1.00", "0.001", "1.234", "1.", ".5", "1e309", "1E3", "1e-9",
    "NaN", "nan", "sNaN", "Infinity", "-Infinity", "inf", "1,000.00", "1.000,00", "1,50", "1 000.00", "$5", "5 USD",
    "5€", "１２.00", "٣.00", "0x10", "0b1", "1_000.00", "1.2.3", "--1", "1-", "=1+1", "'1.00", "1.00\"", "one",
    "99999999999999999999.00", "9" * 400, "1.00;2.00", "1/2", "½", "²", "1\u00a0000.00", "1'000.00", "\u202e1.00",
    "20.01", "1000000000.00",
)  # fmt: skip
PARTS = ("item_price_adj", "item_tax_adj", "shipping_price_adj", "shipping_tax_adj", "gift_wrap_price_adj")


def charged(currency, price):
    """A shipped order of one unit, in a marketplace of this currency, with its member."""
    seller = SellerFactory(marketplace=MarketplaceFactory(currency=currency))
    order = ship(authorised((ListingFactory(seller=seller, price=price), 1)))
    return MembershipFactory(seller=seller), order


def refusals(feed, count):
    rows = results(feed)
    assert [row.state for row in rows] == ["refused"] * count, [
        (r.data, r.sentence) for r in rows if r.state != "refused"
    ]
    assert not [row for row in rows if row.code == "fault" or not row.sentence]
    assert not Refund.objects.exists()
    return rows


def test_m4_odd_prices():
    member, order = charged("USD", 2000)
    assert len(ODD) == 50
    rows = refusals(fed(member, "adjust", *[credit(order, amount) for amount in ODD]), len(ODD))
    assert {row.column for row in rows} == {"item-price-adj"}


@pytest.mark.parametrize("part", PARTS[1:])
def test_m4_odd_values_of_the_other_columns(part):
    member, order = charged("USD", 2000)
    column = part.replace("_", "-")
    rows = [credit(order, "1.00", **{part: amount}) for amount in ODD if amount.strip("-0.")]
    found = refusals(fed(member, "adjust", *rows), len(rows))
    assert {row.column for row in found} <= {column, "item-price-adj"}


@pytest.mark.parametrize(
    ("currency", "amounts"), [("JPY", ("1.5", "10.01", "-1", "1e3")), ("KWD", ("1.2345", "-1.000"))]
)
def test_m4_currencies_of_other_digits(currency, amounts):
    member, order = charged(currency, 2000)
    refusals(fed(member, "adjust", *[credit(order, amount) for amount in amounts]), len(amounts))
    right = "10.00" if currency == "JPY" else "1.234"
    assert worked(upload(member, text("adjust", credit(order, right, item_tax_adj="")))).done_count == 1
    assert Refund.objects.get().lines.get().price == (10 if currency == "JPY" else 1234)


def test_m4_another_currency_an_unshipped_order_and_more_than_is_left():
    member, order = charged("USD", 2000)
    unshipped = authorised((ListingFactory(seller=member.seller), 1))
    rows = [
        credit(order, "1.00", currency="EUR"),
        credit(order, "1.00", currency="usd"),
        credit(order, "1.00", currency=""),
        credit(unshipped, "1.00"),
        credit(order, "20.01"),
        credit(order, "1.00", item_tax_adj="0.81"),
        credit(order, "1.00", shipping_price_adj="5.01"),
        credit(order, "1.00", adjustment_reason_code="Because"),
        credit(order, "1.00", quantity_cancelled="1"),
        credit(order, "1.00", quantity_cancelled="1", adjustment_reason_code="NoInventory"),
    ]
    refusals(fed(member, "adjust", *rows), len(rows))
