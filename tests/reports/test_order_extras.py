"""Gifts, discounts, business orders and taxes in order reports, and back through the import."""

from dataclasses import replace
from pathlib import Path

import pytest

from accounts.money import Money
from orders import lifecycle
from orders.entry import order_report
from orders.entry.cart import NewOrder
from orders.entry.order_report import Terms
from orders.entry.report_file import ReportFile
from orders.models import Order
from orders.states import CancelReason
from reports import kinds
from reports.states import ReportKind
from tests.factories import NOON, ListingFactory, MembershipFactory, free_item, gift_item, order_extras
from tests.helpers import SYSTEM, authorised, new_order
from tests.messaging import steps as messages
from tests.reports.steps import asked, cells, made, text

pytestmark = pytest.mark.django_db
SAID = order_extras()
AMOUNTS = ("item-price", "item-tax", "shipping-price", "shipping-tax")
TAKEN_APART = ("gift-wrap-price", "gift-wrap-tax", "item-promotion-discount", "ship-promotion-discount")


@pytest.fixture
def order() -> Order:
    listing = ListingFactory(sku="MUG")
    MembershipFactory(seller=listing.seller)
    item = replace(
        gift_item(listing, 3), shipping=300, shipping_discount=200, price_designation="BusinessPrice"
    )
    new = new_order((listing, 1), items=(item, free_item(listing)), **SAID)
    order = authorised((listing, 1), items=new.items, **SAID)
    messages.from_buyer(order)
    return order


def rows(order: Order, kind: ReportKind, *columns: str) -> list[dict[str, str]]:
    return cells(made(asked(order.seller, kind, columns=list(columns))))


def total(row: dict[str, str], *names: str) -> int:
    """What these columns of a row add up to, in cents."""
    return sum(Money.parse(row.get(name) or "0", "USD", allow_negative=True).minor for name in names)


def imported(order: Order, tmp_path: Path, *columns: str) -> NewOrder:
    """The order as an import reads it from a report of new orders with these columns."""
    path = tmp_path / "report.txt"
    path.write_text(text(made(asked(order.seller, columns=list(columns)))))
    report = ReportFile.open(path)
    (group,) = order_report.groups(report, order_report.last_lines(report))
    return order_report.order_of(group, Terms("tok_approve", "USD", None))


def test_gift_and_discount_have_columns_of_their_own_where_they_are_chosen(order: Order) -> None:
    gift, _free = rows(order, ReportKind.NEW_ORDERS, *TAKEN_APART)
    assert [gift[name] for name in AMOUNTS] == ["36.00", "2.40", "5.00", "0.00"]
    assert [gift[name] for name in TAKEN_APART] == ["3.50", "0.28", "-2.00", "-2.00"]


@pytest.mark.parametrize("chosen", [(), TAKEN_APART[:1], TAKEN_APART[1:], TAKEN_APART])
def test_the_amounts_of_a_row_add_up_to_what_is_paid(order: Order, chosen: tuple[str, ...]) -> None:
    for _again in range(2):
        found = rows(order, ReportKind.NEW_ORDERS, *chosen)
        assert sum(total(row, *AMOUNTS, *chosen) for row in found) == order.total
        item = order.items.first()
        lifecycle.cancel_units(order, {item.pk: 1}, reason=CancelReason.PRICING_ERROR, actor=SYSTEM, now=NOON)
        order.refresh_from_db()


@pytest.mark.parametrize("kind", [ReportKind.BY_ORDER_DATE, ReportKind.BY_LAST_UPDATE])
def test_all_orders_add_up_too(order: Order, kind: ReportKind) -> None:
    found = rows(order, kind)
    assert sum(total(row, *AMOUNTS, *TAKEN_APART) for row in found) == order.total
    assert (found[0]["gift-wrap-price"], found[1]["gift-wrap-price"]) == ("3.50", "")
    assert (found[0]["is-business-order"], found[0]["purchase-order-number"]) == ("true", "4500-1234567")


def test_a_report_with_all_columns_comes_back_as_the_same_order(order: Order, tmp_path: Path) -> None:
    found = imported(order, tmp_path, *kinds.optional(ReportKind.NEW_ORDERS))
    listing = order.items.first().listing
    gift = replace(
        gift_item(listing, 3), shipping=300, shipping_discount=200, price_designation="BusinessPrice"
    )
    expected = [
        replace(item, number=row.number, title=row.title)
        for item, row in zip([gift, free_item(listing)], order.items.all(), strict=True)
    ]
    assert (list(found.items), found.total) == (expected, order.total)
    assert {name: getattr(found, name) for name in SAID} == SAID


def test_a_report_without_them_still_brings_the_same_total(order: Order, tmp_path: Path) -> None:
    found = imported(order, tmp_path)
    assert (found.total, found.delivery_instructions) == (order.total, SAID["delivery_instructions"])


def test_an_unshipped_order_tells_the_packer_what_to_wrap(order: Order) -> None:
    gift, _free = rows(order, ReportKind.UNSHIPPED, *kinds.optional(ReportKind.UNSHIPPED))
    told = ("gift-wrap-type", "gift-message-text", "customized-url", "buyer-company-name", "ioss-number")
    assert [gift[name] for name in told] == [
        "Red paper", "Happy birthday, Mum!", "https://example.org/c/1.zip?a=1&b=2", "Harbor & Sons", "IM3720000000",
    ]  # fmt: skip
    assert (gift["is-replacement-order"], gift["original-order-id"]) == ("true", "701-0000001-7654321")


def test_of_a_canceled_order_no_message_is_told(order: Order) -> None:
    lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
    columns = kinds.optional(ReportKind.NEW_ORDERS)
    for row in rows(order, ReportKind.NEW_ORDERS, *columns):
        told = ("gift-message-text", "customized-url", "buyer-company-name", "delivery-Instructions")
        assert [row[name] for name in told] == [""] * 4
