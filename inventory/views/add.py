"""Add a listing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from inventory import listings
from inventory.forms.listing import AddForm
from inventory.refusals import MarketplaceCounts, SkuTaken


@requires(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SellerRequest) -> HttpResponse:
    """A new listing with its opening stock; a SKU that is taken is said at its field."""
    form = AddForm(request.POST if request.method == "POST" else None, seller=request.seller)
    if form.is_valid():
        try:
            added = listings.add(
                request.seller,
                form.draft(),
                on_hand=form.cleaned_data["on_hand"],
                actor=Actor.seller(request.user),
                now=clock.now(),
            )
        except SkuTaken as refusal:
            form.add_error("sku", str(refusal))
        except MarketplaceCounts as refusal:
            form.add_error("on_hand", str(refusal))
        else:
            messages.success(request, _("%(sku)s was added.") % {"sku": added.sku})
            return redirect("inventory:listing", added.pk)
    return render(request, "inventory/add.html", {"form": form}, status=422 if form.errors else 200)
