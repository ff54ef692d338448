"""Confirm the shipment of an order: its packages, and the charge at the first of them (O14, O15, O18)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts import moments, session_values
from accounts.actors import Actor
from accounts.models import Right
from accounts.money import Money
from accounts.rights import SellerRequest, requires
from config.htmx import template_for
from orders import addresses, ship_request, shipping, standing
from orders.forms import seen
from orders.forms import ship as forms
from orders.refusals import Refused
from orders.ship_request import Confirmed, Desk, Shown
from orders.states import OrderStatus


@requires(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def ship(request: SellerRequest, number: str) -> HttpResponse:
    """The form, the same form with a package more or less, or the confirmation; sent twice it ships once."""
    orders = request.seller.orders.select_related("payment", "seller__marketplace")
    desk = Desk.of(get_object_or_404(orders, number=number))
    if "complete" in request.POST:
        return _complete(request, desk)
    if request.method != "POST":
        return _draft(request, desk)
    if ship_request.is_rearranged(request.POST) and not request.htmx:
        return redirect(session_values.keep(request, "draft", request.POST.urlencode()))
    outcome = ship_request.answer(request.POST, desk, Actor.seller(request.user))
    return _page(request, outcome) if isinstance(outcome, Shown) else _confirmed(request, outcome)


def _draft(request: SellerRequest, desk: Desk) -> HttpResponse:
    """The form, or what was typed with a package more or less; the order once that is confirmed."""
    kept = session_values.find(request, "draft")
    if kept is None:
        return _page(request, ship_request.blank(desk))
    if ship_request.is_sent_before(QueryDict(kept), desk):
        return redirect("orders:detail", desk.order.number)
    return _page(request, ship_request.rearranged(QueryDict(kept), desk))


def _confirmed(request: SellerRequest, done: Confirmed) -> HttpResponse:
    """Go back to the order and say what was reached."""
    for wrong in done.warnings():
        messages.warning(request, wrong)
    level = messages.INFO if done.confirmation.is_waiting else messages.SUCCESS
    messages.add_message(request, level, done.sentence())
    return redirect("orders:detail", done.confirmation.order.number)


def _complete(request: SellerRequest, desk: Desk) -> HttpResponse:
    """Confirm that nothing is left to ship, and go back to the order; sent twice it is one step."""
    event, actor = seen.event_of(request.POST), Actor.seller(request.user)
    try:
        shipping.complete(desk.order, actor=actor, now=desk.now, seen=event)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, ship_request.completed())
    return redirect("orders:detail", desk.order.number)


def _page(request: SellerRequest, shown: Shown) -> HttpResponse:
    """The form; in its place the reason, where nothing could be confirmed whatever the form says."""
    desk, order = shown.desk, shown.desk.order
    context: dict[str, Any] = {"order": order, "zone": request.seller.marketplace.time_zone}
    context["given_up"] = [item for item in order.items.all() if item.units_unsupplied]
    if ship_request.is_nothing_left(desk, Actor.seller(request.user)):
        context["mark"] = desk.mark
        return render(request, "orders/ship_complete.html", context, status=shown.status)
    if reason := ship_request.why_not(desk, Actor.seller(request.user)):
        context |= {"task": _("Confirm shipment"), "reason": reason, "guide": "orders/guide_ship.html"}
        return render(request, "orders/refused.html", context, status=shown.status)
    context |= {
        "form": shown.form,
        "key": shown.key,
        "refusal": shown.refusal,
        "change": shown.change,
        "mark": desk.mark,
        "can_add": len(shown.form.forms) < forms.most(desk.items),
        "is_first": order.status == OrderStatus.UNSHIPPED,
        "total": str(Money(order.total, order.currency)),
        "ship_to": addresses.lines(order),
        "ship_by": moments.countdown(order.ship_by, desk.now) if order.ship_by else None,
        "deadline": moments.countdown(order.confirm_deadline, desk.now) if order.confirm_deadline else None,
        "is_about_to_be_canceled": standing.is_about_to_be_canceled(order, desk.now),
    }
    page = template_for(request, "orders/ship.html", "packages")
    return render(request, page, context, status=shown.status)
