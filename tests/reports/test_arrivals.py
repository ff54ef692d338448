"""The rows that the chain of daily reports is made of come with the orders, whatever way these take (F1)."""

import pytest

from orders.models import Order
from orders.states import OrderStatus
from reports.models import Arrival
from tests.factories import ListingFactory
from tests.helpers import authorised, place

pytestmark = pytest.mark.django_db


def test_an_order_arrives_when_its_payment_is_authorised_and_not_before() -> None:
    listing = ListingFactory()
    waiting = place((listing, 1))
    order = authorised((listing, 1))
    pending = Arrival.objects.filter(order=waiting)
    arrived = Arrival.objects.get(order=order)
    # The helper's sweep authorises what was placed before too.
    assert pending.count() == 1
    assert (arrived.seller_id, arrived.arrived_at, arrived.report) == (
        order.seller_id,
        order.authorised_at,
        None,
    )
    assert not Arrival.objects.filter(order=place((listing, 1))).exists()


def test_orders_that_are_loaded_or_changed_by_plain_sql_arrive_too() -> None:
    order = authorised((ListingFactory(), 1))
    Arrival.objects.all().delete()
    copies = Order.objects.filter(pk=order.pk)
    Order.objects.filter(pk=order.pk).update(authorised_at=order.authorised_at)
    assert not Arrival.objects.exists()
    copies.update(
        status=OrderStatus.CANCELED,
        canceled_at=order.placed_at,
        canceled_by="seller",
        cancel_reason="no_inventory",
    )
    copies.update(authorised_at=None)
    copies.update(authorised_at=order.authorised_at)
    assert Arrival.objects.get().order_id == order.pk
