"""The figures kept by day are those of the orders, whatever happened to them, and folding changes none."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count, Sum

from orders import lifecycle, packages, shipping, sweeps
from orders.models import Order
from orders.models.day import GROUPS, OrderDay
from orders.packages import Parcel
from orders.states import CancelReason
from tests.factories import NOON, ChannelFactory, ListingFactory
from tests.helpers import SYSTEM, authorised, everything, parcel, place, ship

pytestmark = pytest.mark.django_db
GOOD = "1Z5R89390357567127"


def kept() -> dict[tuple, tuple[int, int]]:
    rows = OrderDay.objects.values_list(*GROUPS).annotate(Sum("orders"), Sum("amount"))
    return {row[:-2]: row[-2:] for row in rows if any(row[-2:])}


def counted() -> dict[tuple, tuple[int, int]]:
    rows = Order.objects.values_list(*GROUPS).annotate(Count("pk"), Sum("total")).order_by()
    return {row[:-2]: row[-2:] for row in rows}


def shipped_with(order: Order, number: str, now=NOON, **changes) -> Order:
    contents = changes.pop("contents", None) or everything(order)
    parcels = [(parcel(tracking_number=number), contents)]
    return shipping.confirm_shipment(order, parcels, key=uuid.uuid4(), actor=SYSTEM, now=now).order


def test_they_follow_every_operation_and_folding_changes_none():
    listing = ListingFactory(on_hand=100)
    channels = [ChannelFactory(marketplace=listing.seller.marketplace) for _n in range(2)]
    for day in range(3):
        for channel in channels:
            authorised((listing, 2), channel=channel, now=NOON - timedelta(days=day))
    place((listing, 1), channel=channels[0])
    first, second, third, *_rest = Order.objects.filter(status="unshipped").order_by("pk")
    item = first.items.get()
    lifecycle.cancel_units(first, {item.pk: 1}, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
    assert kept() == counted()
    lifecycle.cancel(second, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
    ship(first, now=first.ship_by + timedelta(microseconds=1))
    shipped_with(third, GOOD)
    assert kept() == counted()
    rows = OrderDay.objects.count()
    sweeps.run(sweeps.fold_counts, now=NOON, actor=SYSTEM)
    assert kept() == counted()
    assert OrderDay.objects.count() == len(counted()) < rows
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET total = total + 1")
    assert kept() == counted()


class TestMarks:
    """What a shipment leaves on its order for the rates."""

    @pytest.fixture
    def order(self) -> Order:
        return authorised((ListingFactory(), 2))

    def test_the_last_moment_of_the_ship_by_day_is_in_time(self, order):
        assert not shipped_with(order, GOOD, order.ship_by).is_shipped_late

    def test_a_microsecond_later_is_late(self, order):
        assert shipped_with(order, GOOD, order.ship_by + timedelta(microseconds=1)).is_shipped_late

    def test_the_typed_ship_date_does_not_count_o14(self, order):
        late = order.ship_by + timedelta(days=1)
        parcels = [(parcel(order.placed_on), everything(order))]
        shipped = shipping.confirm_shipment(order, parcels, key=uuid.uuid4(), actor=SYSTEM, now=late).order
        assert shipped.is_shipped_late

    def test_the_last_package_decides_o17(self, order):
        (pk,) = everything(order)
        half = shipped_with(order, GOOD, contents={pk: 1})
        assert (half.status, half.is_shipped_late) == ("partially_shipped", False)
        whole = shipped_with(order, GOOD, order.ship_by + timedelta(days=1))
        assert (whole.status, whole.is_shipped_late) == ("shipped", True)

    def test_one_package_without_a_number_is_enough(self, order):
        (pk,) = everything(order)
        assert not shipped_with(order, GOOD, contents={pk: 1}).is_untraced
        assert shipped_with(order, "").is_untraced

    def test_correcting_the_number_takes_the_mark_away(self, order):
        assert shipped_with(order, "1Z5R89390357567128").is_untraced
        package = order.packages.get()
        corrected = {"ship_date": package.ship_date, "carrier": "UPS", "tracking_number": GOOD}
        packages.edit(package, Parcel(**corrected), actor=SYSTEM, now=NOON)
        order.refresh_from_db()
        assert not order.is_untraced
        assert kept() == counted()
