"""Cancel an order, or single units of it (O11, O12)."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from orders import actions, changes, lifecycle
from orders.forms import seen
from orders.forms.cancel import CancelForm, CancelUnitsForm
from orders.models import Order, OrderItem
from orders.refusals import AlreadyCanceled, Refused, Stale
from orders.states import CancelReason, OrderStatus, RequestState

UNITS = "units"


@requires(Right.CANCEL)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SellerRequest, number: str) -> HttpResponse:
    """The whole order, or with ?scope=units single units; sent twice it cancels once."""
    order = get_object_or_404(request.seller.orders, number=number)
    # Before what the page shows: what happens in between is then told when the form comes back.
    mark = changes.mark(order)
    items = [item for item in order.items.all() if item.units_open]
    now = clock.now()
    form = _form(request, order, items)
    if request.method == "POST" and isinstance(form, CancelUnitsForm) and form.is_stale():
        messages.warning(request, _overtaken(request, order))
        return redirect("orders:detail", number)
    if request.method == "POST" and form.is_valid():
        try:
            return _cancel(request, order, form, now)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("orders:detail", number)
    if not actions.of(order, request.membership, now).cancel:
        messages.error(request, _why_not(order, Actor.seller(request.user), now))
        return redirect("orders:detail", number)
    context = {
        "order": order,
        "form": form,
        "items": items,
        "has_several": sum(item.units_open for item in items) > 1,
        "asked": _asked(order),
        "mark": mark,
    }
    return render(request, "orders/cancel.html", context, status=422 if form.errors else 200)


def _form(request: SellerRequest, order: Order, items: list[OrderItem]) -> CancelForm:
    """By the scope that the address names; where the buyer asked, or a guide leads here, with its reason."""
    data = request.POST if request.method == "POST" else None
    initial = {"reason": CancelReason.BUYER_CANCELED if _asked(order) else request.GET.get("reason")}
    if request.GET.get("scope") == UNITS:
        return CancelUnitsForm(data, initial=initial, items=items)
    return CancelForm(data, initial=initial)


def _cancel(request: SellerRequest, order: Order, form: CancelForm, now: datetime) -> HttpResponse:
    """Do it and say so. Raises Refused for what the order, as it is now, does not allow."""
    asked = {name: form.cleaned_data[name] for name in ("reason", "memo")}
    asked |= {"actor": Actor.seller(request.user), "now": now, "seen_event": seen.event_of(request.POST)}
    try:
        if isinstance(form, CancelUnitsForm):
            order = lifecycle.cancel_units(order, form.units(), seen=form.open_units(), **asked)
        else:
            order = lifecycle.cancel(order, **asked)
    except AlreadyCanceled:
        order.refresh_from_db()
    messages.success(request, _done(order))
    return redirect("orders:detail", order.number)


def _overtaken(request: SellerRequest, order: Order) -> str:
    """What happened since the page was made, as far as the form says when that was."""
    try:
        changes.check(order, seen.event_of(request.POST), changes.TO_CANCEL)
    except changes.Changed as change:
        return str(change)
    return str(Stale())


def _done(order: Order) -> str:
    if order.status == OrderStatus.CANCELED:
        return _("The order is canceled: the buyer is told and not charged.")
    return _("The units are canceled: the buyer is told and pays only for the others.")


def _why_not(order: Order, actor: Actor, now: datetime) -> str:
    """Why there is nothing to cancel, in a sentence; once a shipment is confirmed, what is left to do."""
    if order.status in (OrderStatus.PARTIALLY_SHIPPED, OrderStatus.SHIPPED):
        return _(
            "A shipment was confirmed, so the order can no longer be canceled. Refund the buyer instead."
        )
    try:
        lifecycle.check_may_cancel(order, actor=actor, now=now)
    except Refused as refusal:
        return str(refusal)
    return ""


def _asked(order: Order) -> bool:
    """The buyer asks to cancel, and waits for an answer (O10)."""
    return order.cancel_requests.filter(state=RequestState.OPEN).exists()
