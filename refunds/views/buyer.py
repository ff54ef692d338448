"""A buyer's return, behind the signed link of their order: ask for one, print its slip, withdraw it (R4)."""

import uuid
from contextlib import suppress
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.actors import Actor
from inventory.models import Fulfilment
from orders import buyer_links
from orders.models import Order
from orders.refusals import Refused
from orders.views.buyer import behind_link, chosen
from refunds import records, returns, slips
from refunds.forms.returns import BuyersAskForm
from refunds.models import Return
from refunds.views.start import returnable, shipped


@behind_link
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, order: Order) -> HttpResponse:
    """The form, or the return; sent twice it is one. What the marketplace ships, it takes back itself (O21)."""
    items = returnable(order)
    if order.fulfilment == Fulfilment.AFN:
        return _back(request, order)
    if request.method != "POST":
        if not items:
            return _back(request, order)
        return _page(request, order, BuyersAskForm(initial={"key": uuid.uuid4()}, items=items))
    form = BuyersAskForm(request.POST, items=shipped(order))
    if not form.is_valid():
        return _page(request, order, form, status=422)
    asked = {name: form.cleaned_data[name] for name in ("key", "reason", "note")}
    try:
        returns.ask(order, form.units(), **asked, actor=Actor.buyer(), now=clock.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, order, form, status=409)
    return _back(request, order)


@behind_link
@require_http_methods(["GET", "HEAD"])
def slip(request: HttpRequest, order: Order, rma: str) -> HttpResponse:
    """The slip, once the seller has authorised the return."""
    found = _found(order, rma)
    if not records.has_slip(found):
        raise Http404
    return slips.response(found)


@behind_link
@require_http_methods(["POST"])
def withdraw(request: HttpRequest, order: Order, rma: str) -> HttpResponse:
    """The buyer keeps the goods; sent twice it is withdrawn once, and the page says how the return stands."""
    with suppress(Refused):
        returns.close(_found(order, rma), reason="", actor=Actor.buyer(), now=clock.now())
    return _back(request, order)


def _found(order: Order, rma: str) -> Return:
    return get_object_or_404(order.returns.select_related("order__seller__marketplace"), rma=rma)


def _back(request: HttpRequest, order: Order) -> HttpResponse:
    return redirect(f"{buyer_links.path_for(order)}{chosen(request)}#returns")


def _page(request: HttpRequest, order: Order, form: BuyersAskForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "order": order,
        "marketplace": order.seller.marketplace,
        "form": form,
        "token": buyer_links.token_of(order),
        "chosen": chosen(request),
        "title": _("Send something back"),
    }
    return render(request, "buyer/returns_ask.html", context, status=status)
