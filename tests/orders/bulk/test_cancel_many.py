"""Canceling many: counted, confirmed, each by itself, once however often the form is sent (O11)."""

import uuid

import pytest
from django.test import Client

from accounts.actors import Actor
from batches.models import Batch
from inventory.models import Fulfilment
from orders import cancel_requests
from orders.models import Order
from orders.states import OrderStatus
from tests.factories import NOON, ListingFactory, MembershipFactory
from tests.helpers import authorised, place, ship
from tests.orders.bulk.steps import hidden, numbers, results, text, worked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
URL = "/orders/cancel/"
LONG = "/orders/?q=" + "+".join(["114-1234567-1234567"] * 150)


@pytest.fixture
def orders(listing):
    return [authorised((listing, 1)), authorised((listing, 1)), ship(authorised((listing, 1)))]


def confirm(*orders, key=None, **changes):
    form = {
        "order": numbers(*orders),
        "confirm": "1",
        "reason": "pricing_error",
        "key": str(key or uuid.uuid4()),
    }
    return {**form, **changes}


def statuses(orders):
    return [Order.objects.get(pk=each.pk).status for each in orders]


def test_the_first_step_counts_tells_the_others_apart_and_changes_nothing(alice, seller, listing, orders):
    marketplaces = authorised((ListingFactory(seller=seller, fulfilment=Fulfilment.AFN), 1))
    pending = place((listing, 1))
    shown = text(alice.post(URL, {"order": numbers(*orders, pending, marketplaces)}, follow=True))
    assert "Cancel 2 orders" in shown
    assert "3 of the picked orders cannot be canceled any more" in shown
    for why in ("a shipment was confirmed:", "payment not authorised yet:", "fulfilled by the marketplace:"):
        assert why in shown
    assert statuses(orders) == [OrderStatus.UNSHIPPED, OrderStatus.UNSHIPPED, OrderStatus.SHIPPED]


def test_the_second_cancels_each_and_tells_what_became_of_it(alice, listing, orders):
    batch = worked(alice.post(URL, confirm(*orders, memo="Sorry!")))
    canceled = "Canceled: the buyer is told and not charged."
    assert results(batch) == {
        orders[0].number: ("done", canceled),
        orders[1].number: ("done", canceled),
        orders[2].number: ("refused", "This order is Shipped and cannot become Canceled."),
    }
    found = Order.objects.get(pk=orders[0].pk)
    assert (found.status, found.cancel_reason, found.canceled_by) == ("canceled", "pricing_error", "seller")
    assert found.memos.get().text == "Sorry!"
    assert found.events.last().actor.name == "Alice"
    listing.refresh_from_db()
    assert listing.reserved == 0


def test_the_same_form_again_is_the_same_batch_and_another_one_finds_them_canceled(alice, orders):
    form = confirm(*orders)
    first = worked(alice.post(URL, form))
    before = list(Order.objects.order_by("pk").values()), [order.events.count() for order in orders]
    assert worked(alice.post(URL, form)).pk == first.pk
    second = worked(alice.post(URL, confirm(*orders, reason="no_inventory")))
    assert (second.done_count, second.rows.filter(is_warning=True).count()) == (2, 2)
    assert results(second)[orders[0].number] == ("done", "Was canceled before; nothing was changed.")
    assert (list(Order.objects.order_by("pk").values()), [order.events.count() for order in orders]) == before


@pytest.mark.parametrize("reason", ["", "not_confirmed", "nonsense", "\0"])
def test_without_a_reason_of_the_sellers_it_asks_again_with_the_same_orders(alice, orders, reason):
    page = alice.post(URL, {"order": numbers(*orders)}, follow=True)
    form = {name: hidden(page, name) for name in ("picked", "key")}
    again = alice.post(URL, {**form, "confirm": "1", "reason": reason})
    text(again, status=422)
    assert {name: hidden(again, name) for name in form} == form
    assert Batch.objects.count() == 0


