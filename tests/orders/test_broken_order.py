"""An order that cannot be canceled holds up none of the others that are due with it (J6)."""

from datetime import timedelta

import pytest

from inventory.models import Listing
from orders import lifecycle, sweeps
from orders.models import Order
from orders.states import EventKind, OrderStatus
from tests.factories import ListingFactory
from tests.helpers import SYSTEM, authorised

pytestmark = pytest.mark.django_db


@pytest.fixture
def orders():
    """Five overdue orders for units of one listing."""
    listing = ListingFactory()
    return [authorised((listing, 1)) for _each in range(5)]


@pytest.fixture
def broken(monkeypatch, orders):
    """Freeing the units of the third one breaks, after its status was changed."""
    free = lifecycle._free

    def breaking(lines, *rest):
        if orders[2].number in {line.order_number for line in lines}:
            raise ZeroDivisionError
        free(lines, *rest)

    monkeypatch.setattr(lifecycle, "_free", breaking)
    return orders[2]


def sweep(orders: list[Order]) -> int:
    late = orders[0].confirm_deadline + timedelta(seconds=1)
    return sweeps.run(sweeps.cancel_overdue, now=late, actor=SYSTEM)


def statuses(orders: list[Order]) -> list[str]:
    return [Order.objects.get(pk=order.pk).status for order in orders]


def test_j6_the_others_are_canceled_and_it_stays_as_it_was(orders, broken):
    assert sweep(orders) == 4
    canceled, unshipped = OrderStatus.CANCELED, OrderStatus.UNSHIPPED
    assert statuses(orders) == [canceled, canceled, unshipped, canceled, canceled]
    assert not broken.events.filter(kind=EventKind.CANCELED).exists()
    listing = Listing.objects.get()
    assert (listing.on_hand, listing.reserved) == (10, 1)


def test_j6_once_it_can_be_canceled_it_is(orders, broken, monkeypatch):
    sweep(orders)
    monkeypatch.undo()
    assert sweep(orders) == 1
    assert set(statuses(orders)) == {OrderStatus.CANCELED}
    assert [order.events.filter(kind=EventKind.CANCELED).count() for order in orders] == [1] * 5


def test_j6_twin_that_knows_only_whole_batches_cancels_none(orders, broken, monkeypatch):
    monkeypatch.setattr(sweeps, "_cancel_alone", lambda *_order: False)
    assert sweep(orders) == 0
    assert set(statuses(orders)) == {OrderStatus.UNSHIPPED}
