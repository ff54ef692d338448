"""Back in a browser: after a refund the order, after a refused form the form, and never a question to send again."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from accounts import clock
from accounts.actors import Actor
from orders import shipping
from orders.models import Order
from tests.factories import ListingFactory, MembershipFactory
from tests.helpers import authorised, everything, parcel

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def order(page: Page, live_server: Any) -> Order:
    """An order whose seller's member is signed in."""
    member = MembershipFactory()
    client = Client()
    client.force_login(member.user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    return authorised((ListingFactory(seller=member.seller), 2), now=clock.now() - timedelta(hours=1))


def test_back_after_a_refund_is_the_order(page: Page, live_server: Any, order: Order) -> None:
    parcels = [(parcel(order.placed_on), everything(order))]
    shipping.confirm_shipment(order, parcels, key=uuid.uuid4(), actor=Actor.system(), now=clock.now())
    page.goto(f"{live_server.url}/orders/{order.number}/refunds/?all=1&reason=price_error")
    page.get_by_role("button", name="Check the refund").click()
    page.locator("button[name=confirm]").click()
    expect(page).to_have_url(f"{live_server.url}/orders/{order.number}/")
    answer = page.go_back()
    assert answer
    assert answer.status == 200
    expect(page).to_have_url(f"{live_server.url}/orders/{order.number}/")


def test_back_after_a_refused_form_is_the_form(page: Page, live_server: Any, order: Order) -> None:
    page = page.context.new_page()  # the browser notes the refusal in the console, which no other page may
    page.goto(f"{live_server.url}/inventory/add/")
    page.locator("main form button.btn-primary").click()
    expect(page.locator("main [aria-invalid=true]").first).to_be_visible()
    page.goto(f"{live_server.url}/orders/")
    answer = page.go_back()
    assert answer
    assert answer.status == 200
    expect(page).to_have_url(f"{live_server.url}/inventory/add/")
