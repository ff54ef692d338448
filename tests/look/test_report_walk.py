"""A report from the question to the file in the browser: with its progress, and without script (F4)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts import clock
from reports import making
from reports.models import Report
from tests.factories import ListingFactory, MembershipFactory
from tests.helpers import authorised

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def order(settings: Any, tmp_path: Path) -> Any:
    """An order of today, whose seller's member is about to ask."""
    settings.MEDIA_ROOT = tmp_path
    listing = ListingFactory(sku="LAMP-7")
    return authorised((listing, 1), now=clock.now())


def signed_in(page: Page, origin: str, order: Any) -> Page:
    client = Client()
    client.force_login(MembershipFactory(seller=order.seller).user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": origin}])
    page.goto(f"{origin}/reports/")
    return page


def ask(page: Page, order: Any) -> Report:
    """For all orders of some days, as the form is there."""
    page.get_by_label("Report", exact=True).select_option("all_by_order_date")
    page.get_by_label("Days").select_option("dates")
    page.get_by_label("From").fill(str(order.placed_on - timedelta(days=6)))
    page.get_by_label("To", exact=True).fill(str(order.placed_on))
    page.get_by_role("button", name="Make the report").click()
    expect(page.locator("#report-state")).to_have_text("Waiting")
    return Report.objects.latest("pk")


def downloaded(page: Page) -> str:
    with page.expect_download() as begun:
        page.get_by_role("link", name="Download").click()
    return Path(begun.value.path()).read_text()


def test_asked_watched_left_found_again_and_downloaded_f4(
    page: Page, live_server: Any, faults: Any, order: Any
) -> None:
    signed_in(page, live_server.url, order)
    dates = page.locator(".ask-dates")
    expect(dates).to_be_hidden()
    report = ask(page, order)
    begun = {"state": "running", "rows_total": 400, "rows_done": 100}
    Report.objects.filter(pk=report.pk).update(**begun)
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "25")
    assert faults(page) == []
    page.get_by_role("link", name="Reports").first.click()
    expect(page.get_by_role("row").filter(has_text="100 of 400 rows")).to_be_visible()
    Report.objects.filter(pk=report.pk).update(rows_total=None, rows_done=0)
    making.work(report.pk)
    row = page.get_by_role("row").filter(has_text="All orders by order date")
    expect(row).to_contain_text("Ready")
    assert order.number in downloaded(page)


def test_it_works_without_script_f4(browser: Browser, live_server: Any, order: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = signed_in(context.new_page(), live_server.url, order)
    report = ask(page, order)
    making.work(report.pk)
    # The page loads itself again.
    expect(page.locator("#report-state")).to_have_text("Ready", timeout=15_000)
    assert order.number in downloaded(page)
    page.get_by_role("button", name="Ask again").click()
    page.get_by_role("button", name="Cancel the report").click()
    expect(page.locator("#report-state")).to_have_text("Canceled")
    context.close()
