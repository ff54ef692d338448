"""Orders that arrive at the same moment, on PostgreSQL, in threads; each race has a twin whose guard is gone.

A twin must fail as the guard would have let it: else the test beside it proves nothing.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts import clock
from accounts.models import ChannelToken, SalesChannel
from inventory.models import Listing, ListingQuerySet, StockMovement
from orders.entry import intake
from orders.entry.intake import NotPlaced, Placed
from orders.models import Order, OrderItem
from payments.models import Payment, ProviderCall
from tests.factories import NOON, ChannelFactory, ListingFactory
from tests.helpers import CHANNEL, at_once, meet, new_order
from tests.settings import APP_ROLE
from tests.twins import unlocked_listings

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def listing() -> Listing:
    return ListingFactory(sku="CABLE", seller__slug="north", on_hand=10_000)


@pytest.fixture
def channel(listing: Listing) -> SalesChannel:
    return ChannelFactory(slug="web", marketplace=listing.seller.marketplace)


@pytest.fixture
def knock(channel: SalesChannel) -> Callable[..., Any]:
    """Makes a call that posts an order, to be run in a thread."""
    secret = ChannelToken.issue(channel, now=clock.now())[1]
    placed_at = (clock.now() - timedelta(minutes=1)).isoformat()

    def calling(reference: str, quantity: int = 1, sku: str = "CABLE") -> Callable[[], Any]:
        document = {
            "reference": reference,
            "seller": "north",
            "placed_at": placed_at,
            "currency": "USD",
            "service": "Standard",
            "payment_token": "tok_approve",
            "buyer_name": "Ada Buyer",
            "buyer_email": "ada@example.org",
            "recipient": "Ada Buyer",
            "address_1": "1 Main Street",
            "city": "Springfield",
            "country": "US",
            "items": [{"sku": sku, "quantity": quantity, "price": "10.00"}],
        }
        headers = {"Authorization": f"Bearer {secret}"}
        return lambda: Client().post(
            "/channels/web/orders/", json.dumps(document), content_type="application/json", headers=headers
        )

    return calling


@pytest.fixture
def without_uniqueness() -> Iterator[None]:
    """The database no longer holds that a channel's reference is there once."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE; ALTER TABLE orders_order DROP CONSTRAINT order_reference_once")
        cursor.execute(f'SET ROLE "{APP_ROLE}"')
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE; TRUNCATE orders_order CASCADE")
        cursor.execute(
            "ALTER TABLE orders_order ADD CONSTRAINT order_reference_once UNIQUE (channel_id, reference)"
        )
        cursor.execute(f'SET ROLE "{APP_ROLE}"')


