"""Canceling on its page: the order or single units, for a reason, once however often the form is sent (O11, O12)."""

import pytest
from django.test import Client

from accounts.actors import Actor
from inventory.models import Fulfilment
from orders import cancel_requests, lifecycle
from orders.models import OrderEvent
from orders.states import CanceledBy, CancelReason, OrderStatus, RequestState
from tests.factories import NOON, ListingFactory
from tests.helpers import at_once, authorised, place, ship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


@pytest.fixture
def order(listing):
    return authorised((listing, 3))


def url(order, query=""):
    return f"/orders/{order.number}/cancel/{query}"


def units(order, count, **changes):
    """The form for single units as its page made it."""
    item = order.items.get()
    seen = f"{item.pk}:{item.units_open}"
    return {"seen": seen, "reason": "no_inventory", f"units_{item.pk}": count, **changes}


def text(response):
    return " ".join(response.content.decode().split())


def test_the_page_says_what_happens_and_changes_nothing(alice, order):
    before = OrderEvent.objects.count()
    shown = text(alice.get(url(order)))
    for expected in (
        "The buyer is not charged",
        "says the reason",
        "leave your stock",
        "cancellation rate",
        "Pricing error",
    ):
        assert expected in shown
    assert "Payment not authorised" not in shown
    assert OrderEvent.objects.count() == before


def test_the_order_is_canceled_for_the_chosen_reason(alice, order, listing):
    response = alice.post(url(order), {"reason": "pricing_error"}, follow=True)
    assert response.redirect_chain == [(f"/orders/{order.number}/", 302)]
    assert "The order is canceled: the buyer is told and not charged." in text(response)
    order.refresh_from_db()
    told = (order.status, order.canceled_by, order.cancel_reason, order.is_cancel_defect)
    assert told == (OrderStatus.CANCELED, CanceledBy.SELLER, CancelReason.PRICING_ERROR, True)
    listing.refresh_from_db()
    assert (listing.on_hand, listing.reserved) == (10, 0)


def test_the_memo_may_be_as_long_as_the_browser_counts_it(alice, order):
    """A browser counts a line end once, and sends it as two characters."""
    typed = "\r\n".join(["x" * 99] * 9 + ["x" * 100])
    assert alice.post(url(order), {"reason": "pricing_error", "memo": f"{typed}y"}).status_code == 422
    assert alice.post(url(order), {"reason": "pricing_error", "memo": typed}).status_code == 302
    kept = order.memos.get().text
    assert (kept, len(kept)) == (typed.replace("\r\n", "\n"), 1_000)


def test_the_same_form_twice_cancels_once(alice, order):
    for _again in range(2):
        response = alice.post(url(order), {"reason": "pricing_error"}, follow=True)
        assert "The order is canceled" in text(response)
    assert order.events.filter(kind="canceled").count() == 1


def test_what_the_buyer_asked_for_is_chosen_already(alice, order):
    """O10."""
    cancel_requests.ask(order, note="", actor=Actor.buyer(), now=NOON)
    response = alice.get(url(order))
    assert "The buyer asks to cancel this order." in text(response)
    assert response.context["form"]["reason"].value() == CancelReason.BUYER_CANCELED
    alice.post(url(order), {"reason": "buyer_canceled"})
    order.refresh_from_db()
    assert order.is_cancel_defect is False
    assert order.cancel_requests.get().state == RequestState.ACCEPTED


def test_a_guide_leads_here_with_its_reason(alice, order):
    """O7."""
    response = alice.get(url(order, "?reason=address_undeliverable"))
    assert response.context["form"]["reason"].value() == "address_undeliverable"
    assert alice.get(url(order, "?reason=<script>")).status_code == 200


@pytest.mark.parametrize("reason", ["", "not_confirmed", "payment_not_authorised", "because"])
def test_only_a_sellers_reason_is_taken(alice, order, reason):
    response = alice.post(url(order), {"reason": reason})
    assert response.status_code == 422
    order.refresh_from_db()
    assert order.status == OrderStatus.UNSHIPPED


