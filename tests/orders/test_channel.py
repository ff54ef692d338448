"""The sales channels' entrance: what it takes, and that whatever it refuses changes nothing."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import ChannelToken, SalesChannel
from inventory.models import Listing, StockMovement
from orders import intake, lifecycle
from orders.models import Order, OrderEvent, OrderItem
from orders.states import CancelReason, OrderStatus
from payments.models import Payment, ProviderCall
from tests.factories import ChannelFactory, ListingFactory, MarketplaceFactory, SellerFactory
from tests.helpers import SYSTEM

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


def document(**changes: Any) -> dict[str, Any]:
    """An order of two cables as a channel writes it; `items` and others can be replaced, None leaves one out."""
    whole = {
        "reference": "W-1001",
        "seller": "north",
        "placed_at": (clock.now() - timedelta(minutes=1)).isoformat(),
        "currency": "USD",
        "service": "Standard",
        "payment_token": "tok_approve",
        "buyer_name": "Ada Buyer",
        "buyer_email": "ada@example.org",
        "recipient": "Ada Buyer",
        "address_1": "1 Main Street",
        "city": "Springfield",
        "state": "IL",
        "postal_code": "62701",
        "country": "US",
        "items": [{"sku": "CABLE-2M", "quantity": 2, "price": "20.00", "tax": "1.60", "shipping": "5.00"}],
    } | changes
    return {name: value for name, value in whole.items() if value is not None}


def post(token: str | None, body: Any, slug: str = "web", **headers: str) -> Any:
    """Hand in a body: a document, or bytes as they are."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    content_type = headers.pop("content_type", "application/json")
    if token:
        headers["Authorization"] = f"Bearer {token}"
    address = reverse("channels:orders", args=[slug])
    return Client(raise_request_exception=False).post(
        address, data=data, content_type=content_type, headers=headers
    )


def everything() -> tuple[Any, ...]:
    """All that a refusal must leave alone."""
    tables = (Order, OrderItem, OrderEvent, Payment, ProviderCall, StockMovement, Listing)
    return tuple(list(table.objects.order_by("pk").values()) for table in tables)


