"""Correct how a confirmed package travels (O14)."""

from dataclasses import asdict, dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import calendars, clock
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from orders import changes, packages, parcel_remarks
from orders.forms import seen
from orders.forms.package import ParcelForm
from orders.models import Package
from orders.packages import Parcel
from orders.refusals import Refused


@requires(Right.SHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SellerRequest, number: str, package_number: int) -> HttpResponse:
    """The package's own page: its carrier, service, tracking number and ship date."""
    order = get_object_or_404(request.seller.orders, number=number)
    # Before the package: what happens in between is then told when the form comes back.
    mark = changes.mark(order)
    package = get_object_or_404(order.packages, number=package_number)
    now = clock.now()
    today = calendars.local_date(now, request.seller.marketplace.time_zone)
    data = request.POST if request.method == "POST" else None
    form = ParcelForm(data, initial=asdict(Parcel.of(package)), order=order, today=today)
    context = {"order": order, "package": package, "form": form, "mark": mark}
    if request.method == "POST" and form.is_valid():
        try:
            event = seen.event_of(request.POST)
            packages.edit(package, form.parcel(), actor=Actor.seller(request.user), now=now, seen=event)
        except changes.Changed as change:
            package.refresh_from_db()
            context |= {"change": change, "mark": changes.mark(order), "both": both(package, form)}
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Package %(number)d is saved.") % {"number": package.number})
            for remark in parcel_remarks.on_parcel(order, form.parcel()):
                messages.warning(request, remark.sentence)
            return redirect("orders:detail", number)
    units = package.units.select_related("item").order_by("item_id")
    context |= {"units": units, "zone": request.seller.marketplace.time_zone}
    status = 409 if "change" in context else 422 if form.errors else 200
    return render(request, "orders/package.html", context, status=status)


@dataclass(frozen=True)
class Difference:
    """A field of which there are two versions."""

    label: str
    now: str
    mine: str


def both(package: Package, form: ParcelForm) -> list[Difference]:
    """Where the package, as it is on record, says something else than the form."""
    recorded, mine = asdict(Parcel.of(package)), asdict(form.parcel())
    return [
        Difference(str(form.fields[name].label), str(value or "–"), str(mine[name] or "–"))
        for name, value in recorded.items()
        if value != mine[name]
    ]
