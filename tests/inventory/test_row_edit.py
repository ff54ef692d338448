"""Figures edited in their row: an edit sets on hand, and a stale page is refused with both versions (I2)."""

import pytest

from accounts.actors import Actor
from inventory import listings, stock
from inventory.models import Fulfilment, ListingChange, MovementKind, StockMovement
from tests.factories import NOON, UserFactory
from tests.helpers import authorised, place
from tests.inventory.test_list_page import text
from tests.inventory.test_rebuild import stocked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


def sent(listing, **changes) -> dict[str, object]:
    """The form of the row as a page made now would send it."""
    form = {
        "version": listing.version,
        "on_hand": listing.on_hand,
        "price": f"{listing.price / 100:.2f}",
        "seen_on_hand": listing.on_hand,
        "seen_price": f"{listing.price / 100:.2f}",
        "back": "/inventory/?sort=sku",
    }
    return form | changes


def url(listing) -> str:
    return f"/inventory/{listing.pk}/figures/"


def row(listing) -> dict[str, str]:
    """htmx asks from the row."""
    return {"HX-Request": "true", "HX-Target": f"row-{listing.pk}"}


def state(listing) -> tuple[int, int, int, int]:
    listing.refresh_from_db()
    return listing.on_hand, listing.reserved, listing.available, listing.price


class TestSaving:
    def test_i2_an_edit_sets_on_hand_never_available(self, alice, seller):
        """Two stories of sellers: one unit is reserved, "add 1" must make one sellable unit, not two."""
        listing = stocked(1, seller=seller)
        place((listing, 1))
        assert state(listing)[:3] == (1, 1, 0)
        assert alice.post(url(listing), sent(listing, on_hand=2)).status_code == 302
        assert state(listing)[:3] == (2, 1, 1)

    def test_without_script_it_leads_back_to_the_list_as_it_was(self, alice, listing):
        response = alice.post(url(listing), sent(listing, on_hand=12, price="12.50"), follow=True)
        assert response.redirect_chain == [("/inventory/?sort=sku", 302)]
        assert "BTL-1 was saved." in text(response)
        assert state(listing) == (12, 0, 12, 1_250)

    def test_htmx_gets_the_row(self, alice, listing):
        shown = text(alice.post(url(listing), sent(listing, on_hand=12), headers=row(listing)))
        assert shown.startswith(f'<tr class="stock-row is-busy " id="row-{listing.pk}">')
        assert "Saved." in shown
        assert 'name="on_hand" value="12"' in shown
        assert f'name="version" value="{listing.version + 1}"' in shown

    def test_who_when_and_what_are_written_down(self, alice, listing):
        alice.post(url(listing), sent(listing, on_hand=7, price="12.50"))
        moved = StockMovement.objects.latest("pk")
        assert (moved.kind, moved.on_hand, moved.actor.name, moved.source) == ("edit", -3, "Alice", "page")
        changed = ListingChange.objects.get()
        assert (changed.old, changed.new, changed.at) == ({"price": 1_000}, {"price": 1_250}, NOON)

    def test_an_edit_that_changes_nothing_writes_nothing(self, alice, listing):
        before = StockMovement.objects.count()
        alice.post(url(listing), sent(listing))
        assert (StockMovement.objects.count(), ListingChange.objects.count()) == (before, 0)
        version = listing.version
        listing.refresh_from_db()
        assert listing.version == version

    @pytest.mark.parametrize(
        "back", ["https://evil.example/", "//evil.example/inventory/", "/orders/", "", "/inventory/\\..//x"]
    )
    def test_it_never_leads_elsewhere(self, alice, listing, back):
        target = alice.post(url(listing), sent(listing, back=back)).url
        assert target.startswith("/inventory/")

    @pytest.mark.parametrize("in_row", [False, True])
    def test_a_search_for_braces_is_found_again(self, alice, listing, in_row):
        form = sent(listing, on_hand=12, back="/inventory/?q={x}{}{pk}")
        response = alice.post(url(listing), form, headers=row(listing) if in_row else {})
        back = "/inventory/?q=%7Bx%7D%7B%7D%7Bpk%7D"
        if in_row:
            assert f'name="back" value="{back}"' in text(response)
        else:
            assert response.url == back
        assert state(listing)[0] == 12

    def test_what_the_marketplace_stores_keeps_its_count(self, alice, seller):
        listing = stocked(8, seller=seller, fulfilment=Fulfilment.AFN)
        alice.post(url(listing), sent(listing, on_hand=99, price="5.00"))
        assert state(listing) == (8, 0, 8, 500)


