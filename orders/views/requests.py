"""Answering a buyer's request to cancel (O10)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from orders import cancel_requests
from orders.refusals import Refused


@require_POST
@requires(Right.CANCEL)
def accept(request: SellerRequest, number: str) -> HttpResponse:
    """The order is canceled as the buyer asked."""
    order = get_object_or_404(request.seller.orders, number=number)
    try:
        cancel_requests.accept(order, actor=Actor.seller(request.user), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The order is canceled as the buyer asked; nothing was charged."))
    return redirect("orders:detail", number)


@require_POST
@requires(Right.CANCEL)
def decline(request: SellerRequest, number: str) -> HttpResponse:
    """The order goes on."""
    order = get_object_or_404(request.seller.orders, number=number)
    try:
        cancel_requests.decline(order, actor=Actor.seller(request.user), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The request is declined; the order is still to be shipped."))
    return redirect("orders:detail", number)
