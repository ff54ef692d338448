"""What stands in the slots of the order's pages: refunds and returns with their next steps (ADR 10)."""

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import counting
from accounts.actors import Actor, ActorKind, Source
from accounts.models import Membership, Right, Seller
from inventory.models import Fulfilment
from orders import home_work as home_tiles
from orders.models import Order
from orders.refusals import Refused
from orders.slots import Filling
from refunds import amounts, buyer_words, records, refunds, returns
from refunds.desk import Question
from refunds.states import ReturnState

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
    if not membership.may(Right.REFUND) or order.status not in refunds.CHARGED:
        return None
    if not _may(returns.check_may_handle, order):
        return None
    may_refund = _may(refunds.check_may_refund, order) and amounts.refunded(order) < order.total
    context = {"order": order, "may_refund": may_refund}
    return Filling("refunds/buttons.html", context)


def buyer(order: Order, _token: str, _now: datetime) -> Filling | None:
    """In the buyer's words: money that went back, goods that come back; once something was shipped."""
    if order.status not in refunds.CHARGED:
        return None
    return Filling("buyer/returns.html", buyer_words.told(order))


def home_work(seller: Seller, member: Membership, _now: datetime) -> Filling | None:
    """Returns that wait for the seller's word, and refunds that the provider refused (H2)."""
    asked = seller.returns.filter(state=ReturnState.REQUESTED)
    found = counting.capped({"asked": asked, "failed": seller.refunds.failed_of_seller()})
    asked_url = Question(state=ReturnState.REQUESTED).url()
    return home_tiles.tiles(
        [
            home_tiles.tile(_("Returns to decide"), found["asked"], asked_url, "truck-return"),
            home_tiles.tile(
                _("Refunds failed"), found["failed"], reverse("refunds:failed"), "receipt-refund"
            ),
        ]
    )


def _may(check: Callable[[Order, Actor], None], order: Order) -> bool:
    """Return whether the seller would not be refused."""
    try:
        check(order, SELLER)
    except Refused:
        return False
    return True
