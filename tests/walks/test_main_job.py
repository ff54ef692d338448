"""The main job, as a seller and a buyer do it in a browser, on the portal's real servers."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.walks.portal import Portal, wait_until
from tests.walks.shop import order, row

CAPTURES = (
    "from payments.models import SandboxOperation as S; "
    "print(S.objects.filter(order_number='{number}', operation='capture').count())"
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_order_from_sale_to_shipment(portal: Portal, token: str, desk: Page) -> None:
    """Pending while the payment is authorised, Unshipped, one of three units, charged whole, the rest, Shipped."""
    portal.pause("worker")
    number = order(portal, token, units=3)["number"]
    desk.goto(f"{portal.address}/orders/?tab=pending")
    expect(row(desk, number)).to_be_visible()
    expect(row(desk, number)).not_to_contain_text("Springfield")
    expect(row(desk, number).get_by_role("link", name="Confirm")).to_have_count(0)

    portal.resume("worker")
    wait_until(lambda: desk.goto(f"{portal.address}/orders/?tab=unshipped") and row(desk, number).count())
    desk.get_by_role("link", name=number, exact=True).click()
    expect(desk.get_by_text("1 Main Street")).to_be_visible()

    desk.get_by_role("link", name="Confirm shipment").click()
    desk.get_by_label("Units of LAMP in package 1").fill("1")
    desk.get_by_label("Carrier", exact=True).select_option("UPS")
    desk.get_by_label("Tracking number").fill("1Z999AA10123456784")
    desk.get_by_role("button", name="Confirm shipment and charge the buyer").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Partially shipped")
    told = desk.get_by_text("The buyer was charged $35.80 for the whole order.", exact=True)
    expect(told).to_be_visible()

    desk.goto(f"{portal.address}/orders/?tab=unshipped")
    expect(row(desk, number)).to_contain_text("Partially shipped")
    desk.get_by_role("link", name=number, exact=True).click()
    desk.get_by_role("link", name="Confirm shipment").click()
    desk.get_by_label("Carrier", exact=True).select_option("UPS")
    desk.get_by_role("button", name="Confirm shipment").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Shipped")
    desk.goto(f"{portal.address}/orders/?tab=shipped")
    expect(row(desk, number)).to_be_visible()
    assert portal.python(CAPTURES.format(number=number)) == "1"


def test_a_buyer_cancels_at_29_minutes(portal: Portal, token: str, page: Page) -> None:
    """O9: inside the window the buyer cancels by themselves."""
    page.goto(order(portal, token, units=1, age=timedelta(minutes=29))["buyer_page"])
    page.get_by_role("link", name="Cancel order").click()
    page.get_by_role("button", name="Yes, cancel my order").click()
    expect(page.get_by_text("You canceled it.")).to_be_visible()


def test_a_buyer_is_refused_at_31_minutes_and_asks(portal: Portal, token: str, desk: Page) -> None:
    """O9, O10: the button was there when the page opened; what counts is the clock when it is pressed."""
    told = order(portal, token, units=1, age=timedelta(minutes=29, seconds=56))
    wait_until(
        lambda: desk.goto(f"{portal.address}/orders/?tab=unshipped") and row(desk, told["number"]).count()
    )
    buyer = desk.context.browser.new_page()
    buyer.goto(told["buyer_page"])
    buyer.get_by_role("link", name="Cancel order").click()
    buyer.wait_for_timeout(5_000)
    buyer.get_by_role("button", name="Yes, cancel my order").click()
    expect(buyer.get_by_role("alert")).to_contain_text("The time to cancel by yourself is over")
    buyer.get_by_role("button", name="Ask to cancel").click()
    expect(buyer.get_by_text("You asked")).to_be_visible()

    desk.goto(f"{portal.address}/orders/{told['number']}/")
    desk.get_by_role("button", name="Accept").click()
    desk.get_by_role("button", name="Cancel the order").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Canceled")
    buyer.reload()
    expect(buyer.get_by_role("heading", level=1)).to_contain_text("canceled")
