"""A page that stays open tells what became new or changed, and takes nobody's place (O20)."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from accounts import clock
from accounts.actors import Actor
from accounts.models import User
from inventory.models import Listing
from orders import lifecycle
from orders.models import Order
from orders.states import CancelReason
from tests.factories import ListingFactory, MembershipFactory, UserFactory
from tests.helpers import authorised

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def listing(page: Page, live_server: Any) -> Listing:
    """A listing whose seller's member is signed in."""
    listing = ListingFactory(on_hand=20)
    client = Client()
    client.force_login(MembershipFactory(seller=listing.seller).user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    return listing


def beat(page: Page) -> None:
    """An open page asks every 20 seconds, and at once when it is looked at again."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def cancel(order: Order, by: User) -> None:
    lifecycle.cancel(order, reason=CancelReason.PRICING_ERROR, actor=Actor.seller(by), now=clock.now())


def test_new_orders_announce_themselves_and_come_when_asked_for(
    page: Page, live_server: Any, faults: Any, listing: Listing
) -> None:
    first, second = (authorised((listing, 1)) for _ in range(2))
    page.goto(f"{live_server.url}/orders/")
    page.get_by_label(f"Pick {first.number}").check()
    third = authorised((listing, 1), now=clock.now())
    cancel(second, UserFactory())
    beat(page)
    expect(page.get_by_text("1 new order · 1 order has left this list")).to_be_visible()
    assert faults(page) == []
    numbers = page.locator("#desk .order-number")
    expect(numbers).to_have_count(2)
    expect(page.locator("tr.is-changed")).to_contain_text(second.number)
    expect(page.locator(".tab", has_text="Canceled")).to_contain_text("1")
    page.get_by_role("link", name="Show", exact=True).click()
    expect(numbers).to_have_text([third.number, first.number])
    expect(page.get_by_label(f"Pick {first.number}")).to_be_checked()
    expect(page.get_by_text("1 new order")).to_be_hidden()


def test_an_order_says_what_a_colleague_did_to_it(page: Page, live_server: Any, listing: Listing) -> None:
    order = authorised((listing, 1))
    for tail in ("", "ship/"):
        page.goto(f"{live_server.url}/orders/{order.number}/{tail}")
        expect(page.get_by_text("This order has changed")).to_be_hidden()
    cancel(order, UserFactory(name="Grace"))
    beat(page)
    expect(page.get_by_text("This order has changed since you opened the page.")).to_be_visible()
    expect(page.get_by_text("Grace:")).to_be_visible()
    page.goto(f"{live_server.url}/orders/{order.number}/")
    expect(page.get_by_text("This order has changed")).to_be_hidden()


def test_signed_out_elsewhere_it_stays_as_it_is(page: Page, live_server: Any, listing: Listing) -> None:
    authorised((listing, 1))
    page.goto(f"{live_server.url}/orders/")
    page.context.clear_cookies()
    with page.expect_request(lambda asked: "/pulse/" in asked.url):
        beat(page)
    expect(page.locator("#desk .order-number")).to_have_count(1)
