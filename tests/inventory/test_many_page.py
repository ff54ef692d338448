"""Many listings at once: each is changed or refused by itself, and sent again nothing more happens (I2)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory import listings
from inventory.models import Fulfilment, Listing
from tests.factories import NOON
from tests.helpers import SYSTEM, authorised
from tests.inventory.test_list_page import text
from tests.inventory.test_rebuild import stocked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
GRID = "/inventory/many/edit/"


@pytest.fixture
def shelf(seller):
    return [stocked(10, seller=seller, sku=f"S-{n}") for n in range(4)]


def grid(*shelf, **changes) -> dict[str, object]:
    """The grid as its page sends it; changes by "index_field"."""
    data: dict[str, object] = {"confirm": "1", "listing": [each.pk for each in shelf]}
    for index, each in enumerate(shelf):
        for name, value in (("version", each.version), ("on_hand", each.on_hand), ("price", "10.00")):
            data[f"listing-{each.pk}-{name}"] = changes.get(f"_{index}_{name}", value)
            data[f"listing-{each.pk}-seen_{name}"] = value
    return data


def sent(client, url: str, data: dict[str, object]) -> str:
    """The page that the form leads to."""
    return text(client.post(url, data, follow=True))


def on_hand() -> dict[str, int]:
    return dict(Listing.objects.values_list("sku", "on_hand"))


class TestGrid:
    def test_the_picked_listings_stand_in_it(self, alice, shelf):
        shown = sent(alice, GRID, {"listing": [shelf[0].pk, shelf[2].pk]})
        assert "Edit 2 listings" in shown
        assert f'name="listing-{shelf[2].pk}-on_hand" value="10"' in shown
        assert f"listing-{shelf[1].pk}" not in shown

    def test_all_are_saved(self, alice, shelf):
        shown = sent(alice, GRID, grid(*shelf, _0_on_hand=1, _1_price="9.99"))
        assert "2 listings were saved." in shown
        assert shown.count("Nothing was changed") == 2
        assert on_hand() == {"S-0": 1, "S-1": 10, "S-2": 10, "S-3": 10}

    def test_i2_each_row_is_refused_by_itself_and_asked_again(self, alice, shelf):
        authorised((shelf[1], 5))
        data = grid(*shelf, _0_on_hand=1, _1_on_hand=2, _2_on_hand=3, _3_on_hand="x")
        listings.edit(shelf[2], listings.Edit(None, on_hand=20), actor=SYSTEM, now=NOON)
        shown = text(alice.post(GRID, data), 409)
        assert on_hand() == {"S-0": 1, "S-1": 10, "S-2": 20, "S-3": 10}
        for expected in (
            "1 listing was saved.",
            "3 rows were not saved",
            "orders hold 5 units",
            "S-2 has changed since your page was made",
            "Enter a whole number.",
            f'name="listing-{shelf[2].pk}-version" value="{shelf[2].version + 1}"',
            f'name="listing-{shelf[2].pk}-on_hand" value="3"',
        ):
            assert expected in shown
        shelf[2].refresh_from_db()
        assert "1 listing was saved." in sent(alice, GRID, grid(shelf[2], _0_on_hand=3))
        assert on_hand()["S-2"] == 3

    def test_what_the_marketplace_stores_keeps_its_count(self, alice, seller):
        listing = stocked(8, seller=seller, fulfilment=Fulfilment.AFN)
        alice.post(GRID, grid(listing, _0_on_hand=1, _0_price="5.00"))
        listing.refresh_from_db()
        assert (listing.on_hand, listing.price) == (8, 500)

    def test_listings_of_others_are_left_out(self, charlie, bob, client, shelf):
        data = grid(*shelf, _0_on_hand=1)
        assert "None of these listings is yours" in sent(charlie, GRID, data)
        assert bob.post(GRID, data).status_code == 403
        assert client.post(GRID, data).url.startswith("/accounts/login/")
        assert set(on_hand().values()) == {10}

    @pytest.mark.parametrize("picked", [[], ["x"], ["-1"], ["9" * 30], ["١"], ["\0"]])
    def test_nothing_picked_leads_back(self, alice, shelf, picked):
        for url in (GRID, "/inventory/many/close/", "/inventory/many/reopen/"):
            response = alice.post(url, {"listing": picked, "confirm": "1"}, follow=True)
            assert "Pick the listings first." in text(response)
            assert alice.get(url).url == "/inventory/"

    def test_more_than_a_hundred_are_too_many(self, alice, shelf):
        response = alice.post(GRID, {"listing": list(range(1, 102))}, follow=True)
        assert "At most 100 listings can be changed at once." in text(response)

    def test_one_row_costs_as_many_queries_as_three(self, alice, shelf):
        def asked(*some) -> int:
            with CaptureQueriesContext(connection) as queries:
                sent(alice, GRID, grid(*some, **{f"_{n}_on_hand": 10 + turn for n in range(len(some))}))
            for each in some:
                each.refresh_from_db()
            return len(queries)

        turn = 1
        asked(*shelf)
        turn = 2
        one = asked(shelf[0])
        turn = 3
        assert asked(*shelf[1:]) == one


class TestMoving:
    def test_it_asks_first_and_says_what_became_of_each(self, alice, shelf):
        authorised((shelf[0], 2))
        listings.close(shelf[3], actor=SYSTEM, now=NOON)
        picked = {"listing": [each.pk for each in shelf]}
        shown = sent(alice, "/inventory/many/close/", picked)
        assert "Close 3 listings" in shown
        assert "1 of the picked listings is closed already." in shown
        assert Listing.objects.filter(is_active=False).count() == 1
        shown = sent(alice, "/inventory/many/close/", picked | {"confirm": "1"})
        assert "3 listings were closed." in shown
        assert "S-3 is closed already." in shown
        assert "closed already" in sent(alice, "/inventory/many/close/", picked | {"confirm": "1"})
        shown = sent(alice, "/inventory/many/reopen/", picked | {"confirm": "1"})
        assert "4 listings were reopened." in shown
        assert Listing.objects.filter(is_active=True).count() == 4

    def test_there_may_be_nothing_to_do(self, alice, shelf):
        assert "Nothing to do" in sent(alice, "/inventory/many/reopen/", {"listing": [shelf[0].pk]})

    def test_strangers_and_lookers_move_nothing(self, bob, charlie, shelf):
        data = {"listing": [each.pk for each in shelf], "confirm": "1"}
        for url in ("/inventory/many/close/", "/inventory/many/reopen/"):
            assert bob.post(url, data).status_code == 403
            assert "None of these listings is yours" in sent(charlie, url, data)
        assert Listing.objects.filter(is_active=True).count() == 4
