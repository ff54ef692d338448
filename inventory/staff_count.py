"""Staff count the stock that the marketplace stores (A1, I4, O21)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.actors import Actor
from accounts.models import StaffPermission
from accounts.staff_pages import StaffPage, person, require
from inventory import stock, versions
from inventory.forms.listing import CountForm
from inventory.models import Fulfilment, Listing, MovementKind
from inventory.refusals import StaleListing

RECORD = "admin:inventory_listing_change"


@require_http_methods(["GET", "HEAD", "POST"])
def count(request: HttpRequest, page: StaffPage, pk: int) -> HttpResponse:
    """Record what was counted; 409 with both versions where the listing changed meanwhile."""
    require(request, StaffPermission.STOCK)
    listing = get_object_or_404(Listing.objects.select_related("seller__marketplace"), pk=pk)
    if listing.fulfilment != Fulfilment.AFN:
        return _page(
            request, page, listing, {"reason": _("The seller stores this listing and counts it.")}, 403
        )
    data = request.POST if request.method == "POST" else None
    form = CountForm(data, initial={"version": listing.version, "on_hand": listing.on_hand})
    shown = {"form": form, "version": form["version"].value()}
    if not form.is_valid():
        return _page(request, page, listing, shown, 422 if form.is_bound else 200)
    try:
        counted = stock.set_on_hand(
            listing,
            form.cleaned_data["on_hand"],
            seen_version=form.cleaned_data["version"],
            kind=MovementKind.COUNT,
            reason=form.cleaned_data["reason"],
            actor=Actor.staff(person(request)),
            now=clock.now(),
        )
    except StaleListing as stale:
        conflict = versions.conflict(stale, form, listing.seller.marketplace.time_zone)
        shown |= {"refusal": str(stale), "conflict": conflict, "version": stale.listing.version}
        return _page(request, page, stale.listing, shown, 409)
    return _counted(request, page, counted)


def _counted(request: HttpRequest, page: StaffPage, listing: Listing) -> HttpResponse:
    words = {"sku": listing.sku, "on_hand": listing.on_hand, "missing": listing.reserved - listing.on_hand}
    if listing.is_oversold:
        sentence = _("%(sku)s: %(on_hand)d counted. Orders hold %(missing)d more than there are.")
        page.message_user(request, sentence % words, messages.WARNING)
    else:
        page.message_user(request, _("%(sku)s: %(on_hand)d counted.") % words)
    return redirect(RECORD, listing.pk)


def _page(
    request: HttpRequest, page: StaffPage, listing: Listing, shown: dict[str, Any], status: int
) -> HttpResponse:
    context = {
        **page.admin_site.each_context(request),
        "title": _("Count stock"),
        "opts": Listing._meta,
        "record": listing.sku,
        "record_url": reverse(RECORD, args=[listing.pk]),
        "listing": listing,
        **shown,
    }
    return TemplateResponse(request, "admin/afn/count.html", context, status=status)
