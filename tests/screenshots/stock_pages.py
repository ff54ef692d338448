"""Manage Inventory, a listing with its ledger, and the orders that hold its units."""

from collections.abc import Iterator

from django.db.models import F
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import Seller
from tests.screenshots.shot import Shot


def shots() -> Iterator[Shot]:
    """The pages of stock, of the demo seller."""
    listings = Seller.objects.get(slug="lantern-and-pine").listings.order_by("pk")
    oversold = listings.filter(reserved__gt=F("on_hand"))[0]
    busy = listings.filter(reserved__gt=0, on_hand__gt=F("reserved"))[0]
    desk = reverse("inventory:list")
    yield Shot("inventory", desk)
    yield Shot("inventory-oversold", f"{desk}?status=oversold")
    yield Shot("inventory-search", f"{desk}?q=candle&sort=price")
    yield Shot("inventory-nothing-found", f"{desk}?q=nothing-like-it")
    yield Shot("inventory-picked", desk, act=_pick)
    yield Shot("inventory-stale", desk, act=_refused)
    yield Shot("listing", reverse("inventory:listing", args=[busy.pk]))
    yield Shot("listing-oversold", reverse("inventory:listing", args=[oversold.pk]))
    yield Shot("listing-add", reverse("inventory:add"))
    yield Shot("listing-count", reverse("inventory:count", args=[busy.pk]))
    yield Shot("holders", reverse("refunds:holders", args=[busy.pk]))
    yield Shot("holders-oversold", reverse("refunds:holders", args=[oversold.pk]))


def _pick(page: Page) -> None:
    for box in page.locator("[data-select-row]").all()[:3]:
        box.check()


def _refused(page: Page) -> None:
    """Fewer than the orders hold."""
    held = page.locator("tr.stock-row", has=page.locator("a[href$='/orders/']"))
    row = held.filter(has=page.locator("input[name=on_hand]")).first
    row.locator("input[name=on_hand]").fill("0")
    row.get_by_role("button").click()
