"""Three orders picked in the list: their tracking numbers pasted, confirmed, and each result read (O14)."""

import pytest
from playwright.sync_api import Page, expect

from tests.walks.portal import Portal, wait_until
from tests.walks.shop import order, row

PASTE = """(field, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_tracking_of_three_orders_is_pasted_and_confirmed(portal: Portal, token: str, desk: Page) -> None:
    numbers = [order(portal, token, units=units)["number"] for units in (1, 2, 3)]
    listing = f"{portal.address}/orders/?tab=unshipped"
    wait_until(lambda: desk.goto(listing) and all(row(desk, number).count() for number in numbers))
    for number in numbers:
        desk.get_by_label(f"Pick {number}").check()
    expect(desk.get_by_text("3 picked")).to_be_visible()
    desk.get_by_role("button", name="Confirm shipments…").click()

    # Columns in the order of the carrier's own sheet; one carrier that nobody knows.
    carriers = ("UPS", "Pigeon", "fedex")
    rows = enumerate(zip(numbers, carriers, strict=True))
    sheet = [f"1Z00{place}\t{number}\t{carrier}" for place, (number, carrier) in rows]
    first = desk.get_by_label(f"Tracking number {numbers[0]}")
    first.evaluate(PASTE, "\n".join(["tracking\torder id\tcarrier", *sheet]))
    expect(desk.get_by_text("3 orders were filled in from your sheet")).to_be_visible()
    expect(desk.get_by_text("Pigeon is not a known carrier")).to_be_visible()
    expect(first).to_have_value("1Z000")

    desk.get_by_label(f"Carrier {numbers[1]}").fill("Other: Pigeon Post")
    desk.get_by_label(f"Carrier {numbers[1]}").press("Enter")
    expect(desk.get_by_label(f"Carrier {numbers[2]}")).to_be_focused()
    desk.get_by_role("button", name="Confirm 3 shipments and charge the buyers").click()

    for number in numbers:
        expect(row(desk, number)).to_contain_text("Shipment confirmed.", timeout=30_000)
    desk.goto(f"{portal.address}/orders/{numbers[1]}/")
    expect(desk.get_by_text("Pigeon Post").first).to_be_visible()
    desk.goto(f"{portal.address}/orders/?tab=shipped")
    for number in numbers:
        expect(row(desk, number)).to_be_visible()
