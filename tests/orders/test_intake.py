"""The one way in for new orders: what holds after it, for one order and for a batch (O2, O5, O6, I1, I3, I5)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import SalesChannel
from inventory.models import Fulfilment, Listing, StockMovement
from orders.entry import cart, intake
from orders.entry.cart import NewOrder
from orders.entry.intake import NotPlaced, Placed, Result
from orders.models import Order, OrderEvent, OrderItem
from orders.states import EventKind, OrderStatus
from payments.models import Payment, ProviderCall
from payments.states import CallState, Operation, PaymentState
from tests.factories import MINUTE, NOON, ChannelFactory, ListingFactory, MarketplaceFactory, SellerFactory
from tests.helpers import CHANNEL, new_order, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing() -> Listing:
    return ListingFactory()


@pytest.fixture
def channel(listing: Listing) -> SalesChannel:
    return ChannelFactory(marketplace=listing.seller.marketplace)


def take_in(channel: SalesChannel, listing: Listing, *news: NewOrder, now: datetime = NOON) -> list[Result]:
    """Hand these in for the listing's seller."""
    return intake.place(news, seller=listing.seller, channel=channel, actor=CHANNEL, now=now)


def rules(results: list[Result]) -> list[str]:
    """For each result "placed", "again", or the rule that it failed by."""
    return [
        ("placed" if result.created else "again") if isinstance(result, Placed) else result.problems[0].rule
        for result in results
    ]


def figures(*listings: Listing) -> list[tuple[int, int, int]]:
    """On hand, reserved and available."""
    for each in listings:
        each.refresh_from_db()
    return [(each.on_hand, each.reserved, each.available) for each in listings]


def everything() -> tuple[object, ...]:
    tables = (Order, OrderItem, OrderEvent, Payment, ProviderCall, StockMovement, Listing)
    return tuple(list(table.objects.order_by("pk").values()) for table in tables)


