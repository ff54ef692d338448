"""Answering a buyer's request to cancel (O10)."""

import pytest
from django.test import Client

from accounts.actors import Actor
from orders import cancel_requests
from orders.states import CanceledBy, CancelReason, OrderStatus, RequestState
from tests.factories import NOON
from tests.helpers import authorised, ship

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


@pytest.fixture
def order(listing):
    order = authorised((listing, 3))
    cancel_requests.ask(order, note="Too late", actor=Actor.buyer(), now=NOON)
    return order


def answer(client, order, how):
    return client.post(f"/orders/{order.number}/request/{how}/", follow=True)


def text(response):
    return " ".join(response.content.decode().split())


def test_accepting_cancels_without_a_mark_against_the_seller(alice, order):
    response = answer(alice, order, "accept")
    assert response.redirect_chain == [(f"/orders/{order.number}/", 302)]
    assert "The order is canceled as the buyer asked" in text(response)
    order.refresh_from_db()
    told = (order.status, order.canceled_by, order.cancel_reason, order.is_cancel_defect)
    assert told == (OrderStatus.CANCELED, CanceledBy.SELLER, CancelReason.BUYER_CANCELED, False)


def test_declining_leaves_the_order_to_be_shipped(alice, order):
    assert "The request is declined" in text(answer(alice, order, "decline"))
    request = order.cancel_requests.get()
    assert (request.state, request.decided_by.name) == (RequestState.DECLINED, "Alice")
    order.refresh_from_db()
    assert order.status == OrderStatus.UNSHIPPED


@pytest.mark.parametrize("how", ["accept", "decline"])
def test_a_second_answer_is_refused_with_the_reason(alice, order, how):
    answer(alice, order, "decline")
    assert "There is no open request to cancel this order." in text(answer(alice, order, how))
    assert order.cancel_requests.get().state == RequestState.DECLINED


def test_a_shipment_confirmed_meanwhile_overtakes_the_request(alice, order):
    ship(order)
    assert "There is no open request" in text(answer(alice, order, "accept"))
    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED


@pytest.mark.parametrize("how", ["accept", "decline"])
def test_only_a_post_of_a_member_with_the_right_answers(alice, bob, charlie, order, how):
    url = f"/orders/{order.number}/request/{how}/"
    assert alice.get(url).status_code == 405
    assert bob.post(url).status_code == 403
    assert charlie.post(url).status_code == 404
    assert Client().post(url).url.startswith("/accounts/login/")
    assert order.cancel_requests.get().state == RequestState.OPEN
