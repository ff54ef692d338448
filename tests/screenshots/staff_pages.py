"""The pages on which the marketplace's staff fulfill AFN orders."""

from collections.abc import Iterator

from django.urls import reverse
from playwright.sync_api import Page

from inventory.models import Fulfilment, Listing
from orders.models import Order
from orders.states import OrderStatus
from tests.screenshots.shot import Shot

STAFF = "staff@example.com"


def shots() -> Iterator[Shot]:
    """Each page for an order that it can act on, and what a refusal looks like."""
    orders = Order.objects.filter(fulfilment=Fulfilment.AFN)
    waiting = orders.filter(status=OrderStatus.UNSHIPPED).first()
    shipped = orders.filter(status=OrderStatus.SHIPPED).first()
    listing = Listing.objects.filter(fulfilment=Fulfilment.AFN).first()
    if not waiting or not shipped or not listing:
        return
    yield Shot("staff-order", reverse("admin:orders_order_change", args=[waiting.pk]), STAFF)
    yield Shot("staff-ship", reverse("admin:orders_order_ship", args=[waiting.pk]), STAFF)
    yield Shot("staff-ship-refused", reverse("admin:orders_order_ship", args=[waiting.pk]), STAFF, _refused)
    yield Shot("staff-cancel", reverse("admin:orders_order_cancel", args=[waiting.pk]), STAFF)
    yield Shot("staff-cancel-units", reverse("admin:orders_order_cancel_units", args=[waiting.pk]), STAFF)
    yield Shot("staff-refund", reverse("admin:refunds_refund_make", args=[shipped.pk]), STAFF)
    yield Shot("staff-refund-summary", reverse("admin:refunds_refund_make", args=[shipped.pk]), STAFF, _check)
    yield Shot("staff-return-start", reverse("admin:refunds_return_start", args=[shipped.pk]), STAFF)
    yield Shot(
        "staff-return-receive", reverse("admin:refunds_return_start", args=[shipped.pk]), STAFF, _receive
    )
    yield Shot("staff-count", reverse("admin:inventory_listing_count", args=[listing.pk]), STAFF)


def _refused(page: Page) -> None:
    """No carrier, and no unit in the package."""
    for field in page.locator("input[name^=package-0-units]").all():
        field.fill("0")
    page.locator("form[method=post] input[type=submit]").evaluate("button => button.form.noValidate = true")
    page.locator("form[method=post] input[type=submit]").click()


def _check(page: Page) -> None:
    """All that is left of the first item."""
    page.locator("input[value=all][type=radio]").first.check()
    page.locator("select[name=reason]").select_option("customer_return")
    page.locator("form[method=post] input[type=submit]").click()


def _receive(page: Page) -> None:
    """Start a return, then open its page for the goods."""
    page.locator("input[name^=units_]").first.fill("1")
    page.locator("select[name=reason]").select_option("defective")
    page.locator("form[method=post] input[type=submit]").click()
    page.get_by_role("link", name="Receive goods").click()
