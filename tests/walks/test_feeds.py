"""A feed in a browser: a file, its dry run, the processing by the worker, the report, the rows to mend."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts import calendars
from reports.feeds.files import report
from tests.reports.feeds.feed_steps import UNKNOWN, parcel, text
from tests.walks.portal import Portal, wait_until
from tests.walks.shop import order, row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def ready(portal: Portal, token: str, desk: Page) -> str:
    """An order that can be shipped."""
    number = order(portal, token)["number"]
    wait_until(lambda: desk.goto(f"{portal.address}/orders/?tab=unshipped") and row(desk, number).count() > 0)
    return number


def written(tmp_path: Path, number: str) -> Path:
    """A file of a row that can be done and of one that cannot."""
    today = calendars.local_date(datetime.now(UTC), "America/New_York")
    path = tmp_path / "monday.txt"
    rows = [parcel(number, ship_date=today), parcel(UNKNOWN, ship_date=today)]
    path.write_text(text("ship", *rows))
    return path


def test_from_the_file_to_its_report(portal: Portal, token: str, desk: Page, tmp_path: Path) -> None:
    """F5: nothing is changed until it is asked for; then one row is done, and the other is named with its reason."""
    number = ready(portal, token, desk)
    path = written(tmp_path, number)
    desk.get_by_role("link", name="Feeds", exact=True).click()
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04")
    desk.get_by_label("File", exact=True).set_input_files(tmp_path / "book.xlsx")
    desk.get_by_role("button", name="Upload").click()
    expect(desk.locator("main")).to_contain_text("This is a workbook")
    desk.get_by_label("File", exact=True).set_input_files(path)
    desk.get_by_role("button", name="Upload").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("monday.txt")
    expect(desk.locator("#feed")).to_contain_text("1 of 2 rows would be done.", timeout=60_000)
    expect(desk.locator("#feed")).to_contain_text(f"You have no order {UNKNOWN}.")
    desk.get_by_role("button", name="Process 1 row").click()
    expect(desk.locator("#feed")).to_contain_text("1 of 2 rows were done.", timeout=60_000)
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Processing report").click()
    download.value.save_as(tmp_path / "report.txt")
    found = report.read(tmp_path / "report.txt")
    assert (found.totals.processed, found.totals.successful) == (2, 1)
    assert [(entry.number, entry.order_id) for entry in found.entries] == [(2, UNKNOWN)]
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Download the refused rows to mend").click()
    download.value.save_as(tmp_path / "mend.txt")
    assert UNKNOWN in (tmp_path / "mend.txt").read_text()
    desk.get_by_role("link", name="Feeds", exact=True).first.click()
    expect(row(desk, "monday.txt")).to_contain_text("1 done")
    desk.get_by_label("File", exact=True).set_input_files(path)
    desk.get_by_role("button", name="Upload").click()
    expect(desk.locator("#messages")).to_contain_text("was processed before")
    desk.goto(f"{portal.address}/orders/{number}/")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Shipped")
