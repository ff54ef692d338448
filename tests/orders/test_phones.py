"""Relay numbers come from a pool that can be exchanged (C3, C4)."""

import pytest

from inventory.models import Fulfilment
from orders import phones
from orders.phones import Number
from tests.factories import ListingFactory
from tests.helpers import authorised

pytestmark = pytest.mark.django_db


class Switchboard:
    """Another pool: a number of its own for each order."""

    def lend(self, order, marketplace):
        return Number(f"+1 206 555 {order.pk % 10_000:04d}", "")


class Empty:
    def lend(self, order, marketplace):
        return None


def test_c3_each_order_has_a_number_of_its_own():
    orders = [authorised((ListingFactory(), 1)) for _ in range(3)]
    assert all(len(order.relay_extension) == 6 for order in orders)
    assert len({(order.relay_phone, order.relay_extension) for order in orders}) == 3


def test_c3_another_pool_lends_its_own_and_an_empty_one_none(settings):
    settings.PHONE_POOL = f"{__name__}.Switchboard"
    order = authorised((ListingFactory(), 1))
    assert order.relay_phone == f"+1 206 555 {order.pk % 10_000:04d}"
    settings.PHONE_POOL = f"{__name__}.Empty"
    assert authorised((ListingFactory(), 1)).relay_phone == ""


def test_c4_what_the_marketplace_ships_has_none():
    order = authorised((ListingFactory(fulfilment=Fulfilment.AFN), 1))
    assert phones.assigned(order, order.seller.marketplace) == {}
    assert order.relay_phone == ""
