"""The page of one listing: figures, form, ledger and picture; counting, closing and adding (I1, I2, I4, I5)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory import ledger, listings, picture, stock
from inventory.ledger import Day
from inventory.models import Fulfilment, Listing, ListingChange, MovementKind, StockMovement
from orders import lifecycle
from orders.entry import intake
from orders.states import CancelReason
from tests.factories import MINUTE, NOON, ChannelFactory
from tests.helpers import CHANNEL, SYSTEM, authorised, new_order, ship
from tests.inventory.test_list_page import text
from tests.inventory.test_rebuild import stocked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
DAY = timedelta(days=1)
ZONE = "America/New_York"


def page(listing) -> str:
    return f"/inventory/{listing.pk}/"


def form(listing, **changes) -> dict[str, object]:
    """The form of the page as it is made now."""
    values = {
        "version": listing.version,
        "title": listing.title,
        "on_hand": listing.on_hand,
        "price": "10.00",
        "handling_days": listing.handling_days,
        "low_stock_at": listing.low_stock_at,
    }
    return {**values, **{f"seen_{name}": value for name, value in values.items()}} | changes


class TestLooking:
    def test_i1_the_figures_with_who_holds_units(self, alice, listing):
        authorised((listing, 3))
        shown = text(alice.get(page(listing)))
        assert re.findall(r'<span class="stat-value">([^<]+)</span>', shown) == ["10", "3", "7", "$10.00"]
        assert f'href="/inventory/{listing.pk}/orders/"' in shown
        for url in (page(listing), "/inventory/add/", f"{page(listing)}edit/", f"{page(listing)}count/"):
            assert '<a class="headline-back" href="/inventory/' in text(alice.get(url))

    def test_bob_looks_and_changes_nothing(self, bob, charlie, listing):
        shown = text(bob.get(page(listing)))
        assert "Stock ledger" in shown
        assert "/edit/" not in shown
        assert "/close/" not in shown
        for what in ("edit", "count", "close", "reopen"):
            assert bob.post(f"{page(listing)}{what}/").status_code == 403
            assert charlie.post(f"{page(listing)}{what}/").status_code == 404
        assert charlie.get(page(listing)).status_code == 404

    def test_i5_the_ledger_says_who_when_why_and_what_was_left(self, alice, listing):
        order = authorised((listing, 3), now=NOON + MINUTE)
        ship(order, now=NOON + 2 * MINUTE)
        lines = ledger.lines(listing, list(listing.movements.order_by("-at", "-pk")), ZONE)
        told = [
            (each.kind, each.on_hand, each.reserved, each.on_hand_after, each.reserved_after)
            for each in lines
        ]
        assert told == [
            ("Shipment confirmed", "−3", "−3", 7, 0),
            ("Order placed", "0", "+3", 10, 3),
            ("Stock count", "+10", "0", 10, 0),
        ]
        shown = text(alice.get(page(listing)))
        assert f'href="/orders/{order.number}/"' in shown
        assert "2026-11-20 12:02 EST" in shown

    def test_i5_a_cancel_says_why(self, alice, listing):
        order = authorised((listing, 3))
        lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
        assert "Order canceled · No inventory" in text(alice.get(page(listing)))

    def test_the_ledger_goes_on_page_after_page_with_its_balance(self, alice, listing, monkeypatch):
        for count in range(1, 8):
            stock.set_on_hand(listing, count, seen_version=None, now=NOON + count * DAY, actor=SYSTEM)
        monkeypatch.setattr(ledger, "SIZE", 3)
        url, after = page(listing), []
        while url:
            response = alice.get(url, headers={"HX-Request": "true", "HX-Target": "ledger"})
            assert text(response).startswith('<section class="card is-busy" id="ledger"')
            after += [line.on_hand_after for line in response.context["lines"]]
            url = response.context["pager"].get("next_url")
        assert after == [7, 6, 5, 4, 3, 2, 1, 10]

    def test_it_asks_the_database_as_often_for_one_movement_as_for_three(self, alice, listing):
        def asked():
            with CaptureQueriesContext(connection) as queries:
                text(alice.get(page(listing)))
            return len(queries)

        asked()
        one = asked()
        listings.edit(listing, listings.Edit(None, on_hand=4, price=900), actor=SYSTEM, now=NOON)
        listings.edit(listing, listings.Edit(None, on_hand=5, price=800), actor=SYSTEM, now=NOON)
        assert asked() == one <= 10


class TestPicture:
    def test_each_day_ends_with_what_the_ledger_says(self, listing):
        listing.refresh_from_db()
        for ago, count in ((40, 8), (3, 5), (1, 12)):
            listing = stock.set_on_hand(listing, count, seen_version=None, now=NOON - ago * DAY, actor=SYSTEM)
        found = {day.day: (day.on_hand, day.reserved) for day in ledger.days(listing, NOON, ZONE)}
        today = NOON.date()
        assert len(found) == ledger.DAYS
        # The opening stock of ten is of today; what was set before it adds up with it.
        assert found[today] == (12, 0)
        assert found[today - DAY] == (2, 0)
        assert found[today - 2 * DAY] == found[today - 4 * DAY] == (0, 0)

    def test_its_parts_add_up_and_say_what_is_missing(self):
        days = [Day(NOON.date(), 10, 4), Day(NOON.date(), 2, 8), Day(NOON.date(), 0, 0)]
        bars = picture.of(days).bars
        assert [(bar.held, bar.free, bar.beyond) for bar in bars] == [(64, 96, 0), (32, 0, 96), (0, 0, 0)]
        assert bars[1].label == "2026-11-20: on hand 2, reserved 8"

    def test_a_listing_that_never_had_anything_has_a_picture(self, alice, seller):
        listing = listings.add(seller, listings.Draft("NEW-1", "New", 100), actor=SYSTEM, now=NOON)
        shown = text(alice.get(page(listing)))
        assert "Nothing has moved yet" in shown
        assert "Added" in shown


class TestEditing:
    def test_all_of_it_and_its_history(self, alice, listing):
        data = form(listing, title="Green flask", price="12.00", handling_days=2, low_stock_at=5, on_hand=9)
        assert alice.post(f"{page(listing)}edit/", data).url == page(listing)
        shown = text(alice.get(page(listing)))
        for expected in (
            "Green flask",
            "Price from $10.00 to $12.00",
            "Title from Blue bottle to Green flask",
        ):
            assert expected in shown
        assert "Handling time from 1 business day to 2 business days" in shown
        row = ListingChange.objects.get()
        listing.refresh_from_db()
        assert (row.version, row.actor.name) == (listing.version, "Alice")

    def test_i2_a_stale_form_is_answered_with_both_versions(self, alice, listing):
        data = form(listing, title="Mine")
        listings.edit(listing, listings.Edit(None, title="Theirs"), actor=SYSTEM, now=NOON)
        shown = text(alice.post(f"{page(listing)}edit/", data), 409)
        cells = [f'<td class="cell-num">{word}</td>' for word in ("Blue bottle", "Mine")]
        assert (
            f'{cells[0]} <td class="cell-num"><span class="version-now">Theirs</span></td> {cells[1]}'
            in shown
        )
        assert "Save mine over it" in shown
        listing.refresh_from_db()
        assert listing.title == "Theirs"
        assert f'name="version" value="{listing.version}"' in shown

    def test_the_form_stands_on_a_page_of_its_own_too(self, alice, listing):
        assert 'name="title" value="Blue bottle"' in text(alice.get(f"{page(listing)}edit/"))


class TestCounting:
    def counted(self, listing, on_hand, **changes):
        return {"version": listing.version, "on_hand": on_hand, "reason": "recounted", **changes}

    def test_i2_a_count_may_say_less_than_orders_hold_and_leads_to_them(self, alice, listing):
        authorised((listing, 4))
        response = alice.post(f"{page(listing)}count/", self.counted(listing, 1))
        assert response.url == f"/inventory/{listing.pk}/orders/"
        listing.refresh_from_db()
        assert (listing.on_hand, listing.reserved, listing.available, listing.is_oversold) == (1, 4, 0, True)
        moved = StockMovement.objects.latest("pk")
        assert (moved.kind, moved.on_hand, moved.reason) == (MovementKind.COUNT, -9, "recounted")

    def test_a_count_that_agrees_is_written_down(self, alice, listing):
        assert alice.post(f"{page(listing)}count/", self.counted(listing, 10)).url == page(listing)
        moved = StockMovement.objects.latest("pk")
        assert (moved.kind, moved.on_hand, moved.reason) == (MovementKind.COUNT, 0, "recounted")

    def test_i2_a_count_made_before_a_shipment_is_asked_again(self, alice, listing):
        """What was counted before the parcel left is not what is there after it."""
        data = self.counted(listing, 9, seen_on_hand="10")
        order = authorised((listing, 2))
        ship(order)
        shown = text(alice.post(f"{page(listing)}count/", data), 409)
        assert "Shipment confirmed, on hand −2" in shown
        listing.refresh_from_db()
        assert listing.on_hand == 8

    def test_a_reason_is_asked_for(self, alice, listing):
        shown = text(alice.post(f"{page(listing)}count/", self.counted(listing, 9, reason="")), 422)
        assert "This field is required." in shown

    def test_what_the_marketplace_stores_is_the_marketplaces_to_count(self, alice, seller):
        listing = stocked(8, seller=seller, fulfilment=Fulfilment.AFN)
        response = alice.post(f"{page(listing)}count/", self.counted(listing, 1), follow=True)
        assert "is stored by the marketplace, which alone counts it" in text(response)
        assert Listing.objects.get(pk=listing.pk).on_hand == 8
        counted = stock.set_on_hand(
            listing, 5, seen_version=None, kind=MovementKind.COUNT, now=NOON, actor=SYSTEM
        )
        assert counted.on_hand == 5


class TestClosing:
    def test_a_closed_listing_takes_no_orders_until_it_is_reopened(self, alice, listing):
        channel = ChannelFactory(marketplace=listing.seller.marketplace)

        def ordered() -> bool:
            news = [new_order((listing, 1))]
            (result,) = intake.place(news, seller=listing.seller, channel=channel, actor=CHANNEL, now=NOON)
            return isinstance(result, intake.Placed)

        assert ordered()
        assert "is closed: it takes no new orders" in text(alice.post(f"{page(listing)}close/", follow=True))
        assert not ordered()
        assert "is closed already" in text(alice.post(f"{page(listing)}close/", follow=True))
        assert "takes orders again" in text(alice.post(f"{page(listing)}reopen/", follow=True))
        assert ordered()
        assert list(ListingChange.objects.values_list("kind", flat=True)) == ["closed", "reopened"]

    def test_of_a_listing_that_closes_while_an_order_comes_in_nothing_is_sold(self, listing):
        """The order's look-up found it open; under the lock it is not."""
        listings.close(listing, actor=SYSTEM, now=NOON)
        line = stock.Line(listing.pk, 1, "113-0000000-0000001")
        (refused,) = stock.reserve([[line]], now=NOON, actor=CHANNEL)
        assert (refused.asked, refused.available) == (1, 0)