def test_single_units_shrink_the_order(alice, order):
    """O12."""
    assert 'value="0"' in text(alice.get(url(order, "?scope=units")))
    response = alice.post(url(order, "?scope=units"), units(order, 1), follow=True)
    assert "pays only for the others" in text(response)
    order.refresh_from_db()
    assert (order.status, order.total) == (OrderStatus.UNSHIPPED, 2493)


def test_the_last_units_cancel_the_order(alice, order):
    alice.post(url(order, "?scope=units"), units(order, 3))
    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELED


def test_the_same_units_twice_are_canceled_once(alice, order):
    data = units(order, 1)
    for expected in ("pays only for the others", "nothing more was canceled"):
        assert expected in text(alice.post(url(order, "?scope=units"), data, follow=True))
    assert order.items.get().units_canceled == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_cancel_once(alice, order):
    data = units(order, 1)
    at_once(*[lambda: alice.post(url(order, "?scope=units"), data)] * 2)
    assert order.items.get().units_canceled == 1


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (0, "Choose the units to cancel."),
        ("", "Choose the units to cancel."),
        (4, "Only 3 can be canceled."),
        (-1, "greater than or equal to 0"),
        ("one", "Enter a whole number."),
    ],
)
def test_bad_units_are_named_and_cancel_nothing(alice, order, count, sentence):
    response = alice.post(url(order, "?scope=units"), units(order, count))
    assert response.status_code == 422
    assert sentence in text(response)
    assert order.items.get().units_canceled == 0


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (OrderStatus.PENDING, "payment is still being authorised"),
        (OrderStatus.PARTIALLY_SHIPPED, "Refund the buyer instead."),
        (OrderStatus.SHIPPED, "Refund the buyer instead."),
        (OrderStatus.CANCELED, "This order is canceled."),
    ],
)
def test_in_the_other_statuses_the_page_leads_back_with_the_reason(alice, listing, status, sentence):
    order = place((listing, 2)) if status == OrderStatus.PENDING else authorised((listing, 2))
    if status == OrderStatus.CANCELED:
        lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=Actor.system(), now=NOON)
    if status == OrderStatus.PARTIALLY_SHIPPED:
        ship(order, {order.items.get().pk: 1})
    if status == OrderStatus.SHIPPED:
        ship(order)
    assert sentence in text(alice.get(url(order), follow=True))
    alice.post(url(order), {"reason": "pricing_error"})
    alice.post(url(order, "?scope=units"), units(order, 1))
    order.refresh_from_db()
    assert order.status == status


def test_a_shipment_confirmed_meanwhile_is_named(alice, order):
    """The page was open while a colleague confirmed."""
    data = {"reason": "pricing_error"}
    ship(order)
    response = alice.post(url(order), data, follow=True)
    assert "This order is Shipped and cannot become Canceled." in text(response)


def test_what_the_marketplace_ships_is_not_canceled_by_the_seller(alice, seller):
    """O21."""
    order = authorised((ListingFactory(seller=seller, fulfilment=Fulfilment.AFN), 1))
    assert "only its customer service can cancel it" in text(alice.get(url(order), follow=True))
    alice.post(url(order), {"reason": "pricing_error"})
    order.refresh_from_db()
    assert order.status == OrderStatus.UNSHIPPED


def test_only_members_with_the_right_cancel(bob, charlie, order):
    for send in ("get", "post"):
        data = {"reason": "pricing_error"}
        assert getattr(bob, send)(url(order), data).status_code == 403
        assert getattr(charlie, send)(url(order), data).status_code == 404
        assert getattr(Client(), send)(url(order), data).url.startswith("/accounts/login/")
    order.refresh_from_db()
    assert order.status == OrderStatus.UNSHIPPED
