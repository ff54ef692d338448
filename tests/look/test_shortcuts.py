"""The keys of the portal: lists and orders without the mouse, and a dialog that says how."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from tests.factories import ListingFactory, MembershipFactory
from tests.helpers import authorised

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(page: Page, live_server: Any) -> Page:
    """Manage Orders with three orders, its seller's member signed in."""
    listing = ListingFactory(on_hand=9)
    client = Client()
    client.force_login(MembershipFactory(seller=listing.seller).user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    for _ in range(3):
        authorised((listing, 1))
    page.goto(f"{live_server.url}/orders/")
    return page


def test_the_dialog_shows_the_keys_of_the_page(desk: Page, faults: Any) -> None:
    desk.keyboard.press("?")
    dialog = desk.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog.get_by_text("Next row, previous row")).to_be_visible()
    assert faults(desk) == []
    desk.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_row_is_found_picked_and_opened_and_the_order_acted_on(desk: Page) -> None:
    numbers = desk.locator("main .order-number")
    for _ in range(2):
        desk.keyboard.press("j")
    expect(numbers.nth(1)).to_be_focused()
    desk.keyboard.press("x")
    expect(desk.locator("[data-select-row]").nth(1)).to_be_checked()
    expect(numbers.nth(1)).to_be_focused()
    desk.keyboard.press("k")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Order")
    desk.keyboard.press("c")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Confirm shipment")
    desk.keyboard.press("g")
    desk.keyboard.press("i")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Inventory")


def test_letters_that_are_typed_are_no_keys(desk: Page) -> None:
    desk.keyboard.press("/")
    search = desk.locator("main input[type=search]")
    expect(search).to_be_focused()
    desk.keyboard.type("gi?")
    expect(search).to_have_value("gi?")
    expect(desk.get_by_role("dialog")).to_be_hidden()


def test_switched_off_they_stay_off(desk: Page) -> None:
    desk.keyboard.press("?")
    desk.get_by_label("Use these keys in this browser").uncheck()
    desk.get_by_role("button", name="Close").click()
    desk.reload()
    desk.keyboard.press("j")
    expect(desk.locator("main .order-number").first).not_to_be_focused()
    desk.get_by_title("Your account").click()
    desk.get_by_role("button", name="Keyboard shortcuts").click()
    expect(desk.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
