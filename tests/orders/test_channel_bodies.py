"""Bodies that are no order, and orders that break a rule: each is named, and changes nothing."""

import json
from typing import Any

import pytest

from accounts import clock
from accounts.models import ChannelToken, SalesChannel
from inventory.models import Listing
from tests.factories import ChannelFactory, ListingFactory
from tests.orders.channel_steps import document, everything, post, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing() -> Listing:
    return ListingFactory(sku="CABLE-2M", seller__slug="north")


@pytest.fixture
def channel(listing: Listing) -> SalesChannel:
    return ChannelFactory(slug="web", marketplace=listing.seller.marketplace)


@pytest.fixture
def token(channel: SalesChannel) -> str:
    return ChannelToken.issue(channel, now=clock.now())[1]


class TestBodies:
    """Bodies that are no order."""

    @pytest.mark.parametrize(
        "content_type",
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
    )
    def test_another_content_type(self, listing: Listing, token: str, content_type: str) -> None:
        before = everything()
        refused(post(token, document(), content_type=content_type), 415)
        assert everything() == before

    def test_a_charset_may_be_said(self, listing: Listing, token: str) -> None:
        assert post(token, document(), content_type="application/json; charset=utf-8").status_code == 201

    def test_two_megabytes(self, listing: Listing, token: str) -> None:
        before = everything()
        body = json.dumps(document(address_2="x" * 2_000_000)).encode()
        (error,) = refused(post(token, body), 413)
        assert error["rule"] == "too_large"
        assert everything() == before

    @pytest.mark.parametrize(
        "body",
        [
            b" ",
            b"{",
            b"reference=W-1001",
            b'{"reference": "\xff"}',
            b'{"items": NaN}',
            b'{"items": [{"price": Infinity}]}',
            b'{"items": -Infinity}',
            b"{'reference': 1}",
            b"\x1f\x8b\x08\x00",
            b'{"a":' * 100_000,
            b"[" * 500_000 + b"]" * 500_000,
            b'{"quantity": ' + b"9" * 5_000 + b"}",
            b'{"reference": "W-1"} {}',
        ],
    )
    def test_no_json(self, listing: Listing, token: str, body: bytes) -> None:
        before = everything()
        (error,) = refused(post(token, body), 400)
        assert error["rule"] == "json"
        assert everything() == before

    @pytest.mark.parametrize("body", [[], [{}], "order", 1, True, None, 1.5])
    def test_no_object(self, listing: Listing, token: str, body: Any) -> None:
        before = everything()
        refused(post(token, body), 422)
        assert everything() == before

    def test_an_empty_object_names_all_that_is_missing(self, listing: Listing, token: str) -> None:
        errors = refused(post(token, {}), 422)
        assert {error["field"] for error in errors} == {
            "seller", "reference", "placed_at", "currency", "service", "payment_token", "buyer_name",
            "buyer_email", "recipient", "address_1", "city", "country", "items",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"reference": 7}, "reference"),
            ({"reference": ["W"]}, "reference"),
            ({"reference": "W\u00001"}, "reference"),
            ({"reference": ""}, "reference"),
            ({"reference": "W" * 65}, "reference"),
            ({"seller": "nobody"}, "seller"),
            ({"seller": {"slug": "north"}}, "seller"),
            ({"seller": "\ud800"}, "seller"),
            ({"placed_at": "2026-11-20T12:00:00"}, "placed_at"),
            ({"placed_at": "yesterday"}, "placed_at"),
            ({"placed_at": 1763640000}, "placed_at"),
            ({"placed_at": "0001-01-01T00:00:00+14:00"}, "placed_at"),
            ({"placed_at": "9999-12-31T23:59:59-12:00"}, "placed_at"),
            ({"placed_at": "2999-01-01T00:00:00Z"}, "placed_at"),
            ({"placed_at": "2001-01-01T00:00:00Z"}, "placed_at"),
            ({"is_business": "true"}, "is_business"),
            ({"purchase_order_number": "4" * 61}, "purchase_order_number"),
            ({"country": "JP", "city": 7}, "city"),
            ({"currency": "XXY"}, "currency"),
            ({"currency": "EUR"}, "currency"),
            ({"currency": 840}, "currency"),
            ({"country": "usa"}, "country"),
            ({"buyer_email": "ada"}, "buyer_email"),
            ({"buyer_email": "ada@example.org\nBcc: x@y.example"}, "buyer_email"),
            ({"recipient": "Ada\ud83d"}, "recipient"),
            ({"recipient": "A" * 151}, "recipient"),
            ({"payment_token": ""}, "payment_token"),
            ({"payment_token": "t" * 201}, "payment_token"),
            ({"payment_token": "4111 1111 1111 1111"}, "payment_token"),
            ({"number": "12-34"}, "number"),
            ({"number": "١٢٣-1234567-1234567"}, "number"),
            ({"adress_2": "Flat 3"}, "adress_2"),
            ({"items": {}}, "items"),
            ({"items": []}, "items"),
            ({"items": ["CABLE-2M"]}, "items[0]"),
        ],
    )
    def test_an_odd_member_is_named(
        self, listing: Listing, token: str, changes: dict[str, Any], field: str
    ) -> None:
        before = everything()
        errors = refused(post(token, document(**changes)), 422)
        assert field in {error["field"] for error in errors}, errors
        assert everything() == before

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"quantity": "2"}, "items[0].quantity"),
            ({"quantity": 2.0}, "items[0].quantity"),
            ({"quantity": True}, "items[0].quantity"),
            ({"quantity": None}, "items[0].quantity"),
            ({"quantity": 10**30}, "items[0].quantity"),
            ({"quantity": -1}, "items"),
            ({"quantity": 0}, "items"),
            ({"price": 20}, "items[0].price"),
            ({"price": 20.0}, "items[0].price"),
            ({"price": "20.005"}, "items[0].price"),
            ({"price": "-20.00"}, "items[0].price"),
            ({"price": "1e309"}, "items[0].price"),
            ({"price": "NaN"}, "items[0].price"),
            ({"price": "20,00"}, "items[0].price"),
            ({"price": "9" * 40}, "items[0].price"),
            ({"gift_wrap_price": 3}, "items[0].gift_wrap_price"),
            ({"gift_message": "Line\nline"}, "items[0].gift_message"),
            ({"gift_message": "M" * 501}, "items"),
            ({"customization_url": "javascript:alert(1)"}, "items"),
            ({"customization_url": "ftp://example.org/c.zip"}, "items"),
            ({"price": None}, "items[0].price"),
            ({"tax": 1}, "items[0].tax"),
            ({"sku": "UNKNOWN"}, "items"),
            ({"sku": "cable-2m"}, "items"),
            ({"sku": "CABLE\u0000"}, "items[0].sku"),
            ({"sku": "S" * 400_000}, "items"),
            ({"sku": None}, "items[0].sku"),
            ({"title": "T" * 501}, "items"),
            ({"number": "123"}, "items"),
            ({"qty": 2}, "items[0].qty"),
        ],
    )
    def test_an_odd_item_is_named(
        self, listing: Listing, token: str, changes: dict[str, Any], field: str
    ) -> None:
        before = everything()
        item = document()["items"][0] | changes
        answer = post(token, document(items=[item]))
        assert field in {error["field"] for error in refused(answer, 422)}, answer.content
        assert len(answer.content) < 2_000
        assert everything() == before

    def test_very_many_problems_are_answered_in_short(self, listing: Listing, token: str) -> None:
        answer = post(token, document() | {f"x{n}": 1 for n in range(60_000)})
        assert len(refused(answer, 422)) == 20

    def test_duplicate_names_are_json_and_the_last_counts(self, listing: Listing, token: str) -> None:
        body = json.dumps(document()).replace('{"reference"', '{"reference": "W-0", "reference"', 1)
        assert post(token, body.encode()).json()["reference"] == "W-1001"


