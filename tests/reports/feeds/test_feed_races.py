"""A feed and a click at once on one order: one of them wins, the other reads why (F5, O11, R3)."""

import uuid
from functools import partial

import pytest

from accounts import clock
from accounts.actors import Actor
from orders import lifecycle, shipping
from orders.refusals import Refused
from orders.states import CancelReason, OrderStatus
from payments.models import SandboxOperation
from refunds import amounts, refunds
from refunds.models import Refund
from reports.feeds.states import FeedState
from tests.helpers import at_once, everything, parcel, ship
from tests.reports.feeds.feed_steps import credit, member_with, text, upload, worked

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def test_o11_of_a_row_that_cancels_and_a_click_that_ships_one_wins():
    member, orders = member_with(2, orders=ROUNDS)
    actor, now = Actor.seller(member.user), clock.now()
    today = {"ship_date": orders[0].placed_on}
    for order in orders:
        type(order).objects.filter(pk=order.pk).update(confirm_deadline=now.replace(year=now.year + 1))
        feed = upload(member, text("cancel", {"order_id": order.number}))
        parcels = [(parcel(**today), everything(order))]
        click = partial(
            shipping.confirm_shipment, order, parcels, key=uuid.uuid4(), actor=actor, now=clock.now()
        )
        done, shipped = at_once(partial(worked, feed), click)
        order.refresh_from_db()
        assert done.state == FeedState.DONE
        assert (
            isinstance(shipped, Refused) == (done.done_count == 1) == (order.status == OrderStatus.CANCELED)
        )
        captures = SandboxOperation.objects.filter(operation="capture").count()
        assert captures == type(order).objects.filter(status=OrderStatus.SHIPPED).count()


def test_of_a_row_that_ships_and_a_click_that_cancels_one_wins():
    member, orders = member_with(2, orders=ROUNDS)
    actor, now = Actor.seller(member.user), clock.now()
    for order in orders:
        type(order).objects.filter(pk=order.pk).update(confirm_deadline=now.replace(year=now.year + 1))
        row = {"order_id": order.number, "ship_date": order.placed_on, "carrier_code": "UPS"}
        feed = upload(member, text("ship", row))
        asked = {"reason": CancelReason.PRICING_ERROR, "actor": actor, "now": clock.now()}
        done, canceled = at_once(partial(worked, feed), partial(lifecycle.cancel, order, **asked))
        order.refresh_from_db()
        assert (
            isinstance(canceled, Refused) == (done.done_count == 1) == (order.status == OrderStatus.SHIPPED)
        )


def test_r3_a_row_and_a_click_together_never_pay_more_than_was_charged():
    member, orders = member_with(1, orders=ROUNDS)
    actor = Actor.seller(member.user)
    for order in orders:
        ship(order)
        item = order.items.get()
        feed = upload(member, text("adjust", credit(order, "6.00"), credit(order, "4.00")))
        asked = {"key": uuid.uuid4(), "reason": "general_adjustment", "actor": actor, "now": clock.now()}
        click = partial(refunds.request, order, [refunds.Ask(item.pk, 600, 0)], **asked)
        at_once(partial(worked, feed), click)
        assert Refund.objects.filter(order=order).count() == 2
        assert amounts.left(order)[item.pk].price == 0
