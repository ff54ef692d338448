"""Pages that a seller reads rarely: the form of another seller, and a charge that was refused after the click."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import Membership
from orders.models import Order
from tests.factories import ListingFactory, MembershipFactory
from tests.orders.test_late_refusal import refused_later

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Faults = Callable[[Page], list[str]]
WIDTHS = (390, 1280)


@pytest.fixture
def member() -> Membership:
    return MembershipFactory(seller__name="Northwind Goods")


@pytest.fixture
def client(page: Page, live_server: Any, member: Membership) -> Client:
    """A client that shares the session of the browser."""
    client = Client()
    client.force_login(member.user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    return client


@pytest.fixture
def refused(member: Membership) -> Order:
    """An order whose charge was refused after the click."""
    return refused_later(ListingFactory(seller=member.seller), member.user)


def faults_at_each_width(page: Page, faults: Faults) -> list[str]:
    """What is wrong with the page on a phone and on a laptop."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}: {fault}" for fault in faults(page)]
    return found


def test_form_of_another_seller_leads_back_to_its_page(
    page: Page, live_server: Any, client: Client, member: Membership, faults: Faults
) -> None:
    second = MembershipFactory(
        user=member.user, seller__name="Contoso", seller__marketplace=member.seller.marketplace
    ).seller
    page = page.context.new_page()  # the browser notes the refusal in the console, which no other page may
    client.post("/settings/seller/", {"seller": member.seller.pk})
    page.goto(f"{live_server.url}/inventory/add/")
    client.post("/settings/seller/", {"seller": second.pk})
    page.locator("main form button.btn-primary").click()
    expect(page.get_by_text("Nothing was changed.")).to_be_visible()
    assert faults_at_each_width(page, faults) == []
    page.get_by_role("button", name="Switch to Northwind Goods").click()
    expect(page).to_have_url(f"{live_server.url}/inventory/add/")


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("place", ["/", "/orders/?tab=unshipped&attention=charge-refused", "/orders/{}/"])
def test_late_refusal_is_read_on_home_list_and_order(
    page: Page, live_server: Any, refused: Order, faults: Faults, place: str
) -> None:
    page.goto(live_server.url + place.format(refused.number))
    expect(page.locator("main")).to_contain_text("efused")
    assert faults_at_each_width(page, faults) == []