class TestOneOrder:
    def test_o2_i1_it_is_pending_with_its_units_held_and_its_payment_asked_for(
        self, listing: Listing, channel: SalesChannel
    ) -> None:
        other = ListingFactory(seller=listing.seller, on_hand=1)
        order = place((listing, 3), (other, 1), channel=channel)
        assert (order.status, order.total, order.currency) == (OrderStatus.PENDING, 3740 + 1580, "USD")
        assert figures(listing, other) == [(10, 3, 7), (1, 1, 0)]
        assert [(item.sku, item.quantity, item.price) for item in order.items.all()] == [
            (listing.sku, 3, 3000),
            (other.sku, 1, 1000),
        ]
        event = order.events.get()
        assert (event.kind, event.old_status, event.new_status, event.at) == (
            EventKind.PLACED, "", OrderStatus.PENDING, NOON,
        )  # fmt: skip
        call = ProviderCall.objects.get()
        assert (call.payment, call.operation, call.amount) == (order.payment, Operation.AUTHORISE, 5320)
        assert (call.state, order.payment.state) == (CallState.REQUESTED, PaymentState.PENDING)
        movements = StockMovement.objects.order_by("pk").values_list("listing", "reserved", "order_number")
        assert list(movements) == [(listing.pk, 3, order.number), (other.pk, 1, order.number)]

    def test_its_moments(self, listing: Listing, channel: SalesChannel) -> None:
        placed_at = datetime(2026, 11, 20, 4, 59, 59, tzinfo=UTC)  # still the 19th in New York
        order = place((listing, 1), channel=channel, placed_at=placed_at)
        assert order.placed_on == date(2026, 11, 19)
        assert order.cancel_window_ends_at == placed_at + 30 * MINUTE
        assert (order.received_at, order.authorise_by) == (NOON, NOON + timedelta(days=5))

    def test_a_channel_with_a_fast_clock(self, listing: Listing, channel: SalesChannel) -> None:
        order = place((listing, 1), channel=channel, placed_at=NOON + cart.CLOCK_SKEW)
        assert order.placed_at == NOON

    def test_the_marketplace_sets_window_and_limit(self) -> None:
        japan = MarketplaceFactory(
            country="JP", time_zone="Asia/Tokyo", currency="JPY", buyer_cancel_minutes=5, authorisation_days=2
        )
        listing = ListingFactory(seller=SellerFactory(marketplace=japan))
        order = place((listing, 1))
        assert order.cancel_window_ends_at == NOON + 5 * MINUTE
        assert order.authorise_by == NOON + timedelta(days=2)
        assert order.placed_on == date(2026, 11, 21)

    def test_o21_afn_listings_make_an_afn_order(self, channel: SalesChannel, listing: Listing) -> None:
        afn = ListingFactory(seller=listing.seller, fulfilment=Fulfilment.AFN)
        assert place((afn, 1), channel=channel).fulfilment == Fulfilment.AFN

    def test_the_same_sku_twice_are_two_lines_of_one_item(
        self, listing: Listing, channel: SalesChannel
    ) -> None:
        order = place((listing, 4), (listing, 6), channel=channel)
        assert (order.items.count(), figures(listing)) == (2, [(10, 10, 0)])

    def test_i3_the_same_sku_twice_counts_together(self, listing: Listing, channel: SalesChannel) -> None:
        before = everything()
        (result,) = take_in(channel, listing, new_order((listing, 5), (listing, 6)))
        assert isinstance(result, NotPlaced)
        (problem,) = result.problems
        assert (problem.rule, problem.limit, problem.figure, problem.status) == ("I3", 10, 11, 409)
        assert everything() == before

    def test_all_or_nothing(self, listing: Listing, channel: SalesChannel) -> None:
        scarce = ListingFactory(seller=listing.seller, on_hand=1)
        before = everything()
        assert rules(take_in(channel, listing, new_order((listing, 1), (scarce, 2)))) == ["I3"]
        assert everything() == before

    @pytest.mark.parametrize("changes", [{"is_active": False}, {"seller": None}])
    def test_what_is_not_on_offer(
        self, listing: Listing, channel: SalesChannel, changes: dict[str, object]
    ) -> None:
        if "seller" in changes:
            changes = {"seller": SellerFactory(marketplace=listing.seller.marketplace)}
        other = ListingFactory(**{"seller": listing.seller, **changes})
        before = everything()
        assert rules(take_in(channel, listing, new_order((other, 1)))) == ["sku"]
        assert everything() == before

    @pytest.mark.parametrize("text", ["\0", "A\0B", "\ud800", "A\nB"])
    @pytest.mark.parametrize("field", ["reference", "number", "recipient", "payment_token", "currency"])
    def test_texts_that_no_database_holds(
        self, listing: Listing, channel: SalesChannel, text: str, field: str
    ) -> None:
        before = everything()
        (result,) = take_in(channel, listing, new_order((listing, 1), **{field: text}))
        assert isinstance(result, NotPlaced)
        assert everything() == before

    @pytest.mark.parametrize("sku", ["\0", "\ud800", ""])
    def test_skus_that_no_database_holds(self, listing: Listing, channel: SalesChannel, sku: str) -> None:
        new = new_order((listing, 1), items=(cart.Item(sku, 1, 1000),))
        assert rules(take_in(channel, listing, new)) == ["sku"]


class TestAgain:
    def test_the_same_order_is_found(self, listing: Listing, channel: SalesChannel) -> None:
        new = new_order((listing, 1))
        (first,) = take_in(channel, listing, new)
        before = everything()
        (again,) = take_in(channel, listing, new, now=NOON + timedelta(days=3))
        assert (again.order, again.created) == (first.order, False)
        assert everything() == before

    def test_it_is_found_whatever_has_changed_since(self, listing: Listing, channel: SalesChannel) -> None:
        new = new_order((listing, 1))
        take_in(channel, listing, new)
        Listing.objects.update(is_active=False, on_hand=0, price=5)
        assert rules(take_in(channel, listing, new, now=NOON + 2 * cart.OLDEST)) == ["again"]

    def test_o6_nothing_is_added_to_it(self, listing: Listing, channel: SalesChannel) -> None:
        new = new_order((listing, 1))
        take_in(channel, listing, new)
        before = everything()
        more = new_order((listing, 1), (ListingFactory(seller=listing.seller), 1), reference=new.reference)
        (result,) = take_in(channel, listing, more)
        assert isinstance(result, NotPlaced)
        (problem,) = result.problems
        assert (problem.rule, problem.status, "separate order" in problem.sentence) == ("O6", 409, True)
        assert everything()[:6] == before[:6]

    def test_o6_another_seller_s_order_is_not_found(self, listing: Listing, channel: SalesChannel) -> None:
        new = new_order((listing, 1))
        take_in(channel, listing, new)
        twin = ListingFactory(sku=listing.sku, seller=SellerFactory(marketplace=listing.seller.marketplace))
        assert rules(take_in(channel, twin, new)) == ["O6"]

    def test_another_channel_may_use_the_reference(self, listing: Listing, channel: SalesChannel) -> None:
        new = new_order((listing, 1))
        other = ChannelFactory(marketplace=listing.seller.marketplace)
        assert rules([*take_in(channel, listing, new), *take_in(other, listing, new)]) == ["placed", "placed"]


