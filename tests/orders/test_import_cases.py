"""The reports that failed in the field, as they were downloaded: what becomes of each, and what is kept of it."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from inventory.models import Listing
from orders.models import Order, OrderItem
from payments.models import ProviderCall
from tests.factories import ChannelFactory, ListingFactory, MarketplaceFactory, SellerFactory

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parent / "data" / "cases"
SELLERS = {
    "US": ("USD", "America/New_York", ["LP-HOM-05", "LP-CAN-02"]),
    "DE": ("EUR", "Europe/Berlin", ["NL-1003"]),
    "JP": ("JPY", "Asia/Tokyo", ["MYJ-001"]),
}
MUG = {"price": 1150, "tax": 92, "shipping": 400, "shipping_tax": 32}


@pytest.fixture(autouse=True)
def _november_30(at: Any) -> None:
    at(datetime(2026, 11, 30, 18, 0, tzinfo=UTC))
    for country, (currency, zone, skus) in SELLERS.items():
        market = MarketplaceFactory(country=country, currency=currency, time_zone=zone)
        seller = SellerFactory(marketplace=market, slug=country.lower())
        ChannelFactory(marketplace=market, slug=f"{country.lower()}-web")
        for sku in skus:
            ListingFactory(seller=seller, sku=sku)


def imported(name: str, country: str = "us", **options: Any) -> dict[str, Any]:
    """What the import of a case file says, for machines; the file is taken in whole."""
    out = StringIO()
    parties = {"seller": country, "channel": f"{country}-web"}
    call_command("import_orders", str(CASES / name), json=True, stdout=out, **parties, **options)
    return json.loads(out.getvalue())


def fates(said: dict[str, Any]) -> tuple[int, int]:
    """How many orders were placed, how many refused."""
    return said["placed"], said["refused"]


def amounts(item: OrderItem) -> dict[str, int]:
    return {name: getattr(item, name) for name in MUG}


def test_free_lines_are_accepted_with_the_paid_ones_of_their_order() -> None:
    assert fates(imported("imp-free-line.txt")) == (1, 0)
    order = Order.objects.get()
    paid, free = order.items.all()
    assert (amounts(paid), amounts(free)) == (MUG, dict.fromkeys(MUG, 0))
    assert (free.item_discount, free.shipping_discount, order.total) == (1650, 0, 1674)


def test_a_plain_line_at_0_00_is_accepted(tmp_path: Path) -> None:
    text = (
        (CASES / "imp-free-line.txt")
        .read_text()
        .replace("\t16.50\t", "\t0.00\t")
        .replace("\t-16.50\t", "\t\t")
    )
    (tmp_path / "report.txt").write_text(text)
    assert fates(imported(str(tmp_path / "report.txt"))) == (1, 0)
    assert [item.price for item in OrderItem.objects.all()] == [1150, 0]


def test_a_japanese_address_without_city_is_accepted() -> None:
    assert fates(imported("imp-jp-no-city.txt", "jp")) == (1, 0)
    order = Order.objects.get()
    assert (order.city, order.state, order.postal_code) == ("", "東京都", "150-0041")


def test_gift_wrap_is_charged_once_and_kept_with_its_message() -> None:
    assert fates(imported("imp-gift.txt")) == (1, 0)
    order = Order.objects.get()
    item = order.items.get()
    assert amounts(item) == MUG | {"price": 1500, "tax": 120}
    assert (item.gift_wrap_price, item.gift_wrap_tax) == (350, 28)
    assert (item.gift_wrap_type, item.gift_message) == ("Red paper", "Happy birthday, Mum!")
    assert order.total == 1150 + 92 + 400 + 32 + 350 + 28


def test_what_else_is_said_of_an_order_is_kept() -> None:
    assert fates(imported("imp-extras.txt")) == (1, 0)
    order = Order.objects.get()
    kept = {
        "is_business": True,
        "is_prime": False,
        "is_replacement": False,
        "is_signature_recommended": False,
        "buyer_company": "",
        "purchase_order_number": "4500-1234567",
        "original_order": "",
        "ioss_number": "IM3720000000",
        "tax_collection_model": "MarketplaceFacilitator",
        "tax_collection_party": "",
        "delivery_instructions": "Leave with the porter",
    }
    assert {name: getattr(order, name) for name in kept} == kept
    item = order.items.get()
    assert (item.gift_wrap_type, item.gift_message) == ("Red paper", "Happy birthday, Mum!")
    assert (item.customization_url, item.price_designation) == (
        "https://example.org/c/1.zip",
        "BusinessPrice",
    )


def test_columns_that_are_not_kept_are_named_once_and_only_with_a_value() -> None:
    columns = [remark["column"] for remark in imported("imp-new-columns.txt")["remarks"]]
    assert columns == ["merchant", "new-surprise", "payments-date"]
    assert [remark["column"] for remark in imported("imp-extras.txt")["remarks"]] == ["payments-date"]
    columns = [remark["column"] for remark in imported("imp-free-line.txt")["remarks"]]
    assert columns == ["payments-date", "item-promotion-id"]


def test_columns_that_are_not_kept_are_named_in_words(tmp_path: Path) -> None:
    out = StringIO()
    call_command(
        "import_orders", str(CASES / "imp-new-columns.txt"), seller="us", channel="us-web", stdout=out
    )
    assert out.getvalue().splitlines()[0] == (
        "Remark: merchant is in the file, but isn't kept with the orders."
    )


def test_unknown_columns_are_ignored() -> None:
    assert fates(imported("imp-new-columns.txt")) == (1, 0)
    assert Order.objects.get().total == sum(MUG.values())


@pytest.mark.parametrize(
    ("name", "why"), [("imp-duplicate-column.txt", "ship-service-level"), ("none.txt", "no such file")]
)
def test_a_used_column_twice_is_refused(name: str, why: str) -> None:
    with pytest.raises(CommandError, match=why):
        imported(name)
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("name", "country", "recipients"),
    [
        ("imp-bom.txt", "us", ["Test Buyer"]),
        ("imp-utf16.txt", "us", ["Łukasz Żółć"]),
        ("imp-cp1252.txt", "de", ["Jürgen Groß", "Zoë Ångström"]),
    ],
)
def test_the_encodings_of_the_field_are_read(name: str, country: str, recipients: list[str]) -> None:
    assert fates(imported(name, country)) == (len(recipients), 0)
    assert list(Order.objects.order_by("number").values_list("recipient", flat=True)) == recipients


def test_titles_keep_their_quotes() -> None:
    assert fates(imported("imp-quote.txt")) == (4, 0)
    titles = OrderItem.objects.order_by("number").values_list("title", flat=True)
    assert list(titles) == ['"Pro 24 monitor stand', 'Shelf 10" deep', '"Quoted" name', "Enamel Mug"]


def test_long_names_fit() -> None:
    assert fates(imported("imp-long.txt")) == (1, 0)
    order = Order.objects.get()
    assert (len(order.recipient), len(order.address_1)) == (141, 192)


def test_a_moment_without_its_offset_is_refused_with_an_example() -> None:
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command(
            "import_orders", str(CASES / "imp-date-blank.txt"), seller="us", channel="us-web", stdout=out
        )
    assert "as in 2025-07-30T08:34:47+00:00" in out.getvalue()
    assert not (
        Order.objects.exists() or ProviderCall.objects.exists() or Listing.objects.filter(reserved__gt=0)
    )
