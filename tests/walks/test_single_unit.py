"""The only unit, bought while its payment pends: "add one" makes one sellable unit, not two (I1, I2, I3)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.walks.portal import Portal
from tests.walks.shop import order, row

SKU = "SNUFF"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def figures(line: Locator) -> tuple[str, str, str]:
    """On hand, reserved and available, as the list shows them."""
    on_hand = line.get_by_label(f"On hand {SKU}").input_value()
    cells = [
        line.locator(f'[data-label="{name}"]').inner_text().split() for name in ("Reserved", "Available")
    ]
    return (on_hand, *[cell[0] for cell in cells])


def test_the_pending_single_unit(portal: Portal, token: str, desk: Page) -> None:
    stale = desk.context.new_page()
    stale.goto(f"{portal.address}/inventory/")
    assert figures(row(stale, SKU)) == ("1", "0", "1")

    first = order(portal, token, skus=(SKU,), payment_token="tok_pend")["number"]
    desk.goto(f"{portal.address}/inventory/")
    assert figures(row(desk, SKU)) == ("1", "1", "0")
    assert "errors" in order(portal, token, skus=(SKU,))

    # "Add one", on a page that still shows the unit as free: it sets on hand, so only one more can be sold.
    row(stale, SKU).get_by_label(f"On hand {SKU}").fill("2")
    row(stale, SKU).get_by_role("button", name="Save").click()
    # It was available before, too: what the answer brings is that it is reserved.
    expect(row(stale, SKU).locator('[data-label="Reserved"]')).to_contain_text("1")
    stale.reload()
    assert figures(row(stale, SKU)) == ("2", "1", "1")

    with ThreadPoolExecutor(2) as buyers:
        answers = list(buyers.map(lambda _n: order(portal, token, skus=(SKU,)), range(2)))
    assert sorted("number" in answer for answer in answers) == [False, True]
    desk.reload()
    assert figures(row(desk, SKU)) == ("2", "2", "0")

    row(desk, SKU).get_by_role("link", name="reserved").click()
    expect(desk.get_by_role("link", name=first)).to_be_visible()
    expect(desk.get_by_text("All these orders can be met.")).to_be_visible()
