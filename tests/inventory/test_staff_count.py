"""Staff count the stock of AFN listings in the admin, by the operation that sellers use (A1, I4, O21)."""

import pytest
from django.test import Client

from accounts.models import StaffPermission
from inventory import stock
from inventory.models import Fulfilment, Listing, MovementKind, StockMovement
from tests.factories import NOON
from tests.helpers import SYSTEM, authorised
from tests.inventory.test_rebuild import stocked
from tests.staff_steps import staff, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
STOCK = StaffPermission.STOCK


@pytest.fixture
def afn(seller):
    return stocked(10, seller=seller, sku="AFN-1", title="Blue bottle", fulfilment=Fulfilment.AFN)


def url(listing):
    return f"/admin/inventory/listing/{listing.pk}/count/"


def counted(listing, on_hand, **changes):
    listing.refresh_from_db()
    return {"version": listing.version, "on_hand": on_hand, "reason": "delivered", **changes}


def test_staff_set_on_hand_with_a_ledger_row_that_names_them(afn):
    sam = staff(STOCK)
    assert "10 on hand by the ledger, 0 held by orders" in text(sam.get(url(afn)))
    assert url(afn) in text(sam.get(f"/admin/inventory/listing/{afn.pk}/change/"))
    response = sam.post(url(afn), counted(afn, 25), follow=True)
    assert response.redirect_chain == [(f"/admin/inventory/listing/{afn.pk}/change/", 302)]
    afn.refresh_from_db()
    row = StockMovement.objects.latest("pk")
    assert (afn.on_hand, row.on_hand, row.kind, row.reason) == (25, 15, MovementKind.COUNT, "delivered")
    assert (row.actor.name, row.actor_kind, row.source) == ("Sam Staff", "marketplace", "admin")


def test_count_below_what_orders_hold_says_how_many_are_missing(afn):
    authorised((afn, 4))
    shown = text(staff(STOCK).post(url(afn), counted(afn, 1), follow=True))
    assert "1 counted. Orders hold 3 more than there are." in shown


def test_second_count_of_same_form_is_refused_with_both_versions(afn):
    sam, data = staff(STOCK), counted(afn, 25, seen_on_hand="10")
    assert sam.post(url(afn), data).status_code == 302
    response = sam.post(url(afn), data)
    assert (response.status_code, "There now" in text(response)) == (409, True)
    assert StockMovement.objects.filter(listing=afn, reason="delivered").count() == 1


def test_count_on_page_from_before_an_edit_changes_nothing(afn):
    sam, data = staff(STOCK), counted(afn, 25)
    stock.set_on_hand(afn, 12, seen_version=None, actor=SYSTEM, now=NOON)
    assert sam.post(url(afn), data).status_code == 409
    afn.refresh_from_db()
    assert afn.on_hand == 12


@pytest.mark.parametrize("changes", [{"on_hand": ""}, {"on_hand": "-1"}, {"reason": ""}, {"version": "x"}])
def test_wrong_count_is_refused(afn, changes):
    assert staff(STOCK).post(url(afn), counted(afn, 5) | changes).status_code == 422
    afn.refresh_from_db()
    assert afn.on_hand == 10


def test_reading_staff_and_sellers_count_nothing(afn, alice):
    before = list(Listing.objects.values())
    reader = staff(StaffPermission.SHIP)
    for method in ("get", "post"):
        assert getattr(reader, method)(url(afn), counted(afn, 5)).status_code == 403
        for client in (alice, Client()):
            assert "/login/" in getattr(client, method)(url(afn), counted(afn, 5))["Location"]
    assert list(Listing.objects.values()) == before
    assert url(afn) not in text(reader.get(f"/admin/inventory/listing/{afn.pk}/change/"))


def test_listings_of_sellers_are_not_offered(listing):
    sam = staff(STOCK)
    for response in (sam.get(url(listing)), sam.post(url(listing), counted(listing, 5))):
        assert (response.status_code, "The seller stores this listing" in text(response)) == (403, True)
    listing.refresh_from_db()
    assert listing.on_hand == 10
