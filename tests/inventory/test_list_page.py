"""Manage Inventory as a page: which listings it lists, what the address says, what a row shows to whom (I1)."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inventory import listings
from inventory.models import Fulfilment, Listing, ListingText
from tests.factories import NOON
from tests.helpers import SYSTEM, authorised
from tests.inventory.test_rebuild import stocked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
PANEL = {"HX-Request": "true", "HX-Boosted": "true", "HX-Target": "desk"}


def text(response, status=200) -> str:
    assert response.status_code == status, (response.status_code, response.headers)
    return " ".join(response.content.decode().split())


def listed(response) -> list[str]:
    """The SKUs in the rows, from the top down."""
    return re.findall(r'<span class="sub"><span class="mono">([^<]+)</span>', text(response))


def counts(response) -> dict[str, str]:
    return dict(
        re.findall(r'<a class="tab"[^>]*>([A-Za-z ]+) <span class="count">([0-9,+]+)</span>', text(response))
    )


@pytest.fixture
def shelf(seller):
    """A listing of each status."""
    made = {
        "A-ACTIVE": stocked(10, seller=seller, sku="A-ACTIVE", title="Red mug", price=900),
        "B-OUT": stocked(0, seller=seller, sku="B-OUT", title="Green mug", price=1_100),
        "C-LOW": stocked(3, seller=seller, sku="C-LOW", title="Blue mug", price=1_000),
        "D-OVER": stocked(4, seller=seller, sku="D-OVER", title="Blue plate", price=500),
        "E-CLOSED": stocked(5, seller=seller, sku="E-CLOSED", title="Old plate", price=700),
    }
    authorised((made["D-OVER"], 4))
    Listing.objects.filter(sku="D-OVER").update(on_hand=1)
    listings.close(made["E-CLOSED"], actor=SYSTEM, now=NOON)
    return made


class TestWho:
    def test_i1_alice_sees_the_figures_and_edits_them_in_the_row(self, alice, listing):
        authorised((listing, 3))
        shown = text(alice.get("/inventory/"))
        for expected in (
            "Blue bottle",
            "BTL-1",
            "B000000001",
            'name="on_hand" value="10"',
            'name="price" value="10.00"',
        ):
            assert expected in shown
        assert f'href="/inventory/{listing.pk}/orders/"' in shown
        assert '<span class="strong">7</span>' in shown
        assert f'name="listing" value="{listing.pk}"' in shown

    def test_bob_sees_the_figures_and_finds_nothing_to_press(self, bob, listing):
        shown = text(bob.get("/inventory/"))
        assert "Blue bottle" in shown
        assert "$10.00" in shown
        for absent in ('name="on_hand"', 'form="bulk"', "/inventory/add/", "data-select-all"):
            assert absent not in shown

    def test_charlie_sees_their_own_listings_alone(self, charlie, listing):
        assert "No listings yet" in text(charlie.get("/inventory/"))
        assert charlie.get(f"/inventory/{listing.pk}/").status_code == 404

    def test_signed_out_leads_to_the_sign_in(self, listing):
        assert Client().get("/inventory/").url == "/accounts/login/?next=/inventory/"

    def test_what_the_marketplace_stores_is_not_counted_in_the_row(self, alice, seller):
        stocked(8, seller=seller, sku="FBM-1", fulfilment=Fulfilment.AFN)
        shown = text(alice.get("/inventory/"))
        assert 'name="on_hand"' not in shown
        assert 'name="price"' in shown


class TestLists:
    @pytest.mark.parametrize(
        ("status", "skus"),
        [
            ("", ["E-CLOSED", "D-OVER", "C-LOW", "B-OUT", "A-ACTIVE"]),
            ("active", ["C-LOW", "A-ACTIVE"]),
            ("out_of_stock", ["D-OVER", "B-OUT"]),
            ("low", ["C-LOW"]),
            ("oversold", ["D-OVER"]),
            ("inactive", ["E-CLOSED"]),
        ],
    )
    def test_each_status_has_its_list(self, alice, shelf, status, skus):
        assert listed(alice.get("/inventory/", {"status": status})) == skus

    def test_each_list_says_how_many_it_has(self, alice, shelf):
        assert counts(alice.get("/inventory/")) == {
            "All": "5",
            "Active": "2",
            "Out of stock": "2",
            "Low stock": "1",
            "Oversold": "1",
            "Closed": "1",
        }
        assert counts(alice.get("/inventory/", {"q": "blue"}))["All"] == "2"

    def test_the_mark_is_the_listings_own(self, alice, shelf):
        Listing.objects.filter(sku="A-ACTIVE").update(low_stock_at=10)
        Listing.objects.filter(sku="C-LOW").update(low_stock_at=2)
        assert listed(alice.get("/inventory/", {"status": "low"})) == ["A-ACTIVE"]

    def test_what_the_marketplace_fulfils_stands_apart_and_the_chip_takes_it_back(self, alice, shelf, seller):
        stocked(8, seller=seller, sku="F-AFN", fulfilment=Fulfilment.AFN)
        response = alice.get("/inventory/", {"fulfilment": "AFN", "sort": "sku"})
        assert listed(response) == ["F-AFN"]
        assert 'class="chip" href="/inventory/?sort=sku"' in text(response)
        assert "F-AFN" not in listed(alice.get("/inventory/", {"fulfilment": "MFN"}))

    @pytest.mark.parametrize(
        ("sort", "skus"),
        [
            ("sku", ["A-ACTIVE", "B-OUT", "C-LOW", "D-OVER", "E-CLOSED"]),
            ("-sku", ["E-CLOSED", "D-OVER", "C-LOW", "B-OUT", "A-ACTIVE"]),
            ("oldest", ["A-ACTIVE", "B-OUT", "C-LOW", "D-OVER", "E-CLOSED"]),
            ("available", ["D-OVER", "B-OUT", "C-LOW", "E-CLOSED", "A-ACTIVE"]),
            ("-available", ["A-ACTIVE", "E-CLOSED", "C-LOW", "B-OUT", "D-OVER"]),
            ("price", ["D-OVER", "E-CLOSED", "A-ACTIVE", "C-LOW", "B-OUT"]),
            ("-price", ["B-OUT", "C-LOW", "A-ACTIVE", "E-CLOSED", "D-OVER"]),
        ],
    )
    def test_it_is_sorted_and_each_page_goes_on_where_the_last_one_ended(
        self, alice, shelf, monkeypatch, sort, skus
    ):
        assert listed(alice.get("/inventory/", {"sort": sort})) == skus
        monkeypatch.setattr("accounts.keyset.page.__defaults__", (2,))
        found, url = [], f"/inventory/?sort={sort}"
        while url:
            response = alice.get(url)
            found += listed(response)
            url = response.context["pager"].get("next_url")
        assert found == skus
        last = alice.get(f"/inventory/?sort={sort}&end=1")
        assert listed(last) == skus[-2:]
        assert listed(alice.get(last.context["pager"]["previous_url"])) == skus[1:3]

    def test_the_panel_alone_is_sent_where_htmx_asks_for_it(self, alice, shelf):
        shown = text(alice.get("/inventory/", headers=PANEL))
        assert shown.startswith('<div id="desk"')
        assert "A-ACTIVE" in shown

    @pytest.mark.parametrize("query", ["", "?q=mug", "?status=active&sort=price&fulfilment=MFN"])
    def test_it_asks_the_database_as_often_for_one_row_as_for_three(self, alice, seller, query):
        def asked():
            with CaptureQueriesContext(
                connection,
            ) as queries:
                text(alice.get(f"/inventory/{query}"))
            return len(queries)

        stocked(5, seller=seller, title="Red mug")
        asked()
        one = asked()
        for _n in range(2):
            stocked(5, seller=seller, title="Blue mug")
        assert asked() == one <= 7


class TestSearch:
    @pytest.mark.parametrize(
        ("words", "skus"),
        [
            ("A-ACTIVE", ["A-ACTIVE"]),
            ("a-active", ["A-ACTIVE"]),
            ("  mug ", ["A-ACTIVE", "B-OUT", "C-LOW"]),
            ("mug blue", ["C-LOW"]),
            ("late", ["D-OVER", "E-CLOSED"]),
            ("c-", ["C-LOW"]),
            ("%", []),
            ("_", []),
            ("mug plate", []),
        ],
    )
    def test_sku_and_words_of_the_title(self, alice, shelf, words, skus):
        assert listed(alice.get("/inventory/", {"q": words})) == skus

    def test_what_is_called_so_comes_first_then_what_begins_so_then_the_others(self, alice, seller):
        for sku, title in (("ZZ", "Plain"), ("A1", "Holder for ZZ"), ("ZZ-9", "Plain"), ("B1", "ZZ top")):
            stocked(1, seller=seller, sku=sku, asin="", title=title)
        assert listed(alice.get("/inventory/", {"q": "zz"})) == ["ZZ", "B1", "ZZ-9", "A1"]
        assert listed(alice.get("/inventory/", {"q": "zz", "sort": "sku"})) == ["A1", "B1", "ZZ", "ZZ-9"]

    def test_an_asin_is_found(self, alice, listing, shelf):
        assert listed(alice.get("/inventory/", {"q": "b000000001"})) == ["BTL-1"]

    def test_a_search_that_finds_nothing_says_so(self, alice, listing):
        shown = text(alice.get("/inventory/", {"q": "nothing of <b>"}))
        assert "Nothing here is called “nothing of &lt;b&gt;”" in shown

    def test_the_words_follow_the_title_and_not_the_figures(self, listing):
        assert ListingText.objects.get(listing=listing).words == "\nBTL-1\nB000000001\nBLUE BOTTLE\n"
        edit = listings.Edit(None, title="Green flask")
        listings.edit(listing, edit, actor=SYSTEM, now=NOON)
        assert "GREEN FLASK" in ListingText.objects.get(listing=listing).words
