"""Manage Orders, the read side: pages by key, kept counts, days of the marketplace, search, many at once."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import counting, keyset
from accounts.actors import Actor
from accounts.keyset import Cursor, Turn
from accounts.models import Membership
from orders import cancel_requests, lifecycle, sweeps
from orders.entry import intake
from orders.lists import attention, counts, desk, rows, search
from orders.lists.attention import Attention
from orders.lists.desk import Question
from orders.models import Order, OrderCount
from orders.states import CancelReason, OrderStatus, Tab
from payments.models import Dispute, Payment
from tests.factories import (
    MINUTE,
    NOON,
    ChannelFactory,
    ListingFactory,
    MarketplaceFactory,
    MembershipFactory,
    SellerFactory,
    UserFactory,
)
from tests.helpers import CHANNEL, SYSTEM, authorised, new_order, place, ship

DAY = timedelta(days=1)
YEARS = {"min_value": datetime(1970, 1, 1), "max_value": datetime(2099, 12, 31)}  # noqa: DTZ001
pytestmark = pytest.mark.django_db


def many(listing, moments) -> None:
    """A Pending order for each of these moments, placed in one go."""
    channel = ChannelFactory(marketplace=listing.seller.marketplace)
    news = [new_order((listing, 1), now=moment) for moment in moments]
    placed = intake.place(news, seller=listing.seller, channel=channel, actor=CHANNEL, now=max(moments))
    assert all(isinstance(each, intake.Placed) for each in placed)


def walk(found, key: str, size: int, *, upward: bool) -> list[list[Order]]:
    """All pages from one end of a list to the other, each as it reads from its top."""
    turn, pages = Turn(at_end=upward), []
    while True:
        page = keyset.page(found, key, turn, size)
        pages.append(page.rows)
        step = page.previous if upward else page.next
        if step is None:
            return pages[::-1] if upward else pages
        turn = Turn(above=step) if upward else Turn(below=step)


class TestPages:
    @pytest.mark.parametrize("key", ["-placed_at", "placed_at"])
    @pytest.mark.parametrize("size", [1, 3, 7, 50])
    @pytest.mark.parametrize("upward", [False, True])
    def test_each_order_comes_once_also_where_many_were_placed_at_one_moment(self, key, size, upward):
        listing = ListingFactory(on_hand=100)
        many(listing, [NOON - minutes * MINUTE for minutes in (0, 0, 0, 0, 1, 1, 2, 3, 3, 3, 3, 3, 3, 4)])
        found = Order.objects.filter(seller=listing.seller)
        order = [key, "-pk" if key.startswith("-") else "pk"]
        pages = walk(found, key, size, upward=upward)
        seen = [each.pk for page in pages for each in page]
        # Going up, the topmost page is the list's first, a full one: it may begin what the next one goes on with.
        assert (list(dict.fromkeys(seen)) if upward else seen) == list(
            found.order_by(*order).values_list("pk", flat=True)
        )
        full = pages if upward else pages[:-1]
        assert [len(page) for page in full] == [min(size, 14)] * len(full)

    def test_a_page_begins_below_its_cursor_whatever_came_in_above_it(self):
        listing = ListingFactory(on_hand=100)
        many(listing, [NOON - minutes * MINUTE for minutes in range(6)])
        found = Order.objects.filter(seller=listing.seller)
        first = keyset.page(found, "-placed_at", Turn(), 3)
        many(listing, [NOON + MINUTE, NOON + MINUTE])
        second = keyset.page(found, "-placed_at", Turn(below=first.next), 3)
        assert [order.placed_at for order in second.rows] == [
            NOON - minutes * MINUTE for minutes in (3, 4, 5)
        ]

    def test_what_lies_past_either_end_is_the_first_page(self):
        listing = ListingFactory(on_hand=100)
        many(listing, [NOON - minutes * MINUTE for minutes in range(4)])
        found = Order.objects.filter(seller=listing.seller)
        first = keyset.page(found, "-placed_at", Turn(), 3)
        for turn in (
            Turn(below=Cursor(NOON - DAY, 1)),
            Turn(above=Cursor(NOON + DAY, 1)),
            Turn(above=first.next),
        ):
            assert keyset.page(found, "-placed_at", turn, 3) == first

    def test_an_empty_list_has_one_empty_page(self):
        for turn in (Turn(), Turn(at_end=True), Turn(below=Cursor(NOON, 1)), Turn(above=Cursor(NOON, 1))):
            assert keyset.page(Order.objects.all(), "-placed_at", turn) == keyset.Page([], None, None)

    @given(
        st.datetimes(timezones=st.just(NOON.tzinfo), **YEARS),
        st.integers(0, 10**18 - 1),
    )
    @settings(max_examples=50)
    def test_a_cursor_reads_what_it_wrote(self, moment, pk):
        assert Cursor.read(str(Cursor(moment, pk))) == Cursor(moment, pk)

    @pytest.mark.parametrize(
        "text", ["", "1", "1.", ".1", "-1.1", "1.1.1", "9" * 18 + ".1", "1." + "9" * 19, "١.١", "a.b"]
    )
    def test_anything_else_is_no_cursor(self, text):
        with pytest.raises(ValueError):
            Cursor.read(text)


def true_counts(seller) -> dict[str, int]:
    return {str(tab): seller.orders.on_tab(tab).count() for tab in Tab}


class TestCounts:
    def test_o1_the_counts_are_exact_after_every_operation(self):
        listing = ListingFactory(on_hand=100)
        seller = listing.seller
        seen = []

        def check(**expected):
            assert (
                counts.by_tab(seller)
                == {"pending": 0, "unshipped": 0, "shipped": 0, "canceled": 0} | expected
            )
            assert counts.by_tab(seller) == true_counts(seller)
            seen.append(expected)

        check()
        place((listing, 1), payment_token="tok_decline")
        check(pending=1)
        order = authorised((listing, 3))
        check(pending=1, unshipped=1)
        (item,) = order.items.all()
        ship(order, {item.pk: 1})
        check(pending=1, unshipped=1)
        order.refresh_from_db()
        assert order.status == OrderStatus.PARTIALLY_SHIPPED
        ship(order)
        check(pending=1, shipped=1)
        other = authorised((listing, 2))
        lifecycle.cancel_units(
            other, {other.items.get().pk: 1}, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON
        )
        check(pending=1, unshipped=1, shipped=1)
        lifecycle.cancel(other, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
        check(pending=1, shipped=1, canceled=1)
        sweeps.run(sweeps.cancel_unauthorised, now=NOON + 6 * DAY, actor=SYSTEM)
        check(shipped=1, canceled=2)
        authorised((listing, 1))
        sweeps.run(sweeps.cancel_overdue, now=NOON + 30 * DAY, actor=SYSTEM)
        check(shipped=1, canceled=3)

    def test_folding_the_rows_changes_no_count(self):
        listing = ListingFactory(on_hand=100)
        for _n in range(3):
            lifecycle.cancel(
                authorised((listing, 1)), reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON
            )
        authorised((listing, 1))
        before = counts.by_tab(listing.seller)
        sweeps.run(sweeps.fold_counts, now=NOON, actor=SYSTEM)
        assert OrderCount.objects.filter(seller=listing.seller).count() == 2
        assert counts.by_tab(listing.seller) == before

    def test_another_sellers_orders_are_not_counted(self):
        place((ListingFactory(), 1))
        assert sum(counts.by_tab(SellerFactory()).values()) == 0

    def test_counting_stops_past_the_cap_and_says_so(self, monkeypatch):
        monkeypatch.setattr(counting, "CAP", 3)
        listing = ListingFactory(on_hand=100)
        many(listing, [NOON] * 3)
        lists = {"all": Order.objects.all(), "few": Order.objects.filter(placed_at__lt=NOON)}
        assert counting.capped(lists) == {"all": 3, "few": 0}
        assert counting.written_capped(3) == "3"
        many(listing, [NOON] * 2)
        assert counting.capped(lists)["all"] == 4
        assert counting.written_capped(4) == "3+"


class TestDays:
    @pytest.mark.parametrize(
        ("zone", "placed", "day"),
        [
            ("America/New_York", "2026-11-20T04:30:00Z", date(2026, 11, 19)),  # 23:30 local
            ("America/New_York", "2026-11-20T05:00:00Z", date(2026, 11, 20)),  # midnight
            ("America/New_York", "2026-11-02T04:59:59.999999Z", date(2026, 11, 1)),  # the day of 25 hours
            ("Asia/Tokyo", "2026-11-19T14:30:00Z", date(2026, 11, 19)),  # 23:30 local
            ("Asia/Tokyo", "2026-11-19T15:00:00Z", date(2026, 11, 20)),
        ],
    )
    def test_a_day_is_the_marketplaces_day_for_the_list_and_for_the_count(self, zone, placed, day):
        country = {"America/New_York": "US", "Asia/Tokyo": "JP"}[zone]
        market = MarketplaceFactory(time_zone=zone, country=country)
        listing = ListingFactory(seller__marketplace=market)
        order = place((listing, 1), now=datetime.fromisoformat(placed))
        seller = listing.seller
        for first, last, inside in [
            (day, day, True),
            (None, day, True),
            (day, None, True),
            (day + DAY, None, False),
            (None, day - DAY, False),
        ]:
            question = Question(tab=Tab.PENDING, first_day=first, last_day=last)
            assert desk.answer(question, seller, NOON).orders == ([order] if inside else [])
            assert counts.by_tab(seller, first, last)[Tab.PENDING] == inside


class TestSearch:
    @pytest.mark.parametrize(
        "text",
        [
            "113-1234567-7654321",
            "  113-1234567-7654321\n",
            "11312345677654321",
            "113 1234567 7654321",
            "113–1234567—7654321",
            "１１３－１２３４５６７－７６５４３２１",
            "113-1234567-7654321\u200b",
            "Order #113-1234567-7654321, please!",
        ],
    )
    def test_a_whole_number_is_read_however_it_was_pasted(self, text):
        assert search.number(text) == "113-1234567-7654321"

    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("1", "1"),
            ("113", "113"),
            ("113-", "113"),
            ("1131", "113-1"),
            ("113-1234567", "113-1234567"),
            ("11312345677", "113-1234567-7"),
        ],
    )
    def test_its_beginning_too(self, text, number):
        assert search.number(text) == number

    @pytest.mark.parametrize("text", ["", "-", "Maria", "B000123456", "113-123456a", "1" * 18, "%", "'; --"])
    def test_other_texts_are_no_numbers(self, text):
        assert search.number(text) is None

    def test_a_whole_number_is_found_on_any_list_and_only_the_sellers_own(self):
        listing = ListingFactory(on_hand=10)
        shipped, foreign = ship(authorised((listing, 1))), place((ListingFactory(), 1))
        found = desk.answer(Question(text=shipped.number), listing.seller, NOON)
        assert (found.orders, found.elsewhere) == ([shipped], True)
        found = desk.answer(Question(tab=Tab.SHIPPED, text=shipped.number), listing.seller, NOON)
        assert (found.orders, found.elsewhere) == ([shipped], False)
        outside = Question(tab=Tab.SHIPPED, text=shipped.number, last_day=NOON.date() - DAY)
        assert desk.answer(outside, listing.seller, NOON).elsewhere
        found = desk.answer(Question(text=foreign.number), listing.seller, NOON)
        assert (found.orders, found.number) == ([], foreign.number)

    def test_a_beginning_is_looked_for_on_the_list_then_on_all(self):
        listing = ListingFactory(on_hand=10)
        first = authorised((listing, 1), number="113-1111111-1111111")
        second = ship(authorised((listing, 1), number="113-2222222-1111111"))
        question = Question(text="113-")
        assert desk.answer(question, listing.seller, NOON).orders == [first]
        elsewhere = desk.answer(Question(text="113-2"), listing.seller, NOON)
        assert (elsewhere.orders, elsewhere.elsewhere) == ([second], True)
        nothing = desk.answer(Question(text="113-9"), listing.seller, NOON)
        assert (nothing.orders, nothing.number) == ([], "113-9")


def disputed(order) -> None:
    """Have the buyer's bank dispute the order's charge."""
    about = {"payment": order.payment, "currency": order.currency, "amount": order.payment.amount}
    Dispute.objects.create(
        seller=order.seller, reference=order.number, status="open", opened_at=NOON, **about
    )


class TestAttention:
    def kinds(self, seller, now) -> dict[str, int]:
        return {kind: number for kind, number in attention.count(seller, now).items() if number}

    def test_o17_late_from_the_moment_after_the_ship_by_date(self):
        order = authorised((ListingFactory(), 1))
        assert self.kinds(order.seller, order.ship_by) == {Attention.SHIP_TODAY: 1}
        assert self.kinds(order.seller, order.ship_by + timedelta(microseconds=1)) == {Attention.LATE: 1}

    def test_o18_about_to_be_canceled_from_two_business_days_before(self):
        order = authorised((ListingFactory(), 1))
        before = order.warn_at - timedelta(microseconds=1)
        assert self.kinds(order.seller, before) == {Attention.LATE: 1}
        assert self.kinds(order.seller, order.warn_at) == {Attention.LATE: 1, Attention.ABOUT_TO_CANCEL: 1}

    def test_o10_a_request_counts_until_it_is_answered(self):
        order = authorised((ListingFactory(), 1))
        cancel_requests.ask(order, note="", actor=Actor.buyer(), now=NOON + 31 * MINUTE)
        assert self.kinds(order.seller, NOON) == {Attention.CANCEL_REQUESTED: 1}
        cancel_requests.decline(order, actor=SYSTEM, now=NOON)
        assert self.kinds(order.seller, NOON) == {}

    @pytest.mark.parametrize("kind", Attention.values)
    def test_each_list_holds_what_its_warning_counts_most_urgent_first(self, kind):
        listing = ListingFactory(on_hand=100)
        slow = ListingFactory(seller=listing.seller, handling_days=3)
        orders = [
            authorised((slow, 1), now=NOON + MINUTE),
            authorised((listing, 1)),
            authorised((listing, 1)),
        ]
        for order in orders:
            cancel_requests.ask(order, note="", actor=Actor.buyer(), now=NOON)
            disputed(order)
        Order.objects.update(charge_refused_at=NOON)
        Payment.objects.update(renewal_refused_at=NOON)
        now = {Attention.SHIP_TODAY: orders[1].ship_by, Attention.CANCEL_REQUESTED: NOON}.get(
            kind, orders[0].warn_at
        )
        found = desk.answer(Question(attention=kind), listing.seller, now).orders
        assert len(found) == attention.count(listing.seller, now)[kind]
        expected = {
            Attention.SHIP_TODAY: orders[1:],
            Attention.CANCEL_REQUESTED: [orders[0], orders[2], orders[1]],
            Attention.DISPUTED: [orders[0], orders[2], orders[1]],
        }
        assert found == expected.get(kind, [orders[1], orders[2], orders[0]])


class TestRows:
    def made(self, order: Order, now=NOON, **changes) -> rows.Row:
        membership = MembershipFactory(seller=order.seller, **changes)
        return rows.Rows(membership, now).of(list(rows.columns(order.seller.orders.filter(pk=order.pk))))[0]

    def test_o2_a_pending_order_shows_basic_details_only(self):
        row = self.made(place((ListingFactory(title="Thing", sku="T-1"), 2)))
        assert (row.title, row.sku, row.units, row.is_dim) == ("Thing", "T-1", "Qty 2", True)
        assert (row.buyer, row.ship_to, row.ship_by, row.chips) == ("", "", "", ())
        assert (row.ship_url, row.cancel_url, row.slip_url) == ("", "", "")

    def test_o3_an_unshipped_one_shows_buyer_and_ship_to_and_can_be_shipped(self):
        order = authorised((ListingFactory(), 1))
        row = self.made(order)
        assert (row.buyer, row.ship_to, row.ship_by) == (
            "Ada Buyer",
            "Springfield, US",
            "2026-11-23",
        )
        assert (row.placed, row.total) == ("2026-11-20 12:00 EST", "$15.80")
        assert row.ship_url == f"/orders/{order.number}/ship/"
        assert row.cancel_url == f"/orders/{order.number}/cancel/"
        assert row.slip_url == f"/orders/{order.number}/packing-slip.pdf"

    def test_actions_are_for_those_who_have_the_right(self):
        order = authorised((ListingFactory(), 1))
        row = self.made(order, rights=["view"])
        assert (row.ship_url, row.cancel_url) == ("", "")

    def test_o21_an_order_fulfilled_by_the_marketplace_can_only_be_read(self):
        row = self.made(authorised((ListingFactory(fulfilment="AFN"), 1)))
        assert (row.source, row.ship_url, row.cancel_url, row.slip_url) == ("AFN · Shipby.com", "", "", "")

    def test_o9_the_window_is_open_up_to_its_last_moment(self):
        order = authorised((ListingFactory(), 1))
        end = order.cancel_window_ends_at
        (badge,) = self.made(order, end).badges
        assert (badge.state, badge.until) == ("window_open", "2026-11-20T17:30:00Z")
        assert self.made(order, end + timedelta(microseconds=1)).badges == ()

    def test_the_badges_of_a_neglected_order(self):
        order = authorised((ListingFactory(), 1))
        cancel_requests.ask(order, note="", actor=Actor.buyer(), now=NOON + 31 * MINUTE)
        row = self.made(order, order.warn_at)
        assert [badge.state for badge in row.badges] == ["late", "about_to_cancel", "cancel_requested"]
        assert [chip.label for chip in row.chips] == ["Late by", "Canceled in"]
        assert row.chips[1].until == "2026-12-04T04:59:59Z"

    def test_o13_a_canceled_one_says_who_when_and_why(self):
        order = authorised((ListingFactory(), 1))
        user = UserFactory()
        lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=Actor.seller(user), now=NOON)
        row = self.made(order)
        assert (row.note, row.canceled) == ("No inventory", "Seller · 2026-11-20 12:00 EST")
        assert (row.ship_to, row.is_dim, row.ship_url, row.cancel_url, row.slip_url) == ("", True, "", "", "")

    def test_items_are_summed_up(self):
        first = ListingFactory(title="First", on_hand=9)
        others = [ListingFactory(seller=first.seller) for _n in range(2)]
        order = authorised((first, 3), *[(listing, 1) for listing in others])
        ship(order, {order.items.first().pk: 2})
        row = self.made(Order.objects.get(pk=order.pk))
        assert (row.title, row.units, row.progress) == ("First", "Qty 5 · +2 more items", "2 shipped")

    def test_the_number_of_queries_does_not_grow(self):
        listing = ListingFactory(on_hand=100)
        membership = MembershipFactory(seller=listing.seller)
        many(listing, [NOON] * 50)
        used = []
        for size in (1, 50):
            with CaptureQueriesContext(connection) as captured:
                found = rows.columns(listing.seller.orders.all())[:size]
                assert len(rows.Rows(Membership.objects.get(pk=membership.pk), NOON).of(list(found))) == size
            used.append(len(captured))
        assert used[0] == used[1]