def statuses(answers: list[Any]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


class TestTheSameOrderTwiceAtOnce:
    @pytest.mark.parametrize(("rounds", "callers"), [(30, 2), (5, 8)])
    def test_is_one_order(
        self, listing: Listing, knock: Callable[..., Any], rounds: int, callers: int
    ) -> None:
        for number in range(rounds):
            answers = at_once(*[knock(f"W-{number}")] * callers)
            assert statuses(answers) == [200] * (callers - 1) + [201]
            assert len({answer.json()["number"] for answer in answers}) == 1
        listing.refresh_from_db()
        tables = (Order, OrderItem, Payment, ProviderCall, StockMovement)
        assert [table.objects.count() for table in tables] == [rounds] * 5
        assert listing.reserved == rounds

    def test_without_the_guards_it_would_be_more(
        self, knock: Callable[..., Any], without_uniqueness: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(intake, "_known", lambda _channel, _news: {})
        for number in range(5):
            at_once(knock(f"W-{number}"), knock(f"W-{number}"))
        assert Order.objects.count() > 5

    def test_the_constraint_alone_holds_too(
        self, knock: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where one looks too early for the reference, the database refuses the second, and the retry finds it."""
        looked = intake._known
        rounds = 10

        def too_early(channel: SalesChannel, news: Any) -> Any:
            found = looked(channel, news)
            meet()
            return found

        monkeypatch.setattr(intake, "_known", too_early)
        monkeypatch.setattr(ListingQuerySet, "lock", unlocked_listings)
        for number in range(rounds):
            answers = at_once(knock(f"W-{number}"), knock(f"W-{number}"))
            assert statuses(answers) == [200, 201]
        assert Order.objects.count() == rounds

    def test_o6_of_two_different_orders_under_one_reference_one_is_refused(
        self, listing: Listing, knock: Callable[..., Any]
    ) -> None:
        ListingFactory(sku="OTHER", seller=listing.seller, on_hand=1000)
        for number in range(10):
            answers = at_once(knock(f"W-{number}"), knock(f"W-{number}", sku="OTHER"))
            assert statuses(answers) == [201, 409]
            (refusal,) = [answer for answer in answers if answer.status_code == 409]
            assert refusal.json()["errors"][0]["rule"] == "O6"
        assert Order.objects.count() == 10


class TestTheLastUnit:
    """Rule I3, however many order at once."""

    def buy(self, listing: Listing, channel: SalesChannel) -> Callable[[], Any]:
        new = new_order((listing, 1))
        parties = {"seller": listing.seller, "channel": channel}
        return lambda: intake.place([new], **parties, actor=CHANNEL, now=NOON)[0]

    def test_two_buyers_200_times(self, listing: Listing, channel: SalesChannel) -> None:
        for _round in range(200):
            last = ListingFactory(seller=listing.seller, on_hand=1)
            outcomes = at_once(self.buy(last, channel), self.buy(last, channel))
            assert {type(outcome) for outcome in outcomes} == {NotPlaced, Placed}
            (refusal,) = [outcome for outcome in outcomes if isinstance(outcome, NotPlaced)]
            assert [problem.rule for problem in refusal.problems] == ["I3"]
        assert Order.objects.count() == 200
        assert not Listing.objects.filter(on_hand=1).exclude(reserved=1).exists()

    def test_twenty_buyers(self, listing: Listing, knock: Callable[..., Any]) -> None:
        for number in range(3):
            ListingFactory(sku=f"LAST-{number}", seller=listing.seller, on_hand=1)
            calls = [knock(f"W-{number}-{buyer}", sku=f"LAST-{number}") for buyer in range(20)]
            answers = at_once(*calls)
            assert statuses(answers) == [201] + [409] * 19
        assert Order.objects.count() == StockMovement.objects.count() == 3

    def test_twenty_buyers_of_ten_units(self, listing: Listing, knock: Callable[..., Any]) -> None:
        few = ListingFactory(sku="FEW", seller=listing.seller, on_hand=10)
        answers = at_once(*(knock(f"W-{buyer}", sku="FEW", quantity=1 + buyer % 3) for buyer in range(20)))
        few.refresh_from_db()
        sold = sum(item.quantity for item in OrderItem.objects.filter(listing=few))
        assert few.reserved == sold <= 10
        assert set(statuses(answers)) <= {201, 409}
        assert sold >= 8  # a cart of three may find two left; one of one unit then fits

    def test_without_the_lock_it_would_be_sold_twice(
        self, listing: Listing, channel: SalesChannel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ListingQuerySet, "lock", unlocked_listings)
        for _round in range(5):
            last = ListingFactory(seller=listing.seller, on_hand=1)
            at_once(self.buy(last, channel), self.buy(last, channel))
        assert Order.objects.count() > 5

    def test_carts_in_opposite_order_do_not_deadlock(self, listing: Listing, channel: SalesChannel) -> None:
        other = ListingFactory(seller=listing.seller, on_hand=10_000)

        def batch(*lines: Listing) -> Callable[[], Any]:
            news = [new_order(*((each, 1) for each in lines)) for _n in range(10)]
            parties = {"seller": listing.seller, "channel": channel}
            return lambda: intake.place(news, **parties, actor=CHANNEL, now=NOON)

        for _round in range(10):
            outcomes = at_once(*(batch(*lines) for lines in [(listing, other), (other, listing)] * 2))
            assert all(isinstance(result, Placed) for results in outcomes for result in results)
        assert Order.objects.count() == 400
