"""A refund in a browser: of three items one whole and one in part, the mail, the money; another one taken back."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.walks.portal import Portal, wait_until
from tests.walks.shop import order, row

HOOK = """
from accounts.models import Seller
from tests.factories import ListingFactory
seller = Seller.objects.get(slug="walk")
if not seller.listings.filter(sku="HOOK").exists():
    ListingFactory(seller=seller, sku="HOOK", title="Brass hook", price=1000, on_hand=50)
"""
OVER = """
from datetime import timedelta
from django.db import models
from django.db.models import F
from refunds.models import Refund
due = Refund.objects.filter(order__number="{number}", state="requested")
due.update(due_at=F("due_at") - timedelta(hours=1))
"""
"""As if the time to take it back were over."""
SETTLED = """
from datetime import timedelta
from accounts import clock
from payments import statements
statements.sweep(clock.now() + timedelta(days=30))
"""
"""As if the settlement days were over."""
BOOKS = """
import json
from payments.models import LedgerEntry, SandboxOperation
from refunds.models import Refund
number = "{number}"
sent = SandboxOperation.objects.filter(order_number=number, operation="refund")
found = Refund.objects.filter(order__number=number).order_by("number")
print(json.dumps([list(sent.values_list("amount", flat=True)), list(found.values_list("state", "amount"))]))
"""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shipped(portal: Portal, token: str, desk: Page) -> str:
    """An order of three items, confirmed as shipped; its page is open."""
    portal.python(f"exec({HOOK!r})")
    number = order(portal, token, skus=("LAMP", "WICK", "HOOK"))["number"]
    wait_until(lambda: desk.goto(f"{portal.address}/orders/?tab=unshipped") and row(desk, number).count() > 0)
    desk.get_by_role("link", name=number, exact=True).click()
    expect(desk.get_by_role("link", name="Refund", exact=True)).to_have_count(0)
    desk.get_by_role("link", name="Confirm shipment").click()
    desk.get_by_label("Carrier", exact=True).select_option("UPS")
    desk.get_by_role("button", name="Confirm shipment and charge the buyer").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Shipped")
    return number


def books(portal: Portal, number: str) -> object:
    """What the provider has sent, and the refunds with their states."""
    return json.loads(portal.python(f"exec({BOOKS.format(number=number)!r})"))


def test_one_item_whole_and_one_in_part(portal: Portal, token: str, desk: Page) -> None:
    """R2, R3, R8: the summary shows the amounts and the buyer's mail; confirmed, exactly that is sent, once."""
    number = shipped(portal, token, desk)
    desk.get_by_role("link", name="Refund", exact=True).click()
    lamp, wick = (desk.get_by_role("group", name=title) for title in ("Paper lantern", "Spare wick"))
    lamp.get_by_label("All that is left").check()
    wick.get_by_label("An amount").check()
    wick.get_by_label("Price", exact=False).fill("2.50")
    desk.get_by_label("Reason").select_option("different_item")
    desk.get_by_label("Memo to the buyer").fill("Sorry, that was the wrong lantern.")
    desk.get_by_label("Private note").fill("Shelf B4 again.")
    desk.get_by_role("button", name="Check the refund").click()

    letter = desk.get_by_role("region", name="The buyer's mail")
    expect(letter).to_contain_text("You were refunded $18.50")
    expect(letter).to_contain_text("Sorry, that was the wrong lantern.")
    expect(letter).not_to_contain_text("Shelf B4 again.")
    assert books(portal, number) == [[], []]
    desk.get_by_role("button", name="Refund $18.50").click()

    panel = desk.get_by_role("region", name="Refunds", exact=True)
    expect(panel).to_contain_text("Can be taken back for")
    expect(panel).to_contain_text("Shelf B4 again.")
    assert books(portal, number) == [[], [["requested", 1850]]]

    portal.python(f"exec({OVER.format(number=number)!r})")
    wait_until(lambda: books(portal, number) == [[1850], [["done", 1850]]], seconds=120)
    desk.reload()
    expect(panel).to_contain_text("$18.50 of $47.40")
    desk.goto(f"{portal.address}/payments/?q={number}")
    expect(row(desk, number)).to_contain_text("18.50")

    portal.python(f"exec({SETTLED!r})")
    desk.reload()
    row(desk, number).locator("a[href*='/payments/statements/']").click()
    expect(row(desk, number)).to_contain_text("47.40")
    expect(row(desk, number)).to_contain_text("18.50")


def test_a_refund_taken_back_is_never_sent(portal: Portal, token: str, desk: Page) -> None:
    """R7: taken back in time, the provider hears nothing and all can be refunded again."""
    number = shipped(portal, token, desk)
    desk.get_by_role("link", name="Refund", exact=True).click()
    desk.get_by_role("button", name="Refund all that is left").click()
    expect(desk.get_by_role("group", name="Brass hook").get_by_label("All that is left")).to_be_checked()
    desk.get_by_label("Reason").select_option("general_adjustment")
    desk.get_by_role("button", name="Check the refund").click()
    desk.get_by_role("button", name="Refund $47.40").click()
    desk.get_by_role("button", name="Take back").click()
    expect(desk.get_by_role("region", name="Refunds", exact=True)).to_contain_text("Taken back")
    assert books(portal, number) == [[], [["taken_back", 4740]]]
    expect(desk.get_by_role("link", name="Refund", exact=True)).to_be_visible()
