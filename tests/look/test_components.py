"""The page that shows every component: in both themes, from the phone to the wide screen."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.look.urls"),
    pytest.mark.django_db(transaction=True),
]
WIDTHS = [390, 1280, 1720]


def look(page: Page, live_server: Any, *, width: int = 1280, theme: str = "light") -> None:
    """Open the page of components."""
    page.set_viewport_size({"width": width, "height": 900})
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    page.goto(f"{live_server.url}/orders/")


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_component_is_accessible_and_fits(
    page: Page, live_server: Any, faults: Callable[[Page], list[str]], width: int, theme: str
) -> None:
    look(page, live_server, width=width, theme=theme)
    assert page.locator("html").get_attribute("data-bs-theme") == theme
    assert faults(page) == []


def test_a_theme_is_kept_by_the_server(page: Page, live_server: Any) -> None:
    look(page, live_server)
    page.get_by_title("Theme").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 18, 22)"


def test_the_device_decides_without_a_choice(page: Page, live_server: Any) -> None:
    page.emulate_media(color_scheme="dark")
    look(page, live_server, theme="auto")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 18, 22)"


def test_a_menu_opens_above_the_table_and_escape_closes_it(page: Page, live_server: Any) -> None:
    look(page, live_server)
    menu = page.locator("td details[data-menu]").first
    menu.locator("summary").click()
    expect(menu.get_by_role("link", name="Packing slip")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_picking_all_rows_shows_how_many(page: Page, live_server: Any) -> None:
    look(page, live_server)
    bar = page.locator(".selection-bar")
    expect(bar).to_be_hidden()
    page.get_by_label("Pick all rows").check()
    expect(bar).to_contain_text("6 picked")
    page.locator("[data-select-row]").first.uncheck()
    expect(bar).to_contain_text("5 picked")


def test_a_dangerous_form_asks_first_and_is_sent_once(page: Page, live_server: Any) -> None:
    look(page, live_server)
    menu = page.locator("td details[data-menu]").first
    menu.locator("summary").click()
    menu.get_by_role("button", name="Cancel order").click()
    page.get_by_role("button", name="Go back").click()
    expect(page).to_have_url(f"{live_server.url}/orders/")
    menu.locator("summary").click()
    menu.get_by_role("button", name="Cancel order").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel order").click()
    page.wait_for_url("**/orders/sent/")


def test_a_deadline_counts_by_the_servers_clock_and_ends(page: Page, live_server: Any) -> None:
    page.clock.install(time="2001-01-01T00:00:00Z")
    look(page, live_server)
    left = page.locator("time[data-countdown]").first
    expect(left).to_have_text(re.compile(r"^2\d,\d{3}d"))
    left.evaluate("each => { each.id = 'ends'; each.dateTime = new Date().toISOString(); }")
    page.clock.run_for(2000)
    expect(page.locator("#ends")).to_have_text("Late")
    expect(page.locator(".deadline:has(#ends)")).to_have_class(re.compile("is-past"))


def test_the_page_works_without_script(browser: Any, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/orders/")
    page.get_by_title("Your account").click()
    expect(page.get_by_text("alice@example.com")).to_be_visible()
    page.locator("[data-select-row]").first.check()
    expect(page.locator(".selection-bar")).to_be_visible()
    context.close()
