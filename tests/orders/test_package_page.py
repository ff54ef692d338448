"""Correcting how a package travels (O14)."""

import pytest
from django.test import Client

from accounts.models import Right
from tests.factories import MembershipFactory
from tests.helpers import authorised, ship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


@pytest.fixture
def order(listing):
    return ship(authorised((listing, 3)))


def url(order, number=1):
    return f"/orders/{order.number}/packages/{number}/"


def fields(**changes):
    plain = {"ship_date": "2026-11-20", "carrier": "DHL", "carrier_name": "", "service": "Express"}
    return {**plain, "tracking_number": "JD01", **changes}


def text(response):
    return " ".join(response.content.decode().split())


def test_the_form_shows_the_package_as_it_is(alice, order):
    shown = text(alice.get(url(order)))
    assert 'value="1Z1"' in shown
    assert '<option value="UPS" selected>' in shown
    assert "3 × Blue bottle" in shown


def test_the_correction_is_saved_and_told(alice, order):
    before = order.packages.get().confirmed_at
    response = alice.post(url(order), fields(), follow=True)
    assert response.redirect_chain == [(f"/orders/{order.number}/", 302)]
    assert "Package 1 is saved." in text(response)
    parcel = order.packages.get()
    assert (parcel.carrier, parcel.service, parcel.tracking_number) == ("DHL", "Express", "JD01")
    assert parcel.confirmed_at == before
    assert order.events.get(kind="package_edited").actor.name == "Alice"


def test_the_same_form_twice_is_one_correction(alice, order):
    for _again in range(2):
        assert alice.post(url(order), fields()).status_code == 302
    assert order.events.filter(kind="package_edited").count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ship_date": "2026-11-21"}, "The ship date cannot lie in the future."),
        ({"ship_date": "2026-11-19"}, "The ship date cannot lie before the purchase."),
        ({"carrier": "Other"}, "Give the name of the carrier."),
        ({"carrier": "Pigeon"}, "Select a valid choice."),
        ({"carrier": ""}, "This field is required."),
    ],
)
def test_bad_input_is_named_and_changes_nothing(alice, order, changes, sentence):
    response = alice.post(url(order), fields(**changes))
    assert response.status_code == 422
    assert sentence in text(response)
    assert order.packages.get().tracking_number == "1Z1"


def test_a_package_that_waits_for_the_charge_is_not_edited(alice, listing):
    order = ship(authorised((listing, 1), payment_token="tok_capture_timeout"))
    response = alice.post(url(order), fields())
    assert response.status_code == 422
    assert "This package is being confirmed this very moment." in text(response)


def test_only_members_with_the_right_edit(bob, charlie, order, seller):
    for send in ("get", "post"):
        assert getattr(bob, send)(url(order), fields()).status_code == 403
        assert getattr(charlie, send)(url(order), fields()).status_code == 404
        assert getattr(Client(), send)(url(order), fields()).url.startswith("/accounts/login/")
    shipper = Client()
    shipper.force_login(MembershipFactory(seller=seller, rights=[Right.SHIP]).user)
    assert shipper.post(url(order), fields()).status_code == 302


@pytest.mark.parametrize("number", [0, 2, 99999999999999999999])
def test_a_package_that_is_not_there_is_not_found(alice, order, number):
    assert alice.get(url(order, number)).status_code == 404
