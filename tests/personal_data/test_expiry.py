"""The clock of the buyer's data starts when the last package ships, or when the order is canceled (D1)."""

import uuid
from datetime import UTC, date, datetime
from importlib import import_module

import pytest
from django.db import connection

from accounts.models import Marketplace
from orders import delivery, lifecycle, shipping, sweeps
from orders.models import Order
from orders.states import CancelReason
from tests.factories import ListingFactory
from tests.helpers import SYSTEM, authorised, parcel, place
from tests.owner import acting_as_owner
from tests.personal_data.steps import DAY, LONG_AGO, shipped_long_ago

SERVICES = {
    "Standard": 8,
    "Second Day": 2,
    "SecondDay": 2,
    "second_day": 2,
    "NextDay": 1,
    "SameDay": 0,
    "Expedited": 5,
    "Priority": 3,
    "FreeEconomy": 10,
    "Scheduled": 14,
    "By pigeon": 14,
    "": 14,
}


@pytest.mark.parametrize(("service", "days"), SERVICES.items())
def test_service_takes_so_many_days(service, days):
    assert delivery.days_of(service) == days


@pytest.mark.parametrize(
    ("kept", "zone", "expires"),
    [
        (30, "UTC", datetime(2026, 4, 9, tzinfo=UTC)),
        (30, "America/New_York", datetime(2026, 4, 9, 4, tzinfo=UTC)),
        (30, "Asia/Tokyo", datetime(2026, 4, 8, 15, tzinfo=UTC)),
        (1, "UTC", datetime(2026, 3, 11, tzinfo=UTC)),
    ],
)
def test_data_goes_as_the_last_day_begins(kept, zone, expires):
    marketplace = Marketplace(personal_data_days=kept, time_zone=zone)
    assert delivery.expires_at(marketplace, date(2026, 3, 10)) == expires


@pytest.mark.django_db
class TestOrder:
    def test_shipped_order_counts_from_its_last_ship_date(self):
        order = authorised((ListingFactory(), 2), now=LONG_AGO)
        (item,) = order.items.all()
        later = LONG_AGO + 3 * DAY
        for moment in (LONG_AGO, later):
            assert Order.objects.get(pk=order.pk).personal_data_expires_at is None
            sent = [(parcel(moment.date()), {item.pk: 1})]
            shipping.confirm_shipment(order, sent, key=uuid.uuid4(), actor=SYSTEM, now=later)
        order.refresh_from_db()
        assert order.delivered_on == date(2026, 3, 13)
        assert order.personal_data_expires_at == datetime(2026, 4, 12, 4, tzinfo=UTC)

    def test_canceled_orders_count_from_the_cancellation_by_their_marketplaces_days(self):
        orders = [place((ListingFactory(), 1), now=LONG_AGO) for _each in range(2)]
        Marketplace.objects.filter(sellers=orders[1].seller).update(personal_data_days=7)
        lifecycle.cancel_locked(
            orders, reason=CancelReason.PAYMENT_NOT_AUTHORISED, actor=SYSTEM, now=LONG_AGO
        )
        stored = Order.objects.filter(pk__in=[order.pk for order in orders]).order_by("pk")
        assert list(stored.values_list("delivered_on", "personal_data_expires_at")) == [
            (None, LONG_AGO + 30 * DAY),
            (None, LONG_AGO + 7 * DAY),
        ]

    def test_open_order_has_no_end(self):
        order = authorised((ListingFactory(), 1), now=LONG_AGO)
        assert (order.delivered_on, order.personal_data_expires_at) == (None, None)

    def test_orders_from_before_are_filled_in_alike(self):
        """Whatever the operations wrote, the migration writes again."""
        shipped_long_ago(service="Second Day")
        shipped_long_ago(service="By pigeon")
        place((ListingFactory(), 1), now=LONG_AGO)
        sweeps.run(sweeps.cancel_unauthorised, now=LONG_AGO + 9 * DAY, actor=SYSTEM)
        authorised((ListingFactory(), 1), now=LONG_AGO)
        columns = ("pk", "delivered_on", "personal_data_expires_at")
        written = list(Order.objects.order_by("pk").values_list(*columns))
        Order.objects.update(delivered_on=None, personal_data_expires_at=None)
        migration = import_module("orders.migrations.0021_fill_personal_data_expiry")
        with acting_as_owner(), connection.schema_editor() as editor:
            migration.fill(None, editor)
        assert list(Order.objects.order_by("pk").values_list(*columns)) == written
        assert sum(expires is None for _pk, _on, expires in written) == 1
