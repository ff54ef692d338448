"""The sales channels' entrance: what it takes, whom it lets in, and how an order stands afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from accounts import clock, throttles
from accounts.models import ChannelToken, SalesChannel
from accounts.throttles import Limit
from inventory.models import Listing
from orders import lifecycle
from orders.entry import intake
from orders.models import Order
from orders.states import CancelReason, OrderStatus
from tests.factories import ChannelFactory, ListingFactory, MarketplaceFactory, SellerFactory
from tests.helpers import SYSTEM
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

    def test_twenty_first_wrong_token_of_a_client_has_to_wait(self, channel: SalesChannel) -> None:
        before = everything()
        answers = [post("wrong", document()) for _attempt in range(21)]
        assert [answer.status_code for answer in answers] == [401] * 20 + [429]
        (error,) = refused(answers[-1], 429)
        assert error["message"].endswith("Try again in 10 minutes.")
        assert int(answers[-1]["Retry-After"]) <= 600
        assert everything() == before

    def test_client_who_has_to_wait_is_let_in_with_a_token_that_counts(
        self, listing: Listing, token: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(throttles.LIMITS, "wrong_channel_token", Limit(1, timedelta(minutes=10)))
        statuses = [post(each, document()).status_code for each in ("wrong", "wrong", token)]
        assert statuses == [401, 429, 201]

    def test_clients_are_counted_by_the_address_that_the_log_names(
        self, channel: SalesChannel, monkeypatch: pytest.MonkeyPatch, settings: Any
    ) -> None:
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        monkeypatch.setitem(throttles.LIMITS, "wrong_channel_token", Limit(1, timedelta(minutes=10)))
        came_from = ["192.0.2.1, 198.51.100.9", "192.0.2.2, 198.51.100.9", "198.51.100.10"]
        answers = [post("wrong", document(), **{"X-Forwarded-For": each}) for each in came_from]
        assert [answer.status_code for answer in answers] == [401, 429, 401]

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
