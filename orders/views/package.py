"""Correct how a confirmed package travels (O14)."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import calendars, clock
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from orders import packages
from orders.forms.package import ParcelForm
from orders.packages import Parcel
from orders.refusals import Refused


@requires(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SellerRequest, number: str, package_number: int) -> HttpResponse:
    """The package's own page: its carrier, service, tracking number and ship date."""
    order = get_object_or_404(request.seller.orders, number=number)
    package = get_object_or_404(order.packages, number=package_number)
    now = clock.now()
    today = calendars.local_date(now, request.seller.marketplace.time_zone)
    data = request.POST if request.method == "POST" else None
    form = ParcelForm(data, initial=asdict(Parcel.of(package)), order=order, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            packages.edit(package, form.parcel(), actor=Actor.seller(request.user), now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Package %(number)d is saved.") % {"number": package.number})
            return redirect("orders:detail", number)
    units = package.units.select_related("item").order_by("item_id")
    context = {"order": order, "package": package, "units": units, "form": form}
    return render(request, "orders/package.html", context, status=422 if form.errors else 200)
