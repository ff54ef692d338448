"""On hand and price of one listing, edited in its row of the list (I2)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from inventory import listings, row_markup, versions
from inventory.forms.listing import FiguresForm
from inventory.models import Listing
from inventory.refusals import BelowReserved, Refused, StaleListing
from inventory.rows import Rows

LIST = "inventory:list"


@requires(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def figures(request: SellerRequest, pk: int) -> HttpResponse:
    """Save a row: to htmx the row, else back to the list; 409 with both versions where the page is stale."""
    listing = get_object_or_404(request.seller.listings, pk=pk)
    if request.method != "POST":
        return _row(request, listing) if _in_row(request, pk) else redirect("inventory:listing", pk)
    form = FiguresForm(request.POST, listing=listing)
    if not form.is_valid():
        return _asked_again(request, listing, form, _first_error(form))
    try:
        saved = listings.edit(listing, form.edit(), actor=Actor.seller(request.user), now=clock.now())
    except StaleListing as stale:
        return _both_versions(request, stale, form)
    except Refused as refusal:
        return _asked_again(request, listing, form, str(refusal), refusal)
    if _in_row(request, pk):
        return _row(request, saved, _("Saved."), "tone-good")
    messages.success(request, _("%(sku)s was saved.") % {"sku": saved.sku})
    return redirect(_back(request))


def _row(request: SellerRequest, listing: Listing, note: str = "", tone: str = "") -> HttpResponse:
    row = Rows(request.membership).row(listing, note, tone)
    return HttpResponse(row_markup.of([row], request, _back(request)))


def _asked_again(
    request: SellerRequest, listing: Listing, form: FiguresForm, problem: str, refusal: Refused | None = None
) -> HttpResponse:
    """The row with what was typed, and why it was not saved."""
    below = refusal if isinstance(refusal, BelowReserved) else None
    hidden = {"version": form["version"].value(), **{f"seen_{name}": form.seen[name] for name in form.edited}}
    context = {"form": form, "listing": listing, "problem": problem, "below": below, "hidden": hidden}
    return _answer(request, context, 422)


def _both_versions(request: SellerRequest, stale: StaleListing, form: FiguresForm) -> HttpResponse:
    """What was seen, what was typed and what is there now, and a form to decide (I2)."""
    zone = request.seller.marketplace.time_zone
    context = {
        "form": form,
        "listing": stale.listing,
        "problem": str(stale),
        "conflict": versions.conflict(stale, form, zone),
        "hidden": versions.hidden(stale.listing, form),
    }
    return _answer(request, context, 409)


def _answer(request: SellerRequest, context: dict[str, Any], status: int) -> HttpResponse:
    in_row = _in_row(request, context["listing"].pk)
    context |= {"back": _back(request), "in_row": in_row}
    page = "inventory/figures.html"
    return render(request, f"{page}#row" if in_row else page, context, status=status)


def _in_row(request: SellerRequest, pk: int) -> bool:
    """Whether htmx asks for the row of the list."""
    return request.htmx.target == f"row-{pk}"


def _first_error(form: FiguresForm) -> str:
    """The first thing that is wrong, with the name of its field."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}: {errors[0]}" if label else str(errors[0])


def _back(request: SellerRequest) -> str:
    """The list as it was, if the form says so; never a page elsewhere, and no character that an address escapes."""
    asked = request.POST.get("back") or request.GET.get("back") or ""
    is_ours = asked.startswith("/inventory/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return iri_to_uri(asked) if is_ours else str(redirect(LIST).url)