class TestAdding:
    GOOD = {
        "sku": "NEW-1",
        "title": "New thing",
        "asin": "b0abcdefgh",
        "price": "12.50",
        "on_hand": "7",
        "handling_days": "2",
        "low_stock_at": "4",
        "fulfilment": "MFN",
    }

    def test_with_its_opening_stock_in_the_ledger(self, alice, seller):
        response = alice.post("/inventory/add/", self.GOOD)
        listing = Listing.objects.get(sku="NEW-1")
        assert response.url == page(listing)
        figures = (listing.asin, listing.price, listing.currency, listing.on_hand, listing.low_stock_at)
        assert figures == ("B0ABCDEFGH", 1_250, "USD", 7, 4)
        moved = listing.movements.get()
        assert (moved.on_hand, moved.actor.name) == (7, "Alice")
        assert listing.changes.get().kind == "created"

    def test_a_sku_that_is_taken_is_said_at_its_field(self, alice, listing):
        shown = text(alice.post("/inventory/add/", self.GOOD | {"sku": "BTL-1"}), 422)
        assert "You have a listing with the SKU BTL-1 already." in shown
        assert Listing.objects.count() == 1

    def test_stock_of_what_the_marketplace_stores_is_not_the_sellers(self, alice):
        assert alice.post("/inventory/add/", self.GOOD | {"fulfilment": "AFN"}).status_code == 422
        assert (
            alice.post("/inventory/add/", self.GOOD | {"fulfilment": "AFN", "on_hand": "0"}).status_code
            == 302
        )

    def test_bob_and_nobody_add_nothing(self, bob, client):
        assert bob.get("/inventory/add/").status_code == 403
        assert client.get("/inventory/add/").url.startswith("/accounts/login/")
