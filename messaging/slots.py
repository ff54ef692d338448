"""What stands in the slots of the pages of orders: the latest messages and the way to more (ADR 10)."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import counting
from accounts.models import Membership, Right, Seller
from messaging import conversations, desk, threads
from messaging.desk import Question, Show
from messaging.states import CaseState, Who
from orders import home_warnings
from orders import home_work as home_tiles
from orders.models import Order
from orders.slots import Filling
from orders.states import OrderStatus

LATEST = 3


def panel(order: Order, membership: Membership, now: datetime) -> Filling | None:
    """The latest messages of the order; on a canceled one who helps instead (C1, C2)."""
    found = conversations.threads(order)
    is_canceled = order.status == OrderStatus.CANCELED
    if not found and not is_canceled:
        return None
    context = {
        "order": order,
        "messages": conversations.latest(order, found, Who.SELLER, LATEST) if found else [],
        "clock": next((desk.clock(thread, now) for thread in found), None),
        "unread": sum(thread.unread for thread in found),
        "refusal": threads.refusal(order),
        "may": membership.may(Right.MESSAGE),
        "zone": order.seller.marketplace.time_zone,
    }
    return Filling("messaging/panel.html", context)


def button(order: Order, membership: Membership, _now: datetime) -> Filling | None:
    """The way to Contact Buyer, while it is possible to write (C2)."""
    if not membership.may(Right.MESSAGE) or order.status in (OrderStatus.PENDING, OrderStatus.CANCELED):
        return None
    return Filling("messaging/button.html", {"order": order})


def buyer(order: Order, token: str, _now: datetime) -> Filling | None:
    """The buyer's latest messages and the way to write; on a canceled order who helps instead (C2)."""
    refusal = threads.refusal(order)
    found = conversations.threads(order)
    if order.status == OrderStatus.PENDING:
        return None
    context = {
        "order": order,
        "url": reverse("messaging:buyer", args=[token]),
        "messages": conversations.latest(order, found, Who.BUYER, LATEST) if found else [],
        "refusal": refusal,
        "zone": order.seller.marketplace.time_zone,
    }
    return Filling("buyer/messages.html", context)


def home_work(seller: Seller, member: Membership, _now: datetime) -> Filling | None:
    """Buyers who wait for an answer, and cases that the marketplace has answered (H2)."""
    lists = {"needed": seller.threads.waiting(), "answered": seller.cases.filter(state=CaseState.ANSWERED)}
    found = counting.capped(lists)
    cases_url = f"{reverse('messaging:cases')}?state={CaseState.ANSWERED.value}"
    return home_tiles.tiles(
        [
            home_tiles.tile(_("To answer"), found["needed"], Question().url(), "messages"),
            home_tiles.tile(_("Cases answered"), found["answered"], cases_url, "lifebuoy"),
        ]
    )


def home_warning(seller: Seller, member: Membership, now: datetime) -> Filling | None:
    """Buyers who wait for more than 24 hours; it opens the list that it counts (H1)."""
    number = desk.overdue(seller, now) if member.may(Right.VIEW) else 0
    if not number:
        return None
    return home_warnings.warning(
        "warn",
        lambda n: ngettext(
            "%(n)s message is unanswered for over 24 hours",
            "%(n)s messages are unanswered for over 24 hours",
            n,
        ),
        number,
        _("Answer, or say that no answer is needed. Weekends and holidays count too."),
        Question(show=Show.OVERDUE).url(),
    )
