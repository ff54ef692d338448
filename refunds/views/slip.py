"""The RMA slip, for the seller; the buyer's own is in `views.buyer`."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.models import Right
from accounts.rights import SellerRequest, requires
from refunds import records, slips


@requires(Right.VIEW)
@require_safe
def slip(request: SellerRequest, rma: str) -> HttpResponse:
    """While the goods are awaited; 404 before it is authorised and once nothing is."""
    found = get_object_or_404(request.seller.returns.select_related("order__seller__marketplace"), rma=rma)
    if not records.has_slip(found):
        raise Http404
    return slips.response(found)
