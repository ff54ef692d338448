"""Confirming a shipment on its page: one package or several, once however often the form is sent (O14, O15, O18)."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from accounts.actors import Actor
from inventory.models import Fulfilment
from orders import lifecycle
from orders.models import Order, OrderEvent, Package
from orders.states import CancelReason, OrderStatus
from payments.models import ProviderCall
from payments.states import Operation
from tests.factories import MINUTE, NOON, ListingFactory
from tests.helpers import authorised, place, ship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


@pytest.fixture
def order(listing):
    return authorised((listing, 3))


def url(order):
    return f"/orders/{order.number}/ship/"


def package(order, units, **changes):
    """The fields of one package as the form names them."""
    fields = {"ship_date": "2026-11-20", "carrier": "UPS", "carrier_name": "", "service": "Ground", **changes}
    counts = {f"units_{item.pk}": units for item in order.items.all()}
    return {"tracking_number": "1Z999", **fields, **counts}


def filled(*packages, key=None, **more):
    """What a browser sends for these packages."""
    data = {
        "key": key or uuid.uuid4(),
        "package-TOTAL_FORMS": len(packages),
        "package-INITIAL_FORMS": 1,
        **more,
    }
    for index, fields in enumerate(packages):
        data |= {f"package-{index}-{name}": value for name, value in fields.items()}
    return data


def text(response):
    return " ".join(response.content.decode().split())


def captures():
    return ProviderCall.objects.filter(operation=Operation.CAPTURE).count()


def test_the_form_begins_with_one_package_of_all_that_is_open(alice, order):
    shown = text(alice.get(url(order)))
    assert f'name="package-0-units_{order.items.get().pk}" value="3"' in shown
    assert 'value="2026-11-20"' in shown
    assert 'min="2026-11-20"' in shown
    assert "The buyer is charged $37.40 once" in shown
    assert "What counts for lateness is the moment of confirming" in shown
    assert Package.objects.count() == 0


def test_each_rendering_has_a_key_of_its_own(alice, order):
    assert alice.get(url(order)).context["key"] != alice.get(url(order)).context["key"]


def test_a_confirmation_ships_and_charges(alice, order):
    response = alice.post(url(order), filled(package(order, 3)), follow=True)
    assert response.redirect_chain == [(f"/orders/{order.number}/", 302)]
    assert "The buyer was charged $37.40." in text(response)
    parcel = order.packages.get()
    told = (parcel.carrier, parcel.service, parcel.tracking_number, parcel.confirmed_at)
    assert told == ("UPS", "Ground", "1Z999", NOON)
    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED
    assert order.events.get(kind="shipment_confirmed").actor.name == "Alice"


def test_one_unit_charges_the_whole_order_and_the_rest_charges_nothing(alice, order):
    """O15."""
    shown = text(alice.post(url(order), filled(package(order, 1)), follow=True))
    assert "The buyer was charged $37.40 for the whole order." in shown
    assert "nothing more is charged" in text(alice.get(url(order)))
    shown = text(alice.post(url(order), filled(package(order, 2)), follow=True))
    assert "Shipment confirmed: the order is shipped." in shown
    assert captures() == 1


def test_several_packages_are_confirmed_together(alice, order):
    alice.post(url(order), filled(package(order, 1), package(order, 2, tracking_number="1Z998")))
    assert [each.tracking_number for each in order.packages.all()] == ["1Z999", "1Z998"]
    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED


def test_the_same_form_twice_is_one_shipment(alice, order):
    """D5, for a part and for the last units."""
    for units in (1, 2):
        data = filled(package(order, units))
        first, second = alice.post(url(order), data), alice.post(url(order), data)
        assert first.url == second.url == f"/orders/{order.number}/"
    assert order.packages.count() == 2
    assert captures() == 1


def test_a_package_more_is_made_by_the_server(alice, order):
    """The way without script: a button that sends the form as it is; nothing is checked, nothing saved."""
    data = filled(package(order, 1, ship_date="nonsense", carrier="UPS"), add="1")
    response = alice.post(url(order), data, follow=True)
    shown = text(response)
    assert response.status_code == 200
    assert shown.count("<h2 id=") >= 2
    assert f'name="package-1-units_{order.items.get().pk}" value="2"' in shown
    assert 'value="nonsense"' in shown
    assert 'name="package-TOTAL_FORMS" value="2"' in shown
    assert str(data["key"]) in shown
    assert "field-errors" not in shown
    assert Package.objects.count() == 0


def test_a_package_less_too_but_never_the_last(alice, order):
    data = filled(package(order, 1, service="First"), package(order, 1, service="Second"), remove="0")
    shown = text(alice.post(url(order), data, follow=True))
    assert 'value="Second"' in shown
    assert 'value="First"' not in shown
    shown = text(alice.post(url(order), filled(package(order, 1), remove="0"), follow=True))
    assert 'name="package-TOTAL_FORMS" value="1"' in shown


def test_back_to_rearranged_packages_that_were_confirmed_leads_to_the_order(alice, order):
    data = filled(package(order, 1))
    draft = alice.post(url(order), data | {"add": "1"}).url
    alice.post(url(order), data)
    answer = alice.get(draft)
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order.number}/")


def test_htmx_gets_the_packages_alone(alice, order):
    response = alice.post(url(order), filled(package(order, 1), add="1"), headers={"HX-Request": "true"})
    assert response.content.decode().strip().startswith('<div class="stack" id="packages">')
    assert "HX-Request" in response["Vary"]


def test_at_most_twenty_packages_at_once(alice, order):
    twenty = [package(order, 0)] * 20
    shown = text(alice.post(url(order), filled(*twenty, add="1"), follow=True))
    assert 'name="package-TOTAL_FORMS" value="20"' in shown
    assert 'name="add"' not in shown


@pytest.mark.parametrize(
    ("changes", "units", "sentence"),
    [
        ({"ship_date": "2026-11-21"}, 1, "The ship date cannot lie in the future."),
        ({"ship_date": "2026-11-19"}, 1, "The ship date cannot lie before the purchase."),
        ({"ship_date": ""}, 1, "This field is required."),
        ({"carrier": "Other"}, 1, "Give the name of the carrier."),
        ({"carrier": "Pigeon"}, 1, "Select a valid choice."),
        ({"carrier": ""}, 1, "This field is required."),
        ({"tracking_number": "9" * 61}, 1, "Ensure this value has at most 60 characters"),
        ({"tracking_number": "1Z\0"}, 1, "Null characters are not allowed."),
        ({}, 0, "Put at least one unit into this package."),
        ({}, "", "Put at least one unit into this package."),
        ({}, 4, "Only 3 are still to be shipped."),
        ({}, -1, "Ensure this value is greater than or equal to 0."),
        ({}, "two", "Enter a whole number."),
        ({}, "9" * 5000, "Enter a whole number."),
    ],
)
def test_bad_input_is_named_and_confirms_nothing(alice, order, changes, units, sentence):
    data = filled(package(order, units, **changes))
    response = alice.post(url(order), data)
    assert response.status_code == 422
    assert sentence in text(response)
    assert str(data["key"]) in text(response)
    assert Package.objects.count() == 0


def test_all_packages_together_hold_no_more_than_is_open(alice, order):
    response = alice.post(url(order), filled(package(order, 2), package(order, 2)))
    assert response.status_code == 422
    assert "BTL-1: the packages hold 4 units, 3 are still to be shipped." in text(response)


@pytest.mark.parametrize(
    "broken", [{"key": "nonsense"}, {"package-TOTAL_FORMS": "x"}, {"package-TOTAL_FORMS": "0"}]
)
def test_a_form_that_was_tampered_with_confirms_nothing(alice, order, broken):
    assert alice.post(url(order), filled(package(order, 1)) | broken).status_code == 422
    assert alice.post(url(order), {}).status_code == 422
    assert Package.objects.count() == 0


def test_the_name_of_another_carrier_goes_with_other_only(alice, order):
    alice.post(url(order), filled(package(order, 1, carrier="Other", carrier_name="Pigeon Post")))
    alice.post(url(order), filled(package(order, 1, carrier="DHL", carrier_name="Pigeon Post")))
    assert [each.carrier_label for each in order.packages.all()] == ["Pigeon Post", "DHL"]


def test_a_charge_that_is_refused_confirms_nothing_and_says_why(alice, listing):
    """O15."""
    order = authorised((listing, 2), payment_token="tok_capture_fails_then_approves")
    data = filled(package(order, 2))
    response = alice.post(url(order), data)
    assert response.status_code == 422
    assert "Nothing was confirmed." in text(response)
    assert "The card was declined." in text(response)
    assert 'value="1Z999"' in text(response)
    assert not order.packages.exists()
    assert alice.post(url(order), data).status_code == 302


def test_a_charge_without_an_answer_is_told_and_not_sent_again(alice, listing):
    order = authorised((listing, 2), payment_token="tok_capture_timeout")
    data = filled(package(order, 1))
    for _again in range(2):
        shown = text(alice.post(url(order), data, follow=True))
        assert "The payment provider has not answered yet, so the charge is not certain." in shown
    assert captures() == 1
    shown = text(alice.get(url(order)))
    assert "Another shipment of this order is being confirmed this very moment." in shown
    assert alice.post(url(order), filled(package(order, 1))).status_code == 422


def test_from_the_deadline_on_the_page_explains_instead_of_asking(alice, order, at):
    """O18: the last moment is still inside, whether the job has run or not."""
    at(order.confirm_deadline)
    assert "Add a package" in text(alice.get(url(order)))
    at(order.confirm_deadline + timedelta(microseconds=1))
    shown = text(alice.get(url(order)))
    assert "you are not paid, even if the parcel has left" in shown
    assert "Add a package" not in shown
    response = alice.post(url(order), filled(package(order, 3)))
    assert response.status_code == 422
    assert "you are not paid, even if the parcel has left" in text(response)
    assert not order.packages.exists()


@pytest.mark.parametrize("status", [OrderStatus.PENDING, OrderStatus.SHIPPED, OrderStatus.CANCELED])
def test_nothing_is_confirmed_in_the_other_statuses(alice, listing, status):
    order = place((listing, 2)) if status == OrderStatus.PENDING else authorised((listing, 2))
    if status == OrderStatus.CANCELED:
        lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=Actor.system(), now=NOON)
    if status == OrderStatus.SHIPPED:
        ship(order)
    refused = f"This order is {OrderStatus(status).label} and cannot become Shipped."
    assert refused in text(alice.get(url(order)))
    response = alice.post(url(order), filled(package(order, 1)))
    assert response.status_code == 422
    assert refused in text(response)


def test_what_the_marketplace_ships_is_not_confirmed_by_the_seller(alice, seller):
    """O21."""
    order = authorised((ListingFactory(seller=seller, fulfilment=Fulfilment.AFN), 1))
    assert "fulfilled by the marketplace" in text(alice.get(url(order)))
    assert alice.post(url(order), filled(package(order, 1))).status_code == 422
    assert not order.packages.exists()


def test_only_members_with_the_right_confirm(bob, charlie, order):
    data = filled(package(order, 1))
    for send in ("get", "post"):
        assert getattr(bob, send)(url(order), data).status_code == 403
        assert getattr(charlie, send)(url(order), data).status_code == 404
        assert getattr(Client(), send)(url(order), data).url.startswith("/accounts/login/")
    assert not order.packages.exists()


def test_units_of_a_strangers_order_are_not_in_the_form(alice, order):
    other = authorised((ListingFactory(), 1))
    response = alice.post(url(order), filled(package(other, 1)))
    assert response.status_code == 422
    assert not Package.objects.exists()


def test_looking_changes_nothing(alice, order, at):
    before = OrderEvent.objects.count()
    at(NOON + MINUTE)
    alice.get(url(order))
    assert OrderEvent.objects.count() == before
    assert Order.objects.get(pk=order.pk).status == OrderStatus.UNSHIPPED
    assert alice.put(url(order)).status_code == 405
