"""The orders that hold units of a listing, and what to do when there are too few (I2, I4)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.actors import Actor
from accounts.models import Membership, Right
from accounts.rights import SellerRequest, requires
from inventory.models import Listing
from orders import supply
from orders.refusals import Refused
from refunds import shortages
from refunds.forms.holders import SettleForm
from refunds.shortages import Holding


@requires(Right.VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def holders(request: SellerRequest, pk: int) -> HttpResponse:
    """Who holds the units; where some are missing, the newest orders with one step for each of them."""
    listing = get_object_or_404(request.seller.listings, pk=pk)
    form = SettleForm(request.POST) if request.method == "POST" else None
    if form and form.is_valid():
        return _settle(request, listing, form)
    unmet = shortages.unmet(listing)
    context = {
        "listing": listing,
        "missing": shortages.missing(listing),
        "unmet": [_step(request.membership, holding, form) for holding in unmet],
        "kept": shortages.kept(listing),
        "most": shortages.MOST,
        "zone": request.seller.marketplace.time_zone,
    }
    return render(request, "refunds/holders.html", context, status=422 if form else 200)


def _settle(request: SellerRequest, listing: Listing, form: SettleForm) -> HttpResponse:
    asked = dict(form.cleaned_data)
    item = get_object_or_404(supply.items_of(listing), pk=asked.pop("item"))
    right = shortages.right_for(item.order)
    if not request.membership.may(right):
        messages.error(request, _("You may not do this. Ask an owner of %s.") % request.seller.name)
        return redirect("refunds:holders", listing.pk)
    try:
        actor, now = Actor.seller(request.user), clock.now()
        order = shortages.settle(listing, item, **asked, actor=actor, now=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Order %s: the buyer is told.") % order.number)
    return redirect("refunds:holders", listing.pk)


def _step(membership: Membership, holding: Holding, sent: SettleForm | None) -> dict[str, Any]:
    """An order with its form, where this member may settle it; what was sent in vain keeps its words."""
    may = holding.is_sellers and not holding.is_pending
    may = may and membership.may(shortages.right_for(holding.order))
    form = SettleForm.of(holding) if may else None
    if form and sent and sent.data.get("item") == str(holding.item.pk):
        form = SettleForm(sent.data, auto_id=form.auto_id)
    return {"holding": holding, "form": form}
