"""What stands in the slots of the order's pages: refunds and returns with their next steps (ADR 10)."""

from datetime import datetime

from accounts.actors import Actor, ActorKind, Source
from accounts.models import Membership, Right
from inventory.models import Fulfilment
from orders.models import Order
from orders.refusals import Refused
from orders.slots import Filling
from refunds import amounts, buyer_words, records, refunds

SELLER = Actor(ActorKind.SELLER, None, Source.PAGE)


def panel(order: Order, membership: Membership, now: datetime) -> Filling | None:
    """The refunds and returns of the order; nothing where there are none."""
    if order.status not in refunds.CHARGED:
        return None
    found, coming_back = records.refunds(order, now), records.returns(order)
    if not found and not coming_back:
        return None
    context = {
        "order": order,
        "refunds": found,
        "so_far": records.so_far(order) if found else "",
        "returns": coming_back,
        "may": membership.may(Right.REFUND) and order.fulfilment == Fulfilment.MFN,
        "zone": order.seller.marketplace.time_zone,
    }
    return Filling("refunds/panel.html", context)


def button(order: Order, membership: Membership, now: datetime) -> Filling | None:
    """The ways to a new return, which says itself what can still come back, and to the tool while something is left."""
    if not membership.may(Right.REFUND) or not _may_refund(order):
        return None
    context = {"order": order, "may_refund": amounts.refunded(order) < order.total}
    return Filling("refunds/buttons.html", context)


def buyer(order: Order, _token: str, _now: datetime) -> Filling | None:
    """In the buyer's words: money that went back, goods that come back; once something was shipped."""
    if order.status not in refunds.CHARGED:
        return None
    return Filling("buyer/returns.html", buyer_words.told(order))


def _may_refund(order: Order) -> bool:
    try:
        refunds.check_may_refund(order, SELLER)
    except Refused:
        return False
    return True
