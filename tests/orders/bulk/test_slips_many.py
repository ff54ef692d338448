"""The packing slips of many as one document, and the mark that they were printed (O19)."""

import io

import pytest
from django.test import Client
from pypdf import PdfReader

from accounts.models import Right
from inventory.models import Fulfilment
from orders.models import Order
from tests.factories import NOON, ListingFactory, MembershipFactory
from tests.helpers import authorised, place, ship
from tests.orders.bulk.steps import hidden, numbers, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
URL, MARK = "/orders/packing-slips.pdf", "/orders/printed/"


@pytest.fixture
def orders(listing):
    return [
        authorised((listing, 1)),
        authorised((listing, 1), buyer_language="zh-hans"),
        ship(authorised((listing, 2))),
    ]


def pages(response):
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(response.content)).pages]


def printed(*orders):
    return [Order.objects.get(pk=order.pk).printed_at for order in orders]


def test_each_order_has_a_page_of_its_own_in_its_buyers_language(alice, orders):
    found = pages(alice.post(URL, {"order": numbers(*orders)}, follow=True))
    assert len(found) == 3
    for page, order in zip(found, sorted(orders, key=lambda each: (each.ship_by, each.pk)), strict=True):
        assert order.number in page
        assert "1 / 1" in page
        assert ("Packing slip" in page) == (order.buyer_language == "en")
    assert printed(*orders) == [NOON] * 3


def test_an_order_of_several_pages_counts_its_own(alice, seller, listing):
    long = authorised(*((ListingFactory(seller=seller, title=f"Thing {n} " * 9), 1) for n in range(40)))
    short = authorised((listing, 1))
    found = pages(alice.post(URL, {"order": numbers(long, short)}, follow=True))
    assert [page[-5:].strip() for page in found[:-1]] == [
        f"{n} / {len(found) - 1}" for n in range(1, len(found))
    ]
    assert short.number in found[-1]


def test_orders_without_a_slip_are_counted_before_anything_is_printed(alice, seller, listing, orders):
    marketplaces = authorised((ListingFactory(seller=seller, fulfilment=Fulfilment.AFN), 1))
    page = alice.post(URL, {"order": numbers(*orders, place((listing, 1)), marketplaces)}, follow=True)
    assert "2 of the picked orders have no packing slip" in text(page)
    assert printed(*orders) == [None] * 3
    assert len(pages(alice.post(URL, {"picked": hidden(page, "picked")}))) == 3
    assert printed(*orders, marketplaces) == [NOON] * 3 + [None]
    assert "There is nothing to print" in text(alice.post(URL, {"order": numbers(marketplaces)}, follow=True))


def test_too_many_for_one_document_are_several(alice, orders, monkeypatch):
    monkeypatch.setattr("orders.bulk.printing.MOST", 2)
    page = alice.post(URL, {"all": "1", "query": "tab=unshipped"})
    assert page["Content-Type"] == "application/pdf"
    page = alice.post(URL, {"order": numbers(*orders)}, follow=True)
    shown = text(page)
    assert "A document holds at most 2 slips, so these are 2 documents" in shown
    assert ("Slips 1 to 2" in shown, "Slips 3 to 3" in shown) == (True, True)
    assert len(pages(alice.post(URL, {"picked": hidden(page, "picked")}))) == 2


def test_who_may_not_ship_prints_and_leaves_no_mark(bob, orders):
    assert len(pages(bob.post(URL, {"order": numbers(*orders)}, follow=True))) == 3
    assert bob.get(f"/orders/{orders[0].number}/packing-slip.pdf").status_code == 200
    assert printed(*orders) == [None] * 3


def test_a_single_slip_leaves_the_mark_once(alice, orders, at):
    address = f"/orders/{orders[0].number}/packing-slip.pdf"
    assert alice.head(address).status_code == 200
    assert printed(orders[0]) == [None]
    alice.get(address)
    assert printed(orders[0]) == [NOON]


def test_the_mark_is_set_and_taken_back_for_many(alice, orders, listing):
    pending = place((listing, 1))
    for value, moment, sentence in (
        ("yes", NOON, "3 orders are marked as printed."),
        ("no", None, "3 orders are marked as not printed."),
    ):
        form = {"order": numbers(*orders, pending), "printed": value, "back": "/orders/?tab=shipped"}
        answer = alice.post(MARK, form, follow=True)
        assert answer.redirect_chain == [("/orders/?tab=shipped", 302)]
        assert sentence in text(answer)
        assert printed(*orders, pending) == [moment] * 3 + [None]
    events = [order.events.count() for order in orders]
    alice.post(MARK, {"order": numbers(*orders), "printed": "yes"})
    assert [order.events.count() for order in orders] == events


def test_the_mark_needs_the_right_and_the_own_seller(bob, charlie, seller, orders):
    form = {"order": numbers(*orders), "printed": "yes"}
    assert bob.post(MARK, form).status_code == 403
    assert charlie.post(MARK, form).url == charlie.post(URL, form).url == "/orders/"
    assert Client().post(MARK, form).url.startswith("/accounts/login/")
    assert printed(*orders) == [None] * 3
    packer = Client()
    packer.force_login(MembershipFactory(seller=seller, rights=[Right.SHIP, Right.VIEW]).user)
    assert packer.post(MARK, form).status_code == 302
    assert printed(*orders) == [NOON] * 3