class TestBatches:
    def test_mixed_results_keep_their_positions(self, listing: Listing, channel: SalesChannel) -> None:
        scarce = ListingFactory(seller=listing.seller, on_hand=2)
        known = new_order((listing, 1), reference="known")
        take_in(channel, listing, known)
        news = [
            new_order((scarce, 2), reference="z"),
            new_order((listing, 0), reference="bad"),
            known,
            new_order((listing, 1), reference="b", number="123-1234567-1234567"),
            new_order((listing, 2), reference="known"),
            new_order((scarce, 1), reference="short"),
            new_order((listing, 1), reference="b"),
            new_order((listing, 1), reference="c", number="123-1234567-1234567"),
            new_order((listing, 1), reference="a"),
        ]
        results = take_in(channel, listing, *news)
        # Units are given by reference, so that two batches at once do not wait for each other in a circle.
        assert rules(results) == [
            "I3",
            "quantity",
            "again",
            "placed",
            "O6",
            "placed",
            "O6",
            "number",
            "placed",
        ]
        placed = [result.order.reference for result in results if isinstance(result, Placed)]
        assert placed == ["known", "b", "short", "a"]
        assert figures(listing, scarce) == [(10, 3, 7), (2, 1, 1)]

    def test_an_item_number_that_two_orders_bear(self, listing: Listing, channel: SalesChannel) -> None:
        item = cart.Item(listing.sku, 1, 1000, number="1" * 14)
        news = [new_order((listing, 1), reference=name, items=(item,)) for name in ("a", "b")]
        assert rules(take_in(channel, listing, *news)) == ["placed", "number"]
        assert rules(take_in(channel, listing, new_order((listing, 1), reference="c", items=(item,)))) == [
            "number"
        ]

    def test_nothing_to_do(self, listing: Listing, channel: SalesChannel) -> None:
        assert take_in(channel, listing) == []

    def test_as_many_statements_for_a_hundred_as_for_two(
        self, listing: Listing, channel: SalesChannel
    ) -> None:
        Listing.objects.update(on_hand=1000)
        counts = []
        for count in (2, 100):
            news = [new_order((listing, 1)) for _n in range(count)]
            with CaptureQueriesContext(
                connection,
            ) as queries:
                take_in(channel, listing, *news)
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_numbers_are_of_the_trade_s_form(self, listing: Listing, channel: SalesChannel) -> None:
        Listing.objects.update(on_hand=1000)
        take_in(channel, listing, *(new_order((listing, 1)) for _n in range(100)))
        numbers = set(Order.objects.values_list("number", flat=True))
        assert len(numbers) == 100
        assert all(cart.NUMBER.fullmatch(number) for number in numbers)
        assert all(cart.ITEM_NUMBER.fullmatch(item.number) for item in OrderItem.objects.all())

    @settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(
            st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 6)), min_size=1, max_size=3), max_size=8
        )
    )
    def test_i3_whatever_is_asked_for_never_more_is_held_than_there_is(
        self, carts: list[list[tuple[int, int]]]
    ) -> None:
        seller = SellerFactory()
        listings = [ListingFactory(seller=seller, on_hand=units) for units in (1, 5, 10)]
        channel = ChannelFactory(marketplace=seller.marketplace)
        news = [new_order(*((listings[which], units) for which, units in lines)) for lines in carts]
        results = intake.place(news, seller=seller, channel=channel, actor=CHANNEL, now=NOON)
        accepted = [result.order for result in results if isinstance(result, Placed)]
        for listing in listings:
            lines = OrderItem.objects.filter(order__in=accepted, listing=listing)
            held = sum(line.quantity for line in lines)
            moved = sum(movement.reserved for movement in listing.movements.all())
            assert figures(listing) == [(listing.on_hand, held, listing.on_hand - held)]
            assert moved == held <= listing.on_hand
        assert Payment.objects.filter(order__in=accepted).count() == len(accepted)
