"""A canceled order shows one total everywhere, whether its units were canceled one by one or at once (O12, O13)."""

from dataclasses import replace

import pytest

from accounts.actors import Actor
from orders import amounts, buyer_page, lifecycle
from orders.models import Order, OrderDay
from orders.states import CancelReason, OrderStatus
from tests.factories import NOON, ListingFactory, UserFactory
from tests.helpers import authorised, new_order

pytestmark = pytest.mark.django_db


def canceled(*handfuls: int) -> Order:
    """An order of 2 units at 10.00 with 0.80 tax and 5.00 shipping each, canceled in these handfuls."""
    listing = ListingFactory()
    items = tuple(replace(item, shipping=1_000) for item in new_order((listing, 2)).items)
    order = authorised((listing, 2), items=items)
    reason, actor = CancelReason.PRICING_ERROR, Actor.seller(UserFactory())
    for units in handfuls:
        lifecycle.cancel_units(order, {order.items.get().pk: units}, reason=reason, actor=actor, now=NOON)
    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELED
    return order


@pytest.mark.parametrize("handfuls", [(2,), (1, 1)], ids=["at once", "one by one"])
def test_buyer_page_detail_and_total_show_what_was_ordered(handfuls):
    order = canceled(*handfuls)
    told = buyer_page.told(order, NOON)
    ((line,), (total,)) = told["lines"], told["sums"]
    assert (str(line.amount), str(total["value"])) == ("$20.00", "$31.60")
    assert amounts.totals(order, list(order.items.all())).total == "$31.60"
    assert order.total == 3160


def test_the_sums_by_day_follow():
    """What the kept sums say of canceled orders is what these orders came to when they were placed."""
    canceled(1, 1)
    kept = {row.status: 0 for row in OrderDay.objects.all()}
    for row in OrderDay.objects.all():
        kept[row.status] += row.amount
    assert kept == {"pending": 0, "unshipped": 0, "canceled": 3160}
