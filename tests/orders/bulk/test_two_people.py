"""Two people on one order: who comes second reads what the first one did before anything is overwritten (O14)."""

import uuid

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import Right
from orders import cancel_requests, changes, packages
from orders.packages import Parcel
from tests.factories import NOON, MembershipFactory
from tests.helpers import authorised, parcel, ship
from tests.orders.bulk.steps import hidden, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


@pytest.fixture
def carol(seller):
    client = Client()
    client.force_login(MembershipFactory(seller=seller, user__name="Carol", rights=list(Right)).user)
    return client


@pytest.fixture
def order(listing):
    return authorised((listing, 3))


def edit(**changes):
    plain = {"ship_date": "2026-11-20", "carrier": "UPS", "carrier_name": "", "service": ""}
    return {**plain, "tracking_number": "1Z1", **changes}


def shipment(order, units, seen):
    item = order.items.get()
    fields = {f"package-0-{name}": value for name, value in edit().items()}
    counts = {"package-TOTAL_FORMS": "1", "package-INITIAL_FORMS": "0", "seen_event": seen}
    return {**fields, **counts, f"package-0-units_{item.pk}": units, "key": str(uuid.uuid4())}


def test_the_second_correction_of_a_package_shows_both_versions_and_waits(alice, carol, order):
    ship(order)
    url = f"/orders/{order.number}/packages/1/"
    seen = hidden(alice.get(url), "seen_event")
    assert carol.post(url, edit(tracking_number="1Z2", seen_event=seen)).status_code == 302

    answer = alice.post(url, edit(tracking_number="1Z3", carrier="DHL", seen_event=seen))
    shown = text(answer, status=409)
    for expected in (
        "Yours was not saved",
        "Carol",
        "1Z1 → 1Z2",
        "2026-11-20 12:00",
        "There now",
        "You entered",
    ):
        assert expected in shown
    assert 'value="1Z3"' in shown
    assert order.packages.get().tracking_number == "1Z2"

    again = edit(tracking_number="1Z3", carrier="DHL", seen_event=hidden(answer, "seen_event"))
    assert alice.post(url, again).status_code == 302
    assert order.packages.get().tracking_number == "1Z3"


def test_twin_of_a_form_that_does_not_say_what_it_showed_overwrites(alice, carol, order):
    ship(order)
    url = f"/orders/{order.number}/packages/1/"
    carol.post(url, edit(tracking_number="1Z2"))
    alice.post(url, edit(tracking_number="1Z3"))
    assert order.packages.get().tracking_number == "1Z3"


def test_the_same_correction_twice_and_another_packages_are_no_conflict(alice, carol, order):
    item = order.items.get()
    ship(order, {item.pk: 1})
    ship(order, {item.pk: 1})
    first, second = (f"/orders/{order.number}/packages/{number}/" for number in (1, 2))
    seen = hidden(alice.get(first), "seen_event")
    for url in (second, first, first):
        assert alice.post(url, edit(tracking_number="1Z7", seen_event=seen)).status_code == 302
    assert order.events.filter(kind="package_edited").count() == 2


def test_a_shipment_confirmed_meanwhile_is_told_before_another_one_is(alice, carol, order):
    url = f"/orders/{order.number}/ship/"
    seen = hidden(alice.get(url), "seen_event")
    assert carol.post(url, shipment(order, 1, seen)).status_code == 302
    answer = alice.post(url, shipment(order, 1, seen))
    shown = text(answer, status=409)
    assert "Carol" in shown
    assert "Shipment confirmed: package 1 by UPS, 1Z1 (1 × BTL-1)." in shown
    assert order.packages.count() == 1
    assert alice.post(url, shipment(order, 1, hidden(answer, "seen_event"))).status_code == 302
    assert order.packages.count() == 2


def test_the_same_shipment_sent_twice_is_no_conflict(alice, order):
    url = f"/orders/{order.number}/ship/"
    form = shipment(order, 1, hidden(alice.get(url), "seen_event"))
    assert [alice.post(url, form).status_code for _n in range(2)] == [302, 302]
    assert order.packages.count() == 1


def test_a_buyer_who_asks_to_cancel_is_heard_before_the_order_is_shipped_or_canceled_otherwise(alice, order):
    ship_url, cancel_url = f"/orders/{order.number}/ship/", f"/orders/{order.number}/cancel/"
    seen = hidden(alice.get(ship_url), "seen_event")
    cancel_requests.ask(order, note="", actor=Actor.buyer(), now=NOON)
    assert "The buyer asked to cancel the order." in text(
        alice.post(ship_url, shipment(order, 3, seen)), status=409
    )
    answer = alice.post(cancel_url, {"reason": "no_inventory", "seen_event": seen}, follow=True)
    assert "The buyer asked to cancel the order." in text(answer)
    order.refresh_from_db()
    assert (order.status, order.packages.count()) == ("unshipped", 0)


def test_units_canceled_meanwhile_are_told_with_who_did_it(alice, carol, order):
    url = f"/orders/{order.number}/cancel/"
    page = alice.get(f"{url}?scope=units")
    item = order.items.get()
    form = {"reason": "no_inventory", "seen": f"{item.pk}:3", "seen_event": hidden(page, "seen_event")}
    form[f"units_{item.pk}"] = 1
    carol.post(f"{url}?scope=units", form)
    for address, data in ((f"{url}?scope=units", form), (url, {"reason": "no_inventory"} | form)):
        shown = text(alice.post(address, data, follow=True))
        assert "Carol: Units canceled (1 × BTL-1): No inventory." in shown
    item.refresh_from_db()
    assert item.units_canceled == 1


def test_the_same_cancellation_sent_twice_is_no_conflict(alice, order):
    url = f"/orders/{order.number}/cancel/"
    form = {"reason": "no_inventory", "seen_event": hidden(alice.get(url), "seen_event")}
    for _n in range(2):
        assert "The order is canceled" in text(alice.post(url, form, follow=True))
    assert order.events.filter(kind="canceled").count() == 1


@pytest.mark.parametrize("odd", ["x", "0", "-1", "\0", "9" * 30, "1e309", ""])
def test_a_form_that_says_it_in_no_way_that_can_be_read_is_stale(alice, order, odd):
    ship(order)
    answer = alice.post(f"/orders/{order.number}/packages/1/", edit(tracking_number="1Z9", seen_event=odd))
    assert answer.status_code == (302 if odd == "" else 409)


def test_of_two_corrections_only_the_first_is_saved_under_the_lock(order, seller):
    """What the page looked at is looked at again by the operation that holds the order."""
    ship(order)
    package, seen = order.packages.get(), changes.mark(order)
    actor = Actor.seller(MembershipFactory(seller=seller).user)
    packages.edit(package, parcel(tracking_number="A"), actor=actor, now=NOON, seen=seen)
    with pytest.raises(changes.Changed):
        packages.edit(package, parcel(tracking_number="B"), actor=actor, now=NOON, seen=seen)
    assert Parcel.of(order.packages.get()).tracking_number == "A"