class TestRefusing:
    def stale(self, listing):
        """What the page sends, and then somebody else edits."""
        form = sent(listing, on_hand=12)
        other = Actor.seller(UserFactory(name="Carol"))
        listings.edit(listing, listings.Edit(None, on_hand=15, price=1_500), actor=other, now=NOON)
        return form

    @pytest.mark.parametrize("in_row", [False, True])
    def test_i2_a_stale_page_is_refused_with_both_versions(self, alice, listing, in_row):
        form, headers = self.stale(listing), row(listing) if in_row else {}
        shown = text(alice.post(url(listing), form, headers=headers), 409)
        assert state(listing) == (15, 0, 15, 1_500)
        assert ("<html" in shown) == (not headers)
        for seen, now, mine in (("10", "15", "12"), ("$10.00", "$15.00", "$10.00")):
            cells = f'<td class="cell-num">{seen}</td> <td class="cell-num"><span class="version-now">{now}</span></td>'
            assert f'{cells} <td class="cell-num">{mine}</td>' in shown
        assert "Carol · 2026-11-20 12:00 EST: Price from $10.00 to $15.00" in shown

    def test_i2_who_has_seen_both_can_save_theirs(self, alice, listing):
        form = self.stale(listing)
        alice.post(url(listing), form)
        listing.refresh_from_db()
        response = alice.post(url(listing), sent(listing, on_hand=12, price="10.00"))
        assert (response.status_code, state(listing)) == (302, (12, 0, 12, 1_000))

    def test_or_keep_what_is_there(self, alice, listing):
        shown = text(alice.get(f"{url(listing)}?back=/inventory/", headers=row(listing)))
        assert shown.startswith("<tr")
        assert alice.get(url(listing)).url == f"/inventory/{listing.pk}/"

    def test_i2_an_order_alone_makes_no_page_stale(self, alice, listing):
        form = sent(listing, on_hand=12)
        authorised((listing, 3))
        assert alice.post(url(listing), form).status_code == 302
        assert state(listing)[:3] == (12, 3, 9)

    def test_i2_below_what_orders_hold_it_leads_to_them_and_to_a_count(self, alice, listing):
        authorised((listing, 4))
        shown = text(alice.post(url(listing), sent(listing, on_hand=3), headers=row(listing)), 422)
        assert "orders hold 4 units, so an edit cannot set on hand to 3" in shown
        assert f'href="/inventory/{listing.pk}/orders/"' in shown
        assert f'href="/inventory/{listing.pk}/count/?on_hand=3"' in shown
        assert 'value="3"' in shown
        assert state(listing)[:3] == (10, 4, 6)

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"on_hand": "-1"}, "On hand: "),
            ({"on_hand": ""}, "On hand: "),
            ({"on_hand": "1.5"}, "On hand: "),
            ({"price": "0"}, "Price (USD): The price must be above zero."),
            ({"price": "1.234"}, "Price (USD): "),
            ({"version": ""}, "This field is required."),
        ],
    )
    def test_what_makes_no_sense_is_asked_again(self, alice, listing, change, sentence):
        shown = text(alice.post(url(listing), sent(listing) | change, headers=row(listing)), 422)
        assert sentence in shown
        assert state(listing) == (10, 0, 10, 1_000)

    def test_bob_charlie_and_nobody_change_nothing(self, bob, charlie, client, listing):
        form = sent(listing, on_hand=1)
        assert bob.post(url(listing), form).status_code == 403
        assert charlie.post(url(listing), form).status_code == 404
        assert client.post(url(listing), form).url.startswith("/accounts/login/")
        assert state(listing)[0] == 10


def test_i5_a_figure_that_a_file_sets_needs_no_page(listing):
    """The Inventory feed knows no version; what orders hold it may not contradict either."""
    actor = Actor.system()
    stock.set_on_hand(listing, 4, seen_version=None, kind=MovementKind.FEED, now=NOON, actor=actor)
    assert state(listing)[0] == 4
    assert StockMovement.objects.latest("pk").kind == MovementKind.FEED
