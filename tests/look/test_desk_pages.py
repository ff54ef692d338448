"""Manage Orders in a browser as a member has it: the table, saved views, and how soon a full page answers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import CDPSession, Page, expect

from accounts import clock
from accounts.models import Membership
from orders.lists import columns
from orders.models import DeskPreference, SavedView
from tests.factories import ListingFactory, MembershipFactory
from tests.helpers import authorised
from tests.orders.desk.many import cookie, full_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Faults = Callable[[Page], list[str]]
SLOWER, INTERACTIVE = 4, 1000  # times, and milliseconds from the click to a page that answers
MOST_LOADS = 12  # a busy machine disturbs most of them
IDLE = """addEventListener("DOMContentLoaded", () => {
    requestIdleCallback(() => { window.idleAt = performance.now(); });
});"""
IDLE_AT = """() => new Promise((tell) => {
    const look = () => window.idleAt ? tell(window.idleAt) : setTimeout(look, 20);
    look();
})"""


@pytest.fixture
def member(page: Page, live_server: Any) -> Membership:
    """Signed in."""
    member = MembershipFactory()
    client = Client()
    client.force_login(member.user)
    page.context.add_cookies([cookie(client, live_server.url)])
    return member


def test_columns_are_put_in_order_and_saved(
    page: Page, live_server: Any, faults: Faults, member: Membership
) -> None:
    authorised((ListingFactory(seller=member.seller), 2), now=clock.now())
    page.goto(f"{live_server.url}/orders/table/")
    assert faults(page) == []
    row = page.locator("[data-column]", has_text="SKU").filter(has_not_text="Items")
    row.get_by_role("checkbox").check()
    for _step in range(4):
        row.get_by_role("button", name="Move up").press("Enter")
    expect(row.get_by_role("button", name="Move up")).to_be_focused()
    expect(page.locator("[data-columns-say]")).to_have_text("SKU: place 2")
    page.get_by_label("One line").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("thead th").nth(2)).to_have_text("SKU")
    expect(page.locator("table.list-line")).to_be_visible()


def test_a_view_is_saved_changed_and_opened_first(
    page: Page, live_server: Any, faults: Faults, member: Membership
) -> None:
    authorised((ListingFactory(seller=member.seller), 2), now=clock.now())
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{live_server.url}/orders/?tab=unshipped&service=Standard")
    page.locator("summary", has_text="Save view").click()
    page.get_by_label("Name of the view").fill("Post")
    page.get_by_role("button", name="Save view").click()
    tab = page.get_by_role("navigation", name="Saved views").get_by_role("link", name="Post")
    expect(tab).to_have_attribute("aria-current", "page")
    expect(tab.locator(".count")).to_have_text("1")
    page.goto(f"{page.url}&fulfilment=AFN")
    expect(page.locator(".view-changed")).to_contain_text("Post · changed")
    assert faults(page) == []
    page.locator(".view-changed").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".view-changed")).to_have_count(0)
    expect(tab.locator(".count")).to_have_text("0")
    page.get_by_title("Saved views").click()
    page.get_by_role("button", name="Open Orders with this view").click()
    expect(page.get_by_text("Opens first")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Orders").click()
    expect(tab).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1920, "light")])
def test_all_columns_and_many_views_fit_every_window(
    page: Page, live_server: Any, faults: Faults, member: Membership, width: int, theme: str
) -> None:
    full_page(member, count=8, now=clock.now())
    for n in range(10):
        SavedView.objects.create(
            seller=member.seller, owner=None if n % 2 else member, name=f"View {n}", query=""
        )
    DeskPreference.objects.create(membership=member, columns=list(columns.ALL))
    page.set_viewport_size({"width": width, "height": 900})
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    for path in ("/orders/", "/orders/views/", "/orders/table/"):
        page.goto(live_server.url + path)
        assert (path, faults(page)) == (path, [])


@pytest.mark.soak
def test_a_full_page_is_interactive_within_a_second_on_a_cpu_four_times_slower(
    page: Page, live_server: Any, member: Membership
) -> None:
    """By the CPU time of the page's main thread until it is idle, the least of some loads, four times slower.

    The suite's slow server is not what is measured. A machine that shares its cores needs more for the same page, so
    this runs with the soak; what the page is made of is counted in tests/orders/desk/test_weight.py.
    """
    full_page(member, now=clock.now())
    page.add_init_script(IDLE)
    address = f"{live_server.url}/orders/?tab=unshipped&size=100"
    page.goto(address)
    expect(page.locator("[data-select-row]")).to_have_count(100)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    times: list[float] = []
    while len(times) < MOST_LOADS and not (times and SLOWER * min(times) < INTERACTIVE):
        times.append(_busy(page, session, address))
    assert 0 < SLOWER * min(times) < INTERACTIVE, times
    page.locator("[data-select-all]").check()
    expect(page.locator("[data-selected-count]").first).to_have_text("100")


def _busy(page: Page, session: CDPSession, address: str) -> float:
    """Milliseconds that the main thread worked for the page until it waits for its reader; counted anew per page."""
    page.goto(address)
    page.evaluate(IDLE_AT)
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * next(metric["value"] for metric in metrics if metric["name"] == "ThreadTime")
