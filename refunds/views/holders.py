"""The orders that hold units of a listing, and what to do when there are too few (I2, I4)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
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
    if request.method != "POST":
        return _page(request, listing)
    form = SettleForm(request.POST)
    return _settle(request, listing, form) if form.is_valid() else _page(request, listing, form, status=422)


def _settle(request: SellerRequest, listing: Listing, form: SettleForm) -> HttpResponse:
    """Take the step; refused, the page says why and keeps what was written."""
    item = get_object_or_404(supply.items_of(listing), pk=form.cleaned_data["item"])
    step = form.step()
    if not request.membership.may(shortages.right_for(step.is_charged)):
        form.add_error(None, _("You may not do this. Ask an owner of %s.") % request.seller.name)
        return _page(request, listing, form, status=403)
    try:
        order = shortages.settle(listing, item, step, actor=Actor.seller(request.user), now=clock.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, listing, form, status=409)
    messages.success(request, _("Order %s: the buyer is told.") % order.number)
    return redirect("refunds:holders", listing.pk)


def _page(
    request: SellerRequest, listing: Listing, sent: SettleForm | None = None, *, status: int = 200
) -> HttpResponse:
    listing.refresh_from_db()
    steps = [_step(request.membership, holding, sent) for holding in shortages.unmet(listing)]
    context = {
        "listing": listing,
        "missing": shortages.missing(listing),
        "unmet": steps,
        "refusals": sent.non_field_errors() if sent else [],
        # What was written to the buyer of an order that is not among them any more.
        "written": sent.data.get("memo", "") if sent and not any(step["is_sent"] for step in steps) else "",
        "kept": shortages.kept(listing),
        "most": shortages.MOST,
        "zone": request.seller.marketplace.time_zone,
    }
    return render(request, "refunds/holders.html", context, status=status)


def _step(membership: Membership, holding: Holding, sent: SettleForm | None) -> dict[str, Any]:
    """An order with its form, where this member may settle it; what was written in vain stays."""
    may = holding.is_sellers and not holding.is_pending
    if not (may and membership.may(shortages.right_for(holding.is_charged))):
        return {"holding": holding, "form": None, "is_sent": False}
    form = SettleForm.of(holding)
    is_sent = sent is not None and sent.data.get("item") == str(holding.item.pk)
    if sent and is_sent and sent.errors.keys() - {NON_FIELD_ERRORS}:
        sent.auto_id = form.auto_id
        form = sent
    elif sent and is_sent:
        form.initial["memo"] = sent.data.get("memo", "")
    return {"holding": holding, "form": form, "is_sent": is_sent}
