"""The report of cancellations: one row each time that units of an item were canceled, with day and reason (F2)."""

from datetime import date, timedelta

import pytest

from orders import lifecycle
from orders.models import Order
from orders.states import CancelReason
from reports.models import Report
from reports.states import ReportKind
from tests.factories import NOON, ListingFactory
from tests.helpers import SYSTEM, authorised
from tests.reports.steps import DAY, asked, cells, made

pytestmark = pytest.mark.django_db
SHOWN = ["cancellation-date", "order-status", "cancellation-reason-code", "quantity-cancelled", "item-price"]


def of_days(order: Order, first: int, last: int) -> Report:
    """The report of canceled orders of these days of November."""
    days = {"first_day": date(2026, 11, first), "last_day": date(2026, 11, last)}
    return made(asked(order.seller, ReportKind.CANCELED, now=NOON + 9 * DAY, days=None, **days))


def rows(report: Report) -> list[list[str]]:
    return [[row[name] for name in SHOWN] for row in cells(report)]


def canceled_units(order: Order, units: int, reason: str, now) -> None:
    chosen = {order.items.order_by("pk").first().pk: units}
    lifecycle.cancel_units(order, chosen, reason=reason, actor=SYSTEM, now=now)


def test_units_canceled_on_two_days_are_two_rows_with_their_own_reasons():
    order = authorised((ListingFactory(price=1000), 5))
    canceled_units(order, 1, CancelReason.PRICING_ERROR, NOON)
    canceled_units(order, 2, CancelReason.NO_INVENTORY, NOON + 3 * DAY)
    first = ["2026-11-20T17:00:00+00:00", "Partially Cancelled", "PricingError", "1", "10.00"]
    second = ["2026-11-23T17:00:00+00:00", "Partially Cancelled", "NoInventory", "2", "20.00"]
    assert rows(of_days(order, 20, 21)) == [first]
    assert rows(of_days(order, 22, 24)) == [second]
    assert rows(of_days(order, 20, 24)) == [first, second]
    assert rows(of_days(order, 25, 26)) == []


def test_canceling_the_rest_of_an_order_is_a_row_of_the_rest_only():
    listing = ListingFactory(price=1000)
    order = authorised((listing, 3), (ListingFactory(seller=listing.seller, price=200), 1))
    canceled_units(order, 1, CancelReason.PRICING_ERROR, NOON)
    lifecycle.cancel(order, reason=CancelReason.BUYER_CANCELED, actor=SYSTEM, now=NOON + 3 * DAY)
    later = ["2026-11-23T17:00:00+00:00", "Cancelled", "BuyerCanceled"]
    assert rows(of_days(order, 20, 22)) == [
        ["2026-11-20T17:00:00+00:00", "Partially Cancelled", "PricingError", "1", "10.00"]
    ]
    assert rows(of_days(order, 23, 23)) == [[*later, "2", "20.00"], [*later, "1", "2.00"]]


def test_the_amounts_of_all_rows_together_are_those_of_one_cancellation():
    listing = ListingFactory(price=1000)
    at_once, one_by_one = (authorised((listing, 3)) for _n in range(2))
    canceled_units(at_once, 2, CancelReason.PRICING_ERROR, NOON)
    for n in range(2):
        canceled_units(one_by_one, 1, CancelReason.PRICING_ERROR, NOON + timedelta(hours=n))
    found = {at_once.number: 0, one_by_one.number: 0}
    names = ["item-price", "item-tax", "shipping-price", "shipping-tax"]
    for row in cells(of_days(at_once, 20, 20)):
        found[row["order-id"]] += sum(round(100 * float(row[name])) for name in names)
    assert (
        found[one_by_one.number]
        == found[at_once.number]
        == 3 * 1000 + 3 * 80 + 500 - one_by_one_total(one_by_one)
    )


def one_by_one_total(order: Order) -> int:
    """What the buyer still pays."""
    order.refresh_from_db()
    return order.total


def test_two_items_of_one_sku_are_told_apart():
    listing = ListingFactory(price=1000)
    order = authorised((listing, 2), (listing, 3))
    last = order.items.order_by("pk").last()
    lifecycle.cancel_units(order, {last.pk: 1}, reason=CancelReason.PRICING_ERROR, actor=SYSTEM, now=NOON)
    found = [(row["order-item-id"], row["quantity-cancelled"]) for row in cells(of_days(order, 20, 20))]
    assert found == [(last.number, "1")]
