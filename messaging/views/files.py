"""The files of messages, as downloads and nothing else: no browser is to show or run them (C5)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from access_log import record
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from messaging.models import Attachment
from orders.models import Order
from orders.views.buyer import behind_link


@requires(Right.VIEW)
@require_safe
def file(request: SellerRequest, pk: int) -> HttpResponse:
    """A file of one of the seller's own threads."""
    files = Attachment.objects.select_related("message__thread__order")
    found = get_object_or_404(files, pk=pk, message__seller=request.seller)
    record.detail(request, order_number=found.message.thread.order.number)
    return _download(found)


@behind_link
@require_safe
def buyers_file(_request: HttpRequest, order: Order, pk: int) -> HttpResponse:
    """A file of the order that the link opens."""
    return _download(get_object_or_404(Attachment, pk=pk, message__thread__order=order))


def _download(attachment: Attachment) -> HttpResponse:
    try:
        with attachment.file.open("rb") as kept:
            response = HttpResponse(kept.read(), content_type=attachment.content_type)
    except FileNotFoundError:
        raise Http404 from None
    disposition = content_disposition_header(as_attachment=True, filename=attachment.name)
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
