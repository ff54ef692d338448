"""The settlement report goes by when a statement was closed: each paid order in exactly one daily report (F2, P1)."""

from collections import Counter
from datetime import timedelta

import pytest

from payments import statements
from payments.models import StatementLine
from reports.states import ReportKind
from tests.factories import NOON, ListingFactory
from tests.helpers import authorised, ship
from tests.reports.steps import DAY, asked, made, numbers

pytestmark = pytest.mark.django_db


def test_asked_for_the_past_day_each_noon_each_paid_order_is_there_once():
    listing = ListingFactory(on_hand=50)
    orders = [ship(authorised((listing, 1)), now=NOON + n * timedelta(hours=10)) for n in range(20)]
    found: Counter[str] = Counter()
    for n in range(60):
        noon = NOON + n * DAY
        statements.sweep(noon - timedelta(hours=12) + timedelta(minutes=3))
        statements.sweep(noon)
        report = made(asked(listing.seller, ReportKind.SETTLEMENT, now=noon, days=1))
        found.update(set(numbers(report)))
    assert StatementLine.objects.values("payment").distinct().count() == 20
    assert found == Counter(order.number for order in orders)


def test_a_statement_that_is_still_open_is_in_no_report():
    listing = ListingFactory(on_hand=50)
    order = ship(authorised((listing, 1)))
    statements.sweep(NOON)
    assert numbers(made(asked(listing.seller, ReportKind.SETTLEMENT, now=NOON + DAY, days=90))) == []
    statements.sweep(NOON + 60 * DAY)
    report = made(asked(listing.seller, ReportKind.SETTLEMENT, now=NOON + 60 * DAY, days=1))
    assert set(numbers(report)) == {order.number}
