"""Manage Orders as a page: what it shows to whom, and what the address says."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.models import Right
from orders import cancel_requests, lifecycle
from orders.states import CancelReason
from tests.factories import MINUTE, NOON, ListingFactory, MembershipFactory
from tests.helpers import SYSTEM, authorised, place, ship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
PANEL = {"HX-Request": "true", "HX-Boosted": "true", "HX-Target": "desk"}


def text(response, status=200) -> str:
    assert response.status_code == status, (response.status_code, response.headers)
    return " ".join(response.content.decode().split())


def listed(response) -> list[str]:
    """The numbers in the rows, from the top down."""
    return re.findall(r'<a class="order-number" href="/orders/([0-9-]+)/">', text(response))


def tab_counts(response) -> dict[str, str]:
    found = re.findall(
        r'<a class="tab"[^>]*>([A-Za-z]+) <span class="count">([0-9,]+)</span>', text(response)
    )
    return dict(found)


class TestWho:
    def test_alice_sees_her_orders_with_what_she_may_do(self, alice, listing):
        order = authorised((listing, 3))
        shown = text(alice.get("/orders/"))
        for expected in (
            order.number,
            "Blue bottle",
            "BTL-1",
            "Qty 3",
            "Ada Buyer",
            "Springfield, US",
            "$37.40",
        ):
            assert expected in shown
        assert f'href="/orders/{order.number}/ship/"' in shown
        assert f'href="/orders/{order.number}/cancel/"' in shown
        assert f'name="order" value="{order.number}"' in shown

    def test_bob_may_look_but_finds_nothing_to_press(self, bob, listing):
        order = authorised((listing, 3))
        shown = text(bob.get("/orders/"))
        assert order.number in shown
        assert "packing-slip.pdf" in shown
        for hidden in (
            f"/orders/{order.number}/ship/",
            f"/orders/{order.number}/cancel/",
            "Cancel orders",
        ):
            assert hidden not in shown

    def test_charlie_sees_his_own_empty_list(self, charlie, listing):
        order = authorised((listing, 3))
        assert "No order waits to be shipped" in text(charlie.get("/orders/"))
        assert listed(charlie.get("/orders/", {"q": order.number})) == []

    def test_others_are_led_away(self, seller, client):
        assert client.get("/orders/").url == "/accounts/login/?next=/orders/"
        blind = MembershipFactory(seller=seller, rights=[Right.REPORT])
        client.force_login(blind.user)
        assert client.get("/orders/").status_code == 403


class TestTabs:
    def test_o1_each_tab_lists_its_orders_and_says_how_many(self, alice, listing):
        pending = place((listing, 1), payment_token="tok_decline")
        unshipped = authorised((listing, 1))
        partly = authorised((listing, 2), now=NOON + MINUTE)
        ship(partly, {partly.items.get().pk: 1})
        shipped = ship(authorised((listing, 1)))
        canceled = authorised((listing, 1))
        lifecycle.cancel(canceled, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
        page = alice.get("/orders/")
        assert tab_counts(page) == {"Pending": "1", "Unshipped": "2", "Shipped": "1", "Canceled": "1"}
        assert listed(page) == [partly.number, unshipped.number]
        for tab, expected in {"pending": pending, "shipped": shipped, "canceled": canceled}.items():
            assert listed(alice.get("/orders/", {"tab": tab})) == [expected.number]

    def test_o2_a_pending_row_is_grey_and_has_no_more_than_the_basics(self, alice, listing):
        order = place((listing, 1))
        shown = text(alice.get("/orders/?tab=pending"))
        assert '<tr class="is-dim" id="order-' in shown
        for hidden in (
            "Ada Buyer",
            "Springfield",
            "Confirm shipment",
            "packing-slip.pdf",
            f"/orders/{order.number}/cancel/",
        ):
            assert hidden not in shown

    def test_o13_a_canceled_row_says_who_when_and_why(self, alice, listing):
        order = authorised((listing, 1))
        lifecycle.cancel(order, reason=CancelReason.PRICING_ERROR, actor=SYSTEM, now=NOON)
        shown = text(alice.get("/orders/?tab=canceled"))
        assert 'Pricing error<span class="sub">Marketplace · 2026-11-20 12:00 EST</span>' in shown

    @pytest.mark.parametrize(
        ("tab", "sentence"),
        [
            ("pending", "No payment is being authorised"),
            ("unshipped", "No order waits to be shipped"),
            ("shipped", "Nothing shipped yet"),
            ("canceled", "No canceled orders"),
        ],
    )
    def test_an_empty_list_says_why(self, alice, tab, sentence):
        assert sentence in text(alice.get("/orders/", {"tab": tab}))

    def test_buyers_words_are_text(self, alice, listing):
        authorised((listing, 1), buyer_name="<script>alert(1)</script>", city='"><b>')
        shown = text(alice.get("/orders/"))
        assert "&lt;script&gt;alert(1)" in shown
        assert "<script>alert" not in shown


class TestPaging:
    @pytest.fixture
    def small_pages(self, monkeypatch):
        monkeypatch.setattr(
            "orders.lists.saved_views.Mine.filled", lambda _mine, asked: replace(asked, size=3)
        )

    def steps(self, response) -> dict[str, str]:
        found = re.findall(r'<a class="btn btn-icon" href="([^"]+)" title="([A-Za-z]+) page"', text(response))
        return {name: url.replace("&amp;", "&") for url, name in found}

    def test_the_steps_lead_through_all_orders_and_back(self, alice, listing, small_pages):
        orders = [authorised((listing, 1), now=NOON - minute * MINUTE).number for minute in range(7)]
        page = alice.get("/orders/")
        assert listed(page) == orders[:3]
        assert set(self.steps(page)) == {"Next", "Last"}
        page = alice.get(self.steps(page)["Next"])
        assert listed(page) == orders[3:6]
        assert set(self.steps(page)) == {"First", "Previous", "Next", "Last"}
        assert listed(alice.get(self.steps(page)["Previous"])) == orders[:3]
        assert listed(alice.get(self.steps(page)["Next"])) == orders[6:]
        last = alice.get(self.steps(page)["Last"])
        assert listed(last) == orders[4:]
        assert set(self.steps(last)) == {"First", "Previous"}
        assert listed(alice.get(self.steps(last)["Previous"])) == orders[1:4]
        assert listed(alice.get(self.steps(last)["First"])) == orders[:3]

    def test_the_steps_keep_tab_and_days(self, alice, listing, small_pages):
        for _n in range(4):
            authorised((listing, 1))
        page = alice.get("/orders/?tab=unshipped&from=2026-11-01&to=2026-11-30")
        assert all("from=2026-11-01&to=2026-11-30" in url for url in self.steps(page).values())

    def test_a_list_that_moved_on_under_the_reader_shows_its_first_page(self, alice, listing, small_pages):
        orders = [authorised((listing, 1), now=NOON - minute * MINUTE) for minute in range(4)]
        below = self.steps(alice.get("/orders/"))["Next"]
        lifecycle.cancel(orders[3], reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
        assert listed(alice.get(below)) == [order.number for order in orders[:3]]


class TestAddress:
    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("tab=nonsense", "There is no such list"),
            ("attention=nonsense", "There is no such filter"),
            ("from=yesterday", "The first day is not a date"),
            ("to=2026-13-01", "The last day is not a date"),
            ("from=0001-01-01", "The first day is not a date"),
            ("to=9999-12-31", "The last day is not a date"),
            ("from=2026-11-30&to=2026-11-01", "The first day comes after the last one"),
            ("before=nonsense", "This page of the list does not exist"),
            ("after=1.x", "This page of the list does not exist"),
            ("before=99999999999999999999.1", "This page of the list does not exist"),
            ("q=" + "9" * 4401, "too long to search for"),
            ("q=1%00", "Null characters are not allowed."),
        ],
    )
    def test_what_makes_no_sense_is_left_out_with_a_sentence(self, alice, listing, query, sentence):
        order = authorised((listing, 1))
        page = alice.get(f"/orders/?{query}")
        assert sentence in text(page)
        assert listed(page) == [order.number]

    def test_days_narrow_the_list_and_the_counts(self, alice, listing):
        late_evening = NOON.replace(day=20, hour=4, minute=30)  # 23:30 of the 19th in New York
        order, other = authorised((listing, 1), now=late_evening), authorised((listing, 1))
        page = alice.get("/orders/?from=2026-11-19&to=2026-11-19")
        assert (listed(page), tab_counts(page)["Unshipped"]) == ([order.number], "1")
        assert "2026-11-19 23:30 EST" in text(page)
        page = alice.get("/orders/?from=2026-11-20")
        assert (listed(page), tab_counts(page)["Unshipped"]) == ([other.number], "1")
        assert "No orders on these days" in text(alice.get("/orders/?to=2026-11-01"))

    def test_the_chosen_days_stand_in_the_form(self, alice):
        shown = text(alice.get("/orders/?from=2026-11-01&to=2026-11-30"))
        assert 'type="date" name="from" value="2026-11-01"' in shown
        assert 'type="date" name="to" value="2026-11-30"' in shown
        assert "2026-11-01 to 2026-11-30" in shown

    def test_presets_count_back_from_the_marketplaces_today(self, alice, at):
        at(NOON.replace(day=21, hour=4))  # still the 20th in New York
        shown = text(alice.get("/orders/"))
        for day in ("2026-11-14", "2026-11-07", "2026-10-22", "2026-08-23"):
            assert f"from={day}" in shown
        assert "Last 7 days" in text(alice.get("/orders/?from=2026-11-14")).split("<summary")[-1]

    def test_htmx_gets_the_panel_alone(self, alice, listing):
        order = authorised((listing, 1))
        piece = alice.get("/orders/", headers=PANEL)
        assert order.number in text(piece)
        assert "<html" not in text(piece)
        assert {"HX-Request", "HX-Target"} <= set(piece.headers["Vary"].replace(" ", "").split(","))
        for headers in (
            {"HX-Request": "true", "HX-Boosted": "true"},
            {"HX-Request": "true", "HX-History-Restore-Request": "true"},
        ):
            assert "<html" in text(alice.get("/orders/", headers=headers))


class TestSearch:
    def test_a_pasted_number_is_found_under_another_tab_and_the_page_says_so(self, alice, listing):
        order = ship(authorised((listing, 1)))
        page = alice.get("/orders/", {"q": f" {order.number.replace('-', ' ')} "})
        assert listed(page) == [order.number]
        assert f"Order {order.number} is under Shipped, not under Unshipped." in text(page)
        page = alice.get("/orders/", {"q": order.number, "tab": "shipped", "to": "2026-11-01"})
        assert f"Order {order.number} is under Shipped; the days or filters chosen leave it out." in text(
            page
        )
        page = alice.get("/orders/", {"q": order.number, "tab": "shipped"})
        assert listed(page) == [order.number]
        assert "is under" not in text(page)

    def test_a_beginning_finds_what_is_on_other_lists(self, alice, listing):
        for number in ("113-1111111-1111111", "113-1111111-2222222"):
            ship(authorised((listing, 1), number=number))
        page = alice.get("/orders/", {"q": "1131"})
        assert set(listed(page)) == {"113-1111111-1111111", "113-1111111-2222222"}
        assert "Nothing under Unshipped suits; these are on any list." in text(page)

    def test_what_is_not_found_leads_to_help(self, alice):
        shown = text(alice.get("/orders/", {"q": "999-9999999-9999999"}))
        assert "No order of yours has the number 999-9999999-9999999" in shown
        assert "Can&#x27;t find an order?" in shown or "Can't find an order?" in shown
        assert "/orders/missing/?q=999-9999999-9999999" in shown

    def test_what_is_nowhere_is_told_so(self, alice):
        shown = text(alice.get("/orders/", {"q": "Maria <b>"}))
        assert "Nothing found for “Maria &lt;b&gt;”" in shown


class TestAttention:
    def test_chips_count_and_filter(self, alice, listing, at):
        order, other = authorised((listing, 1)), authorised((listing, 1), now=NOON + 3 * timedelta(days=1))
        at(order.ship_by + MINUTE)
        shown = text(alice.get("/orders/"))
        assert re.search(
            r'href="/orders/\?tab=unshipped&amp;attention=late">Shipment is late <span class="num">1<', shown
        )
        assert "Ship in" in shown and "Late by" in shown
        assert listed(alice.get("/orders/?attention=late")) == [order.number]
        assert listed(alice.get("/orders/")) == [other.number, order.number]
        assert "Nothing here needs you" in text(alice.get("/orders/?attention=cancel-requested"))

    def test_o10_a_request_is_a_badge_and_a_filter(self, alice, listing):
        order = authorised((listing, 1))
        cancel_requests.ask(order, note="", actor=Actor.buyer(), now=NOON + 31 * MINUTE)
        page = alice.get("/orders/?attention=cancel-requested")
        assert listed(page) == [order.number]
        assert '<span class="state state-cancel_requested">Cancel requested</span>' in text(page)

    def test_o18_the_row_counts_down_to_the_cancellation(self, alice, listing, at):
        order = authorised((listing, 1))
        at(order.warn_at)
        shown = text(alice.get("/orders/?attention=about-to-cancel"))
        assert 'state-about_to_cancel">About to be canceled' in shown
        assert (
            'Canceled in <time class="deadline-left" datetime="2026-12-04T04:59:59Z" data-countdown' in shown
        )

    def test_o9_the_open_window_is_a_badge_with_the_time_left(self, alice, listing, at):
        order = authorised((listing, 1))
        at(NOON + 10 * MINUTE)
        assert "Buyer can cancel</span> <time" in text(alice.get("/orders/"))
        assert ">20m 0s<" in text(alice.get("/orders/"))
        at(order.cancel_window_ends_at + MINUTE)
        assert "Buyer can cancel" not in text(alice.get("/orders/"))


def test_one_row_and_fifty_rows_need_the_same_few_queries(alice, listing):
    listing.on_hand = 100
    listing.save(update_fields=["on_hand"])
    second = ListingFactory(seller=listing.seller, on_hand=100)
    used = []
    for more in (1, 59):
        for _n in range(more):
            authorised((listing, 1), (second, 1))
        alice.get("/orders/")
        with CaptureQueriesContext(connection) as captured:
            page = alice.get("/orders/")
        used.append(len(captured))
    assert len(listed(page)) == 50
    # The tenth reads what the member prefers and has saved, the eleventh what the list can be narrowed by.
    assert used[0] == used[1] <= 12, [query["sql"] for query in captured.captured_queries]