def test_what_the_buyer_asked_meanwhile_is_told_and_nothing_else_is_done(alice, orders):
    page = alice.post(URL, {"order": numbers(*orders)}, follow=True)
    form = {name: hidden(page, name) for name in ("picked", "key")} | {"confirm": "1"}
    cancel_requests.ask(orders[0], note="", actor=Actor.buyer(), now=NOON)
    form["picked"] = hidden(
        alice.post(URL, form), "picked"
    )  # Without a reason it is asked again, as it was seen.
    batch = worked(alice.post(URL, {**form, "reason": "no_inventory"}))
    assert batch.rows.get(code="changed").subject == orders[0].number
    assert "The buyer asked to cancel the order." in results(batch)[orders[0].number][1]
    assert statuses(orders[:2]) == [OrderStatus.UNSHIPPED, OrderStatus.CANCELED]
    assert orders[0].cancel_requests.get().state == "open"
    again = alice.post(URL, {"order": numbers(orders[0])}, follow=True)
    form = {name: hidden(again, name) for name in ("picked", "key")}
    assert worked(alice.post(URL, {**form, "confirm": "1", "reason": "buyer_canceled"})).done_count == 1


def test_the_key_of_a_form_is_of_no_use_with_other_orders_or_another_reason(alice, orders):
    first = worked(alice.post(URL, confirm(orders[0])))
    for form in (confirm(orders[1], key=first.key), confirm(orders[0], key=first.key, reason="no_inventory")):
        assert "gone stale" in text(alice.post(URL, form, follow=True))
    assert (statuses(orders[1:2]), Batch.objects.count()) == ([OrderStatus.UNSHIPPED], 1)


@pytest.mark.parametrize("key", ["", "1", "\0"])
def test_without_its_key_nothing_is_begun(alice, orders, key):
    assert "gone stale" in text(alice.post(URL, confirm(*orders) | {"key": key}, follow=True))
    assert Batch.objects.count() == 0


def test_none_picked_or_an_old_link_lead_back_with_a_sentence(alice):
    for answer in (
        alice.get(URL, follow=True),
        alice.post(URL, follow=True),
        alice.post(URL, {"order": ["nonsense", "\0"]}, follow=True),
    ):
        assert answer.redirect_chain[-1] == ("/orders/", 302)
        assert "Pick the orders first." in text(answer)


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        ("/orders/?tab=shipped&after=1", "/orders/?tab=shipped&after=1"),
        ("https://evil.example/orders/?x=1", "/orders/"),
        ("//evil.example/?x=1", "/orders/"),
        ("/orders/?x=\r\nSet-Cookie: a=b", "/orders/?x=%0D%0ASet-Cookie%3A+a%3Db"),
        (LONG, LONG),
        ("/orders/?" + "x" * 7000, "/orders/"),
    ],
)
def test_the_way_back_is_the_list_as_it_was_left_and_nothing_else(alice, back, expected):
    assert alice.get(alice.post(URL, {"back": back}).url).url == expected


def test_it_needs_the_right_and_the_own_seller(alice, bob, charlie, orders):
    assert bob.post(URL, confirm(*orders)).status_code == 403
    assert Client().post(URL, confirm(*orders)).url.startswith("/accounts/login/")
    assert charlie.post(URL, confirm(*orders)).url == "/orders/"
    batch = worked(alice.post(URL, confirm(*orders)))
    # The key of another seller's batch leads nowhere, and shows nothing of it.
    assert charlie.get(f"/batches/{batch.key}/").status_code == 404
    own = authorised((ListingFactory(), 1))
    member = Client()
    member.force_login(MembershipFactory(seller=own.seller).user)
    assert member.post(URL, confirm(own, key=batch.key)).url == "/orders/"
    assert statuses([own]) == [OrderStatus.UNSHIPPED]


def test_a_form_from_elsewhere_is_refused(seller, orders):
    client = Client(enforce_csrf_checks=True)
    client.force_login(MembershipFactory(seller=seller).user)
    assert client.post(URL, confirm(*orders)).status_code == 403


def test_a_thousand_orders_are_confirmed_on_a_page_that_stays_small(alice, listing, monkeypatch):
    monkeypatch.setattr("orders.bulk.contents.SHOWN", 2)
    many = [authorised((listing, 1)) for _n in range(4)]
    shown = text(alice.post(URL, {"order": numbers(*many)}, follow=True))
    assert "Cancel 4 orders" in shown
    assert "and 2 more orders, picked as they stood when this page was made." in shown
