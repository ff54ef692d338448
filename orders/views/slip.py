"""The packing slip of an order, or of one of its packages."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from inventory.models import Fulfilment
from orders import actions, personal_data_end, slips
from orders.bulk import printing
from orders.models import Order
from orders.states import OrderStatus


@requires(Right.VIEW)
@require_safe
def packing_slip(request: SellerRequest, number: str) -> HttpResponse:
    """All units not canceled, or with ?package=2 those in it. 404 with a sentence where none is due.

    Whoever fetches it and may ship leaves the mark that it was printed; nothing else about the order changes.
    """
    order, now = get_object_or_404(request.seller.orders, number=number), clock.now()
    if not actions.of(order, request.membership, now).print_slip:
        context = {"order": order, "task": _("Packing slip"), "reason": _why_not(order)}
        return render(request, "orders/refused.html", context, status=404)
    chosen = request.GET.get("package", "")
    if chosen:
        package = get_object_or_404(order.packages, number=_number(chosen))
        units = package.units.select_related("item").order_by("item_id")
        document = slips.pdf(order, [(unit.item, unit.quantity) for unit in units], package.number)
        name = f"packing-slip-{order.number}-{package.number}.pdf"
    else:
        document = slips.pdf(order, slips.kept(order))
        name = f"packing-slip-{order.number}.pdf"
    if request.method == "GET":
        printing.mark_printed(request.seller.orders.filter(pk=order.pk), request.membership, now)
    disposition = f'inline; filename="{name}"'
    return HttpResponse(
        document, content_type="application/pdf", headers={"Content-Disposition": disposition}
    )


def _number(text: str) -> int:
    """The package's number; 0, which no package has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _why_not(order: Order) -> str:
    """Why there is no packing slip, in a sentence."""
    if order.personal_data_deleted_at:
        return personal_data_end.sentence(order)
    if order.fulfilment == Fulfilment.AFN:
        return _("The marketplace packs and ships this order, so there is no packing slip to print.")
    if order.status == OrderStatus.CANCELED:
        return _("This order is canceled: nothing is to be packed.")
    return _("The buyer's payment is still being authorised: nothing is to be packed yet.")