def refused(answer: Any, status: int) -> list[dict[str, Any]]:
    """The problems of a refusal with this status, each in the form that docs/channels.md promises."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json"), answer.content
    errors = answer.json()["errors"]
    assert errors
    for error in errors:
        assert error.keys() == {"rule", "message", "field", "limit", "figure"}
        assert error["message"]
    return errors


class TestTaking:
    def test_o2_i1_an_order_is_pending_and_holds_its_units(self, listing: Listing, token: str) -> None:
        answer = post(token, document())
        order = Order.objects.get()
        told = answer.json()
        assert answer.status_code == 201
        assert told.pop("buyer_page").startswith("http://testserver/buyer/")
        assert told == {
            "number": order.number,
            "reference": "W-1001",
            "status": "pending",
            "total": "26.60",
            "currency": "USD",
        }
        assert answer["Cache-Control"].find("no-store") >= 0
        listing.refresh_from_db()
        assert (order.status, order.total, listing.reserved) == (OrderStatus.PENDING, 2660, 2)
        event = order.events.get()
        assert (event.actor_kind, event.source) == ("channel", "channel")

    def test_the_same_order_again_is_found_and_nothing_is_added(self, token: str, listing: Listing) -> None:
        body = document()
        first = post(token, body)
        before = everything()
        again = post(token, body)
        assert (again.status_code, again.json()) == (200, first.json())
        assert everything() == before

    def test_it_is_found_also_when_its_listing_is_gone(self, token: str, listing: Listing) -> None:
        body = document()
        first = post(token, body)
        Listing.objects.update(is_active=False)
        assert (post(token, body).status_code, post(token, body).json()) == (200, first.json())

    def test_the_same_moment_in_another_offset_and_spelling_is_the_same_order(
        self, token: str, listing: Listing
    ) -> None:
        post(token, document(placed_at="2026-11-20T12:00:00-05:00", address_2=""))
        answer = post(token, document(placed_at="2026-11-20T17:00:00Z", address_2=None))
        assert answer.status_code == 200

    @pytest.mark.parametrize(
        "changes",
        [
            {"items": [{"sku": "CABLE-2M", "quantity": 3, "price": "30.00"}]},
            {"address_1": "2 Main Street"},
            {"payment_token": "tok_decline"},
        ],
    )
    def test_o6_other_content_under_the_same_reference_is_refused(
        self, token: str, listing: Listing, changes: dict[str, Any]
    ) -> None:
        body = document()
        post(token, body)
        before = everything()
        (error,) = refused(post(token, body | changes), 409)
        assert (error["rule"], error["field"]) == ("O6", "reference")
        assert "separate order" in error["message"]
        assert everything() == before

    def test_o6_the_same_order_for_another_seller_is_refused(self, token: str, listing: Listing) -> None:
        ListingFactory(
            sku="CABLE-2M", seller=SellerFactory(slug="south", marketplace=listing.seller.marketplace)
        )
        body = document()
        post(token, body)
        (error,) = refused(post(token, body | {"seller": "south"}), 409)
        assert error["rule"] == "O6"

    def test_two_channels_may_use_the_same_reference(self, token: str, listing: Listing) -> None:
        other = ChannelFactory(slug="shop", marketplace=listing.seller.marketplace)
        post(token, document())
        secret = ChannelToken.issue(other, now=clock.now())[1]
        assert post(secret, document(), slug="shop").status_code == 201
        assert Order.objects.count() == 2

    def test_yen_have_no_decimals(self) -> None:
        japan = MarketplaceFactory(country="JP", currency="JPY", time_zone="Asia/Tokyo")
        ListingFactory(sku="箸", seller=SellerFactory(slug="edo", marketplace=japan))
        secret = ChannelToken.issue(ChannelFactory(slug="jp", marketplace=japan), now=clock.now())[1]
        items = [{"sku": "箸", "quantity": 1, "price": "1980"}]
        body = document(seller="edo", currency="JPY", recipient="山田 太郎", country="JP", items=items)
        assert post(secret, body, slug="jp").json()["total"] == "1980"
        (error,) = refused(post(secret, body | {"items": [items[0] | {"price": "19.80"}]}, slug="jp"), 422)
        assert (error["field"], error["message"]) == (
            "items[0].price",
            "items[0].price: JPY has no decimals.",
        )


class TestKnocking:
    """Whoever has no valid token learns nothing; whoever has one learns of their own channel only."""

    @pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic d2ViOng=", "wrong"])
    def test_without_a_token(
        self, listing: Listing, channel: SalesChannel, authorization: str | None
    ) -> None:
        before = everything()
        headers = {"Authorization": authorization} if authorization is not None else {}
        answer = post(None, document(), **headers)
        (error,) = refused(answer, 401)
        assert (error["rule"], answer["WWW-Authenticate"]) == ("token", 'Bearer realm="channels"')
        assert everything() == before

    @pytest.mark.parametrize("kind", ["made up", "expired", "revoked"])
    def test_with_a_token_that_does_not_count(
        self, listing: Listing, channel: SalesChannel, token: str, kind: str
    ) -> None:
        now = clock.now()
        if kind == "expired":
            ChannelToken.objects.update(expires_at=now)
        elif kind == "revoked":
            ChannelToken.objects.update(revoked_at=now)
        before = everything()
        answer = post(f"{token}x" if kind == "made up" else token, document())
        (error,) = refused(answer, 401)
        assert "invalid_token" in answer["WWW-Authenticate"]
        assert ("expired or was revoked" in error["message"]) == (kind != "made up")
        assert everything() == before

    def test_unknown_and_foreign_channels_look_the_same(self, listing: Listing, token: str) -> None:
        ChannelFactory(slug="foreign")
        before = everything()
        answers = [post(token, document(), slug=slug) for slug in ("foreign", "unknown")]
        assert refused(answers[0], 404) == refused(answers[1], 404)
        unsigned = [post(None, document(), slug=slug) for slug in ("foreign", "unknown")]
        assert refused(unsigned[0], 401) == refused(unsigned[1], 401)
        assert everything() == before

    @pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head", "options"])
    def test_only_post(self, token: str, method: str) -> None:
        answer = getattr(Client(), method)(reverse("channels:orders", args=["web"]))
        assert (answer.status_code, answer["Allow"]) == (405, "POST")

    def test_a_signed_in_person_is_no_channel(self, channel: SalesChannel, admin_client: Client) -> None:
        answer = admin_client.post("/channels/web/orders/", document(), content_type="application/json")
        refused(answer, 401)

    def test_no_csrf_token_is_needed(self, listing: Listing, token: str) -> None:
        answer = Client(enforce_csrf_checks=True).post(
            "/channels/web/orders/",
            document(),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 201

    def test_a_busy_database_is_a_503_and_nothing_is_kept(
        self, listing: Listing, token: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def busy(*_args: Any, **_named: Any) -> None:
            raise OperationalError("canceling statement due to lock timeout")

        monkeypatch.setattr(intake, "place", busy)
        before = everything()
        answer = post(token, document())
        assert (refused(answer, 503)[0]["rule"], answer["Retry-After"]) == ("busy", "2")
        assert everything() == before


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
            ({"price": "0.01"}, "items"),
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


class TestOneOrder:
    @pytest.fixture
    def order(self, listing: Listing, token: str) -> Order:
        post(token, document(reference="W/1 ü"))
        return Order.objects.get()

    def ask(self, token: str, reference: str, method: str = "get", slug: str = "web") -> Any:
        address = reverse("channels:order", args=[slug, reference])
        return getattr(Client(), method)(address, headers={"Authorization": f"Bearer {token}"})

    def test_it_says_how_the_order_stands(self, order: Order, token: str) -> None:
        lifecycle.cancel(order, reason=CancelReason.GENERAL_ADJUSTMENT, actor=SYSTEM, now=clock.now())
        answer = self.ask(token, "W/1 ü")
        assert (answer.status_code, answer.json()["status"]) == (200, "canceled")

    def test_the_answer_to_an_order_says_where_it_is(self, listing: Listing, token: str) -> None:
        assert post(token, document())["Location"] == "/channels/web/orders/W-1001/"

    @pytest.mark.parametrize("method", ["put", "patch", "post", "delete"])
    def test_o6_nothing_can_be_added(self, order: Order, token: str, method: str) -> None:
        before = everything()
        (error,) = refused(self.ask(token, "W/1 ü", method), 405)
        assert error["rule"] == "O6"
        assert "separate order" in error["message"]
        assert everything() == before

    def test_other_channels_do_not_see_it(self, order: Order) -> None:
        stranger = ChannelToken.issue(ChannelFactory(slug="foreign"), now=clock.now())[1]
        refused(self.ask(stranger, "W/1 ü", slug="foreign"), 404)
        refused(self.ask(stranger, "W/1 ü"), 404)
        refused(self.ask("", "W/1 ü"), 401)

    def test_unknown_references(self, order: Order, token: str) -> None:
        refused(self.ask(token, "W-2"), 404)
        refused(self.ask(token, "W\0"), 404)
