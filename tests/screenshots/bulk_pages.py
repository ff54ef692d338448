"""Many orders at once: the bar, the grid of shipments, what is asked before many are canceled, slips, results."""

from collections.abc import Iterator

from django.urls import reverse
from playwright.sync_api import Page

from tests.screenshots.shot import Shot

SHEET = "order id\tcarrier\ttracking\n{}\tUPS\t1Z999AA10123456784\n{}\tFedX\t7712\nnonsense\tDHL\t1"


def shots() -> Iterator[Shot]:
    """The pages of many orders, of the demo seller."""
    desk = reverse("orders:list")
    yield Shot("bulk-bar", desk, act=_pick)
    yield Shot("bulk-bar-all", desk, act=_all)
    yield Shot("bulk-bar-more", desk, act=_more)
    yield Shot("bulk-ship-empty", reverse("orders:ship_many"))
    yield Shot("bulk-ship", desk, act=_ship)
    yield Shot("bulk-ship-pasted", desk, act=_paste)
    yield Shot("bulk-ship-errors", desk, act=_errors)
    yield Shot("bulk-cancel", desk, act=_cancel)
    yield Shot("bulk-slips", f"{desk}?tab=shipped", act=_slips)


def _pick(page: Page) -> None:
    for box in page.locator("[data-select-row]").all()[:3]:
        box.check()


def _all(page: Page) -> None:
    _pick(page)
    page.get_by_label("that match").check()


def _more(page: Page) -> None:
    _pick(page)
    page.locator(".selection-bar summary").click()


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
    page.wait_for_load_state()


def _ship(page: Page) -> None:
    _pick(page)
    _press(page, "Confirm shipments")


def _paste(page: Page) -> None:
    _ship(page)
    numbers = [each.get_attribute("value") for each in page.locator("input[name=line]").all()]
    page.locator(".sheet summary").click()
    page.locator("textarea").fill(SHEET.format(*numbers[:2]))
    page.get_by_role("button", name="Put these rows").click()
    page.locator(".is-pasted, .is-refused").first.wait_for()


def _errors(page: Page) -> None:
    _ship(page)
    page.locator(".ship-grid input[name$=carrier]").nth(1).fill("UPS")
    _press(page, "Confirm 3 shipments")


def _cancel(page: Page) -> None:
    _all(page)
    _press(page, "Cancel orders")


def _slips(page: Page) -> None:
    """Without the new window in which a single document would open."""
    _all(page)
    page.evaluate(
        "document.querySelectorAll('[formtarget]').forEach(each => each.removeAttribute('formtarget'))"
    )
    _press(page, "Packing slips")
