"""Home: warnings first, each with the number of orders on the list that it opens; a page for everybody who signs in."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import counting
from accounts.actors import Actor
from accounts.models import Right
from inventory import stock
from inventory.models import MovementKind
from orders import cancel_requests, lifecycle
from orders.lists import attention
from orders.states import CancelReason
from tests.factories import MINUTE, NOON, ListingFactory, MembershipFactory, UserFactory
from tests.helpers import SYSTEM, authorised, place, ship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


def text(response) -> str:
    assert response.status_code == 200, (response.status_code, response.headers)
    return " ".join(response.content.decode().split())


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_signed_out_it_leads_to_the_sign_in_page(client):
    assert client.get("/").url == "/accounts/login/?next=/"


def test_a_new_seller_reads_how_an_order_goes(alice):
    shown = text(alice.get("/"))
    assert "Your first order will appear here" in shown
    assert "within 7 business days" in shown


def test_members_of_no_seller_are_told_what_to_do():
    assert "You do not belong to a seller yet" in text(signed_in(UserFactory()).get("/"))
    assert 'href="/admin/"' in text(signed_in(UserFactory(is_staff=True)).get("/"))


def test_without_the_right_to_see_orders_no_figure_is_shown(seller, listing):
    authorised((listing, 1))
    shown = text(signed_in(MembershipFactory(seller=seller, rights=[Right.REPORT]).user).get("/"))
    assert "You do not see the orders of Blue Harbor" in shown
    assert "Unshipped" not in shown


def test_a_strangers_orders_are_not_counted(charlie, listing):
    authorised((listing, 1))
    assert "Your first order will appear here" in text(charlie.get("/"))


def test_when_all_is_well_it_says_so_and_that_money_comes_with_the_shipment(alice, listing):
    """O16."""
    authorised((listing, 1))
    shown = text(alice.get("/"))
    assert "Nothing needs your attention" in shown
    assert "The money of an unshipped order is never on its way." in shown


def test_o10_o17_o18_each_warning_counts_the_list_that_it_opens(alice, listing, at):
    orders = [authorised((listing, 1)) for _n in range(3)]
    cancel_requests.ask(orders[0], note="", actor=Actor.buyer(), now=NOON + 31 * MINUTE)
    at(orders[0].warn_at)
    shown = text(alice.get("/"))
    for sentence, kind, number in [
        ("3 orders are about to be canceled", "about-to-cancel", 3),
        ("3 shipments are late", "late", 3),
        ("1 buyer asks to cancel", "cancel-requested", 1),
    ]:
        assert sentence in shown
        address = f"/orders/?tab=unshipped&attention={kind}"
        assert address.replace("&", "&amp;") in shown
        assert text(alice.get(address)).count('class="order-number"') == number
    assert 'datetime="2026-12-04T04:59:59Z" data-countdown' in shown
    assert "not confirmed within 7 business days after their ship-by date are canceled" in shown
    assert (
        shown.index("about to be canceled")
        < shown.index("shipments are late")
        < shown.index("asks to cancel")
    )


def test_beyond_the_cap_it_says_how_many_at_least(alice, listing, at, monkeypatch):
    monkeypatch.setattr(counting, "CAP", 2)
    orders = [authorised((listing, 1)) for _n in range(3)]
    at(orders[0].ship_by + MINUTE)
    assert "2+ shipments are late" in text(alice.get("/"))


def test_the_day_at_a_glance(alice, listing, at):
    place((listing, 1), payment_token="tok_decline")
    order = authorised((listing, 1))
    ship(authorised((listing, 1)))
    lifecycle.cancel(authorised((listing, 1)), reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
    at(order.ship_by)
    shown = text(alice.get("/"))
    cards = dict(
        re.findall(
            r'stat-label">(?: ?<svg.*?</svg> )?([^<]+)</span> <span class="stat-value">([^<]+)<', shown
        )
    )
    nothing = dict.fromkeys(("To answer", "Cases answered", "Returns to decide", "Refunds failed"), "0")
    one = dict.fromkeys(("To ship today", "Pending", "Unshipped", "Shipped", "Canceled"), "1")
    assert cards == nothing | one
    assert attention.count(listing.seller, order.ship_by)["ship-today"] == 1


def test_the_number_of_queries_does_not_grow(alice, listing, at):
    used = []
    for more in (1, 20):
        for _n in range(more):
            authorised((ListingFactory(seller=listing.seller), 1))
        alice.get("/")
        with CaptureQueriesContext(connection) as captured:
            alice.get("/")
        used.append(len(captured))
    # Counts 3, sales and rates 5, work and warnings of the apps above 4, the session and who one is 4.
    assert used[0] == used[1] <= 17, [query["sql"] for query in captured.captured_queries]


def test_i4_an_oversold_listing_warns_and_opens_the_list_that_it_counts(alice, listing):
    authorised((listing, 3))
    shared = {"seen_version": None, "kind": MovementKind.COUNT, "now": NOON, "actor": SYSTEM}
    stock.set_on_hand(listing, 2, **shared)
    shown = text(alice.get("/"))
    assert "1 listing is oversold" in shown
    opened = text(alice.get(re.search(r'href="(/inventory/[^"]*)"[^>]*>Show them', shown)[1]))
    assert "BTL-1" in opened
    stock.set_on_hand(listing, 3, **shared)
    assert "oversold" not in text(alice.get("/"))
