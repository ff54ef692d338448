"""The pages of one order in a browser: accessible, fitting the phone, and quicker with script than without."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from accounts import clock
from accounts.actors import Actor
from orders import cancel_requests, shipping
from orders.models import Order
from orders.states import OrderStatus
from tests.factories import ListingFactory, MembershipFactory
from tests.helpers import authorised, everything, parcel

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Faults = Callable[[Page], list[str]]


@pytest.fixture
def order(page: Page, live_server: Any) -> Order:
    """An order of two items, late by days; its seller's member is signed in."""
    member = MembershipFactory()
    client = Client()
    client.force_login(member.user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    listings = [ListingFactory(seller=member.seller, title=f"Camping mug no. {n}") for n in range(2)]
    return authorised(*((each, 2) for each in listings), now=clock.now() - timedelta(days=6))


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_every_page_of_an_order(
    page: Page, live_server: Any, faults: Faults, order: Order, width: int, theme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    address = f"{live_server.url}/orders/{order.number}/"
    cancel_requests.ask(order, note="Too late", actor=Actor.buyer(), now=clock.now())
    for tail in ("", "ship/", "cancel/", "cancel/?scope=units"):
        page.goto(address + tail)
        assert (tail, faults(page)) == (tail, [])
    parcels = [(parcel(order.placed_on), dict.fromkeys(everything(order), 1))]
    shipping.confirm_shipment(order, parcels, key=uuid.uuid4(), actor=Actor.system(), now=clock.now())
    for tail in ("", "ship/", "packages/1/"):
        page.goto(address + tail)
        assert (tail, faults(page)) == (tail, [])


def test_two_packages_are_confirmed_without_reloading_the_page(
    page: Page, live_server: Any, faults: Faults, order: Order
) -> None:
    first, second = order.items.all()
    page.goto(f"{live_server.url}/orders/{order.number}/ship/")
    expect(page.get_by_label("Carrier's name")).to_be_hidden()
    page.get_by_label("Carrier", exact=True).select_option("Other")
    page.get_by_label("Carrier's name").fill("Pigeon Post")
    page.get_by_label(f"Units of {first.sku} in package 1").fill("1")
    page.get_by_role("button", name="Add a package").click()
    expect(page.get_by_role("heading", name="Package 2")).to_be_visible()
    expect(page.get_by_label(f"Units of {first.sku} in package 2")).to_have_value("1")
    expect(page.get_by_label(f"Units of {second.sku} in package 2")).to_have_value("0")
    expect(page.locator("#id_package-1-ship_date")).to_be_focused()
    assert faults(page) == []
    page.get_by_role("button", name="Confirm shipment and charge the buyer").click()
    expect(
        page.get_by_text("Shipment confirmed: the order is shipped. The buyer was charged")
    ).to_be_visible()
    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED
    assert [package.carrier_label for package in order.packages.all()] == ["Pigeon Post", "Pigeon Post"]


def test_a_buyers_request_is_granted_after_one_question(page: Page, live_server: Any, order: Order) -> None:
    cancel_requests.ask(order, note="Too late", actor=Actor.buyer(), now=clock.now())
    page.goto(f"{live_server.url}/orders/{order.number}/")
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("button", name="Cancel the order").click()
    expect(page.get_by_text("The order is canceled as the buyer asked")).to_be_visible()
    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELED
