"""The seller starts a return from the order; it is authorised at once (R4)."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from orders.models import Order, OrderItem
from orders.refusals import Refused
from refunds import returns
from refunds.forms.returns import AskForm
from refunds.refusals import KeyReused
from refunds.states import ReturnReason


@requires(Right.REFUND)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: SellerRequest, number: str) -> HttpResponse:
    """The form, or the new return; sent twice it opens one."""
    order = get_object_or_404(request.seller.orders, number=number)
    try:
        returns.check_may_handle(order, Actor.seller(request.user))
    except Refused as refusal:
        return _refused(request, order, str(refusal))
    items = returnable(order)
    if request.method != "POST":
        if not items:
            return _refused(request, order, _("No unit of this order has shipped that could come back."))
        return _page(request, order, AskForm(initial=_initial(request), items=items))
    # Sent again, its units are held by the return that it made: they are checked in the operation, by the key.
    form = AskForm(request.POST, items=shipped(order))
    if not form.is_valid():
        return _page(request, order, form, status=422)
    return _start(request, order, form)


def _start(request: SellerRequest, order: Order, form: AskForm) -> HttpResponse:
    asked = {name: form.cleaned_data[name] for name in ("key", "reason", "note")}
    try:
        opened = returns.ask(order, form.units(), **asked, actor=Actor.seller(request.user), now=clock.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, order, form, status=409 if isinstance(refusal, KeyReused) else 422)
    messages.success(request, _("Return %(rma)s is open and authorised.") % {"rma": opened.rma})
    return redirect("refunds:return", opened.rma)


def returnable(order: Order) -> list[tuple[OrderItem, int]]:
    """Items with the units that can still come back."""
    free = returns.returnable(order)
    return [(item, free[item.pk]) for item in order.items.all() if free[item.pk] > 0]


def shipped(order: Order) -> list[tuple[OrderItem, int]]:
    """Items with the units that left."""
    return [(item, item.units_shipped) for item in order.items.all() if item.units_shipped]


def _initial(request: SellerRequest) -> dict[str, object]:
    """A fresh key, and the reason that a guide leads here with."""
    reason = request.GET.get("reason")
    return {"key": uuid.uuid4(), "reason": reason if reason in ReturnReason.values else ""}


def _page(request: SellerRequest, order: Order, form: AskForm, status: int = 200) -> HttpResponse:
    return render(request, "refunds/start.html", {"order": order, "form": form}, status=status)


def _refused(request: SellerRequest, order: Order, reason: str) -> HttpResponse:
    context = {"order": order, "task": _("Start a return"), "reason": reason}
    return render(request, "orders/refused.html", context, status=409 if request.method == "POST" else 200)
