"""Revoking the link with which an order's buyer opens their own page of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from orders import buyer_links


@requires(Right.MESSAGE)
@require_POST
def revoke_link(request: SellerRequest, number: str) -> HttpResponse:
    """No link that the buyer has opens the order any more; sent twice it is revoked twice, which is the same."""
    order = get_object_or_404(request.seller.orders, number=number)
    buyer_links.revoke(order, actor=Actor.seller(request.user), now=clock.now())
    messages.success(
        request, _("The buyer's link is revoked. The next email about this order brings a new one.")
    )
    return redirect("orders:detail", number)
