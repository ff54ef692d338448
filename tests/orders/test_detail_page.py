"""The order's own page: what it shows in each state, to whom, and what it keeps to itself."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.models import Right
from inventory.models import Fulfilment
from orders import cancel_requests, lifecycle
from orders.models import CancelRequest, Order, OrderEvent
from orders.refusals import CaptureRefused
from orders.states import CancelReason, OrderStatus
from tests.factories import MINUTE, NOON, ListingFactory, MembershipFactory
from tests.helpers import authorised, everything, place, ship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
SELLER = Actor.system()


@pytest.fixture
def order(listing):
    return authorised((listing, 3))


def page(client, order, **kwargs):
    return client.get(f"/orders/{order.number}/", **kwargs)


def text(response):
    return " ".join(response.content.decode().split())


def test_alice_sees_the_order_with_its_amounts_and_where_to_ship(alice, order):
    shown = text(page(alice, order))
    for expected in (
        order.number,
        "Blue bottle",
        "BTL-1",
        "$30.00",
        "$2.40",
        "$5.00",
        "$37.40",
        "1 Main Street",
    ):
        assert expected in shown
    assert "Springfield, IL 62701" in shown
    assert "EST" in shown


def test_bob_may_look_but_finds_no_button_to_press(bob, order):
    shown = text(page(bob, order))
    assert order.number in shown
    assert f"/orders/{order.number}/ship/" not in shown
    assert f"/orders/{order.number}/cancel/" not in shown


def test_nobody_else_sees_it(charlie, order, seller):
    assert page(charlie, order).status_code == 404
    assert page(Client(), order).url.startswith("/accounts/login/")
    blind = MembershipFactory(seller=seller, rights=[Right.REPORT])
    client = Client()
    client.force_login(blind.user)
    assert page(client, order).status_code == 403


@pytest.mark.parametrize("number", ["1", "111-1111111-1111111", "111-1111111-111111x", "%00"])
def test_what_is_no_order_is_not_found(alice, number):
    assert alice.get(f"/orders/{number}/").status_code == 404


def test_a_pending_order_shows_basic_details_only(alice, listing):
    """O2."""
    shown = text(page(alice, place((listing, 1))))
    assert "Why is it Pending?" in shown
    for hidden in ("Ada Buyer", "1 Main Street", "+1 206 555 0100", "/ship/", "/cancel/", "packing-slip.pdf"):
        assert hidden not in shown


def test_a_canceled_order_says_who_when_and_why_and_offers_nothing(alice, order):
    """O13."""
    lifecycle.cancel(order, reason=CancelReason.PRICING_ERROR, actor=Actor.system(), now=NOON)
    shown = text(page(alice, order))
    for expected in ("Canceled: Pricing error", "By Marketplace ·", "The buyer is not charged.", "$37.40"):
        assert expected in shown
    for hidden in ("1 Main Street", "+1 206 555 0100", "/ship/", "/cancel/", "packing-slip.pdf"):
        assert hidden not in shown


def test_an_order_fulfilled_by_the_marketplace_is_only_read(alice, seller):
    """O21, C4."""
    listing = ListingFactory(seller=seller, fulfilment=Fulfilment.AFN)
    shown = text(page(alice, authorised((listing, 1))))
    assert "The marketplace packs and ships this order" in shown
    assert "The buyer is charged when the marketplace ships" in shown
    for hidden in ("/ship/", "/cancel/", "packing-slip.pdf", "+1 206 555 0100"):
        assert hidden not in shown


def test_the_relay_phone_stands_there_while_it_works(alice, order, at):
    """C3: number and extension are fields of their own, and go when delivery is complete."""
    assert f'<dd class="num">{order.relay_extension}</dd>' in text(page(alice, order))
    order = ship(order)
    at(order.phone_until)
    assert order.relay_phone in text(page(alice, order))
    at(order.phone_until + MINUTE)
    assert order.relay_phone not in text(page(alice, order))


def test_a_late_order_says_how_many_units_are_owed(alice, order, at):
    """O17."""
    at(order.ship_by)
    assert "Shipment is late" not in text(page(alice, order))
    at(order.ship_by + MINUTE)
    assert "Shipment is late: 3 units are not confirmed." in text(page(alice, order))
    ship(order, {order.items.get().pk: 2})
    shown = text(page(alice, order))
    assert "Shipment is late: 1 unit is not confirmed." in shown
    assert "is not canceled automatically" in shown


def test_the_countdown_to_the_automatic_cancel_begins_two_business_days_before(alice, order, at):
    """O18."""
    at(order.warn_at - MINUTE)
    assert "Canceled in" not in text(page(alice, order))
    at(order.warn_at)
    assert "Canceled in" in text(page(alice, order))
    at(order.confirm_deadline + MINUTE)
    shown = text(page(alice, order))
    assert "This order is being canceled." in shown
    assert "the buyer is not charged and you are not paid" in shown
    assert "Canceled in" not in shown
    assert f"/orders/{order.number}/ship/" not in shown


def test_the_buyers_time_to_cancel_runs_while_it_lasts(alice, order, at):
    """O9."""
    at(NOON + 30 * MINUTE)
    assert "Buyer can still cancel" in text(page(alice, order))
    at(NOON + 30 * MINUTE + timedelta(microseconds=1))
    assert "Buyer can still cancel" not in text(page(alice, order))


def test_the_money_of_an_unshipped_order_is_never_coming(alice, order):
    """O16."""
    assert "The money of an unshipped order is never coming." in text(page(alice, order))


def test_a_charged_order_says_when_the_money_is_available(alice, order):
    """P1."""
    ship(order, {order.items.get().pk: 1})
    shown = text(page(alice, order))
    assert "The buyer was charged $37.40 for the whole order." in shown
    assert "Available on" in shown
    assert "2026-12-04" in shown


def test_a_refused_charge_says_why_until_one_goes_through(alice, listing):
    """O15."""
    order = authorised((listing, 1), payment_token="tok_capture_fails_then_approves")
    with pytest.raises(CaptureRefused):
        ship(order)
    refused = "The buyer could not be charged, so nothing was confirmed."
    assert refused in text(page(alice, order))
    assert "The card was declined." in text(page(alice, order))
    ship(order)
    assert f'class="banner-title">{refused}' not in text(page(alice, order))


def test_a_charge_without_an_answer_is_waited_for(alice, listing):
    order = authorised((listing, 1), payment_token="tok_capture_timeout")
    ship(order)
    shown = text(page(alice, order))
    assert "The payment provider has not answered yet" in shown
    assert "Waits for the charge" in shown
    assert f"/orders/{order.number}/ship/" not in shown
    assert f"/orders/{order.number}/cancel/" not in shown


def test_canceled_units_leave_the_amounts_that_are_kept(alice, order):
    """O12."""
    item = order.items.get()
    lifecycle.cancel_units(
        order, {item.pk: 1}, reason=CancelReason.NO_INVENTORY, actor=Actor.system(), now=NOON
    )
    shown = text(page(alice, order))
    assert "$24.93" in shown
    assert "of $37.40 ordered" in shown


def test_a_buyers_request_stands_above_with_its_answers(alice, bob, order):
    """O10: Bob reads it; only who may cancel can answer."""
    cancel_requests.ask(order, note="<b>Wrong size</b>", actor=Actor.buyer(), now=NOON)
    shown = text(page(alice, order))
    assert "&lt;b&gt;Wrong size&lt;/b&gt;" in shown
    assert f'action="/orders/{order.number}/request/accept/"' in shown
    assert "The buyer asks to cancel" in text(page(bob, order))
    assert "/request/accept/" not in text(page(bob, order))


def test_the_timeline_says_who_and_from_where(alice, order):
    shown = text(page(alice, order))
    assert "Payment authorised; the order can be shipped." in shown
    assert "System · Periodic job" in shown
    assert "2026-11-20 12:00" in shown


def test_packages_show_their_tracking_and_can_be_edited(alice, bob, order):
    """O14."""
    ship(order)
    shown = text(page(alice, order))
    assert "UPS" in shown
    assert "1Z1" in shown
    assert f"/orders/{order.number}/packages/1/" in shown
    assert "/packages/1/" not in text(page(bob, order))


def test_looking_changes_nothing_and_asks_the_database_as_often_for_much_as_for_little(alice, seller):
    small = authorised((ListingFactory(seller=seller), 1))
    ship(small)
    large = authorised(*((ListingFactory(seller=seller), 2) for _ in range(4)))
    for item in large.items.all():
        ship(large, {item.pk: 1})
    before = [OrderEvent.objects.count(), *Order.objects.values_list("status", "total")]
    assert queries(alice, small) == queries(alice, large)
    assert [OrderEvent.objects.count(), *Order.objects.values_list("status", "total")] == before
    assert not CancelRequest.objects.exists()
    assert page(alice, small).wsgi_request.method == "GET"
    assert alice.post(f"/orders/{small.number}/").status_code == 405


def queries(client, order):
    page(client, order)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert page(client, order).status_code == 200
    assert len(captured) <= 17
    return len(captured)


@pytest.mark.parametrize("status", OrderStatus.values)
def test_every_status_has_its_page(alice, listing, status):
    order = place((listing, 2)) if status == OrderStatus.PENDING else authorised((listing, 2))
    if status == OrderStatus.CANCELED:
        lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SELLER, now=NOON)
    if status == OrderStatus.PARTIALLY_SHIPPED:
        ship(order, {order.items.get().pk: 1})
    if status == OrderStatus.SHIPPED:
        ship(order, everything(order))
    response = page(alice, order)
    assert response.status_code == 200
    assert f"state state-{status}" in text(response)