class TestRules:
    @pytest.mark.parametrize(
        ("units", "limit", "figure"),
        [([1] * 51, 50, 51), ([500, 501], 1000, 1001), ([1000], 999, 1000)],
    )
    def test_o5_the_refusal_names_rule_limit_and_figure(
        self, listing: Listing, token: str, units: list[int], limit: int, figure: int
    ) -> None:
        for place in range(len(units)):
            ListingFactory(sku=f"S{place}", seller=listing.seller, on_hand=1000)
        before = everything()
        items = [
            {"sku": f"S{place}", "quantity": count, "price": "999.00"} for place, count in enumerate(units)
        ]
        (error,) = refused(post(token, document(items=items)), 422)
        assert (error["rule"], error["limit"], error["figure"]) == ("O5", limit, figure)
        assert str(limit) in error["message"].replace(",", "")
        assert str(figure) in error["message"].replace(",", "")
        assert everything() == before

    def test_i3_more_than_there_is(self, listing: Listing, token: str) -> None:
        before = everything()
        items = [{"sku": "CABLE-2M", "quantity": 11, "price": "110.00"}]
        (error,) = refused(post(token, document(items=items)), 409)
        assert (error["rule"], error["limit"], error["figure"]) == ("I3", 10, 11)
        assert everything() == before

    def test_the_number_of_another_order(self, listing: Listing, token: str) -> None:
        number = "123-1234567-1234567"
        assert post(token, document(number=number)).json()["number"] == number
        before = everything()
        (error,) = refused(post(token, document(reference="W-2", number=number)), 409)
        assert (error["rule"], error["field"]) == ("number", "number")
        assert everything() == before

    def test_a_seller_of_another_marketplace_is_unknown(self, listing: Listing, token: str) -> None:
        ListingFactory(sku="CABLE-2M", seller__slug="abroad")
        (error,) = refused(post(token, document(seller="abroad")), 422)
        assert error["field"] == "seller"

    def test_the_language_of_the_channel(self, listing: Listing, token: str) -> None:
        answer = post(token, document(currency="EUR"), **{"Accept-Language": "zh-hans"})
        assert answer["Content-Language"] == "zh-hans"
