"""Edit all of one listing, count its stock, close and reopen it (I2, I4)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from inventory import listings, stock, versions
from inventory.forms.listing import CountForm, EditForm
from inventory.models import Fulfilment, Listing, MovementKind
from inventory.refusals import BelowReserved, MarketplaceCounts, Refused, StaleListing

PAGE = "inventory:listing"
HOLDERS = "refunds:holders"


@requires(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SellerRequest, pk: int) -> HttpResponse:
    """Save the form of the listing's page; 409 with both versions where that page is stale (I2)."""
    listing = get_object_or_404(request.seller.listings, pk=pk)
    form = EditForm(request.POST if request.method == "POST" else None, listing=listing)
    if not form.is_bound:
        return _form(request, listing, form, {"hidden": versions.hidden(listing, form)})
    if not form.is_valid():
        return _form(request, listing, form, {"hidden": _kept(form)}, 422)
    try:
        saved = listings.edit(listing, form.edit(), actor=Actor.seller(request.user), now=clock.now())
    except StaleListing as stale:
        conflict = versions.conflict(stale, form, request.seller.marketplace.time_zone)
        shown = {"problem": str(stale), "conflict": conflict, "hidden": versions.hidden(stale.listing, form)}
        return _form(request, stale.listing, form, shown, 409)
    except Refused as refusal:
        below = refusal if isinstance(refusal, BelowReserved) else None
        shown = {"problem": str(refusal), "below": below, "hidden": _kept(form)}
        return _form(request, listing, form, shown, 422)
    messages.success(request, _("%(sku)s was saved.") % {"sku": saved.sku})
    return redirect(PAGE, pk)


def _kept(form: EditForm) -> dict[str, Any]:
    """What the form itself says was seen."""
    return {"version": form["version"].value(), **{f"seen_{name}": form.seen[name] for name in form.edited}}


def _form(
    request: SellerRequest, listing: Listing, form: EditForm, shown: dict[str, Any], status: int = 200
) -> HttpResponse:
    return render(request, "inventory/edit.html", {"listing": listing, "form": form, **shown}, status=status)


@requires(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def count(request: SellerRequest, pk: int) -> HttpResponse:
    """Record what was counted. Where orders hold more, it leads to them (I4); 409 where more has moved since."""
    listing = get_object_or_404(request.seller.listings, pk=pk)
    if listing.fulfilment == Fulfilment.AFN:
        messages.error(request, str(MarketplaceCounts(listing)))
        return redirect(PAGE, pk)
    asked = request.GET.get("on_hand", "")
    initial = {"version": listing.version, "on_hand": asked if asked.isdecimal() else listing.on_hand}
    form = CountForm(request.POST if request.method == "POST" else None, initial=initial)
    shown: dict[str, Any] = {"version": form["version"].value()}
    if not form.is_valid():
        return _count_form(request, listing, form, shown, 422 if form.is_bound else 200)
    try:
        counted = _count(request, listing, form)
    except StaleListing as stale:
        conflict = versions.conflict(stale, form, request.seller.marketplace.time_zone)
        shown = {"problem": str(stale), "conflict": conflict, "version": stale.listing.version}
        return _count_form(request, stale.listing, form, shown, 409)
    return _counted(request, counted)


def _count(request: SellerRequest, listing: Listing, form: CountForm) -> Listing:
    return stock.set_on_hand(
        listing,
        form.cleaned_data["on_hand"],
        seen_version=form.cleaned_data["version"],
        kind=MovementKind.COUNT,
        reason=form.cleaned_data["reason"],
        actor=Actor.seller(request.user),
        now=clock.now(),
    )


def _count_form(
    request: SellerRequest, listing: Listing, form: CountForm, shown: dict[str, Any], status: int
) -> HttpResponse:
    return render(request, "inventory/count.html", {"listing": listing, "form": form, **shown}, status=status)


def _counted(request: SellerRequest, listing: Listing) -> HttpResponse:
    words = {"sku": listing.sku, "on_hand": listing.on_hand, "missing": listing.reserved - listing.on_hand}
    if listing.is_oversold:
        sentence = _("%(sku)s: %(on_hand)d counted. Orders hold %(missing)d more than there are.")
        messages.warning(request, sentence % words)
        return redirect(HOLDERS, listing.pk)
    messages.success(request, _("%(sku)s: %(on_hand)d counted.") % words)
    return redirect(PAGE, listing.pk)


@requires(Right.SHIP)
@require_POST
def close(request: SellerRequest, pk: int) -> HttpResponse:
    """Take no new orders; sent twice it says so."""
    listing = get_object_or_404(request.seller.listings, pk=pk)
    try:
        listings.close(listing, actor=Actor.seller(request.user), now=clock.now())
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("%(sku)s is closed: it takes no new orders.") % {"sku": listing.sku})
    return redirect(PAGE, pk)


@requires(Right.SHIP)
@require_POST
def reopen(request: SellerRequest, pk: int) -> HttpResponse:
    """Take orders again; sent twice it says so."""
    listing = get_object_or_404(request.seller.listings, pk=pk)
    try:
        listings.reopen(listing, actor=Actor.seller(request.user), now=clock.now())
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("%(sku)s is open: it takes orders again.") % {"sku": listing.sku})
    return redirect(PAGE, pk)
