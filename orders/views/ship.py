"""Confirm the shipment of an order: its packages, and the charge at the first of them (O14, O15, O18)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts import calendars, clock, moments
from accounts.actors import Actor
from accounts.models import Right
from accounts.money import Money
from accounts.rights import SellerRequest, requires
from config.htmx import template_for
from orders import addresses, changes, packages, shipping, standing, tracking
from orders.carriers import OTHER
from orders.forms import seen
from orders.forms import ship as forms
from orders.forms.keys import key_of
from orders.models import Order, OrderItem
from orders.packages import Contents, Parcel
from orders.refusals import Refused
from orders.states import OrderStatus
from payments.states import PaymentState


@dataclass(frozen=True)
class Desk:
    """What stands on the desk of the one who confirms: the order and its open items, read at this moment."""

    order: Order
    mark: int
    items: Sequence[OrderItem]
    today: date
    now: datetime


@requires(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def ship(request: SellerRequest, number: str) -> HttpResponse:
    """The form, the same form with a package more or less, or the confirmation; sent twice it ships once."""
    desk = _desk(request, number)
    if request.method != "POST":
        return _page(request, desk, forms.packages(desk.order, desk.items, desk.today), uuid.uuid4())
    form = forms.packages(desk.order, desk.items, desk.today, data=request.POST)
    key = key_of(request.POST)
    if "add" in request.POST or "remove" in request.POST:
        return _rearranged(request, desk, form, key or uuid.uuid4())
    if key is None:
        refusal = _("This page has gone stale. Check the packages and confirm again.")
        return _page(request, desk, form, uuid.uuid4(), refusal=refusal, status=422)
    # Looked for after the items were read: a form sent twice sees either all its units open or its packages.
    if desk.order.packages.filter(request_key=key).exists():
        return _confirm(request, desk, [], form, key)
    if form.is_valid():
        return _confirm(request, desk, form.parcels(), form, key)
    return _page(request, desk, form, key, status=422)


def _desk(request: SellerRequest, number: str) -> Desk:
    order = get_object_or_404(request.seller.orders.select_related("payment"), number=number)
    # Before what the page shows: what happens in between is then told when the form comes back.
    mark = changes.mark(order)
    items = [item for item in order.items.all() if item.units_open]
    now = clock.now()
    return Desk(order, mark, items, calendars.local_date(now, request.seller.marketplace.time_zone), now)


def _confirm(
    request: SellerRequest,
    desk: Desk,
    parcels: Sequence[tuple[Parcel, Contents]],
    form: forms.BasePackages,
    key: uuid.UUID,
) -> HttpResponse:
    """Confirm and go back to the order; a refusal is shown on the form, with all that was typed."""
    actor, before = Actor.seller(request.user), desk.order.payment.state
    event = seen.event_of(request.POST)
    try:
        done = shipping.confirm_shipment(desk.order, parcels, key=key, actor=actor, now=desk.now, seen=event)
    except changes.Changed as change:
        fresh = _desk(request, desk.order.number)
        form = forms.packages(fresh.order, fresh.items, fresh.today, initial=form.typed())
        return _page(request, fresh, form, key, change=change, status=409)
    except Refused as refusal:
        return _page(request, _desk(request, desk.order.number), form, key, refusal=str(refusal), status=422)
    for parcel, _contents in parcels:
        if wrong := tracking.problem(parcel.carrier, parcel.tracking_number):
            messages.warning(request, wrong)
    if done.is_waiting:
        messages.info(request, _waiting())
    else:
        messages.success(request, _done(done.order, is_charge=before != PaymentState.CAPTURED))
    return redirect("orders:detail", desk.order.number)


def _waiting() -> str:
    return _(
        "The payment provider has not answered yet. As soon as the buyer is charged, the shipment counts "
        "from now; there is nothing more to do."
    )


def _done(order: Order, *, is_charge: bool) -> str:
    """What was reached, and what the buyer was charged for it."""
    whole = order.status == OrderStatus.SHIPPED
    if not is_charge:
        return _("Shipment confirmed: the order is shipped.") if whole else _("Shipment confirmed.")
    words = {"amount": Money(order.total, order.currency)}
    if whole:
        return _("Shipment confirmed: the order is shipped. The buyer was charged %(amount)s.") % words
    return _("Shipment confirmed. The buyer was charged %(amount)s for the whole order.") % words


def _rearranged(request: SellerRequest, desk: Desk, form: forms.BasePackages, key: uuid.UUID) -> HttpResponse:
    """The same page with one package more or less; nothing is checked, nothing is saved."""
    typed = form.typed()
    if "add" in request.POST:
        typed = forms.one_more(typed, desk.items, desk.today)
    else:
        typed = forms.one_less(typed, request.POST["remove"])
    form = forms.packages(desk.order, desk.items, desk.today, initial=typed)
    form.forms[-1].fields["ship_date"].widget.attrs["autofocus"] = True
    return _page(request, desk, form, key)


def _page(
    request: SellerRequest,
    desk: Desk,
    form: forms.BasePackages,
    key: uuid.UUID,
    *,
    refusal: str = "",
    change: changes.Changed | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form; in its place the reason, where nothing could be confirmed whatever the form says."""
    order = desk.order
    context: dict[str, Any] = {"order": order, "zone": request.seller.marketplace.time_zone}
    if reason := _why_not(request, desk):
        context |= {"task": _("Confirm shipment"), "reason": reason, "guide": "orders/guide_ship.html"}
        return render(request, "orders/refused.html", context, status=status)
    context |= {
        "form": form,
        "key": key,
        "refusal": refusal,
        "change": change,
        "mark": desk.mark,
        "can_add": len(form.forms) < forms.MOST,
        "is_first": order.status == OrderStatus.UNSHIPPED,
        "total": str(Money(order.total, order.currency)),
        "ship_to": addresses.lines(order),
        "ship_by": moments.countdown(order.ship_by, desk.now) if order.ship_by else None,
        "deadline": moments.countdown(order.confirm_deadline, desk.now) if order.confirm_deadline else None,
        "is_about_to_be_canceled": standing.is_about_to_be_canceled(order, desk.now),
    }
    return render(request, template_for(request, "orders/ship.html", "packages"), context, status=status)


def _why_not(request: SellerRequest, desk: Desk) -> str:
    """Why not even a plain package of all that is open could be confirmed now; empty where it could."""
    if desk.order.payment.state == PaymentState.CAPTURING:
        return _("Another shipment of this order is being confirmed this very moment.")
    parcel = Parcel(ship_date=desk.order.placed_on, carrier=OTHER, carrier_name=OTHER)
    contents = {item.pk: item.units_open for item in desk.items}
    try:
        packages.check(desk.order, [(parcel, contents)], actor=Actor.seller(request.user), now=desk.now)
    except Refused as refusal:
        return str(refusal)
    return ""
