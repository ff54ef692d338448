"""The RMA slip: what the buyer puts into the parcel, as a PDF in their language (R4)."""

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from accounts import moments, paper
from orders import languages
from refunds.models import Return


def pdf(found: Return) -> bytes:
    """The slip: RMA, order, items, and where the parcel goes to."""
    order = found.order
    marketplace = order.seller.marketplace
    language = languages.of_buyer(order)
    with translation.override(language):
        page = render_to_string(
            "print/return_slip.html",
            {
                "return": found,
                "order": order,
                "seller": order.seller,
                "marketplace": marketplace,
                "paper": paper.size(marketplace.country),
                "language": language,
                "requested_on": moments.text(found.requested_at, marketplace.time_zone)[:10],
                "return_to": order.seller.ship_from.splitlines(),
                "lines": list(found.lines.select_related("item")),
                "code": paper.code(found.rma),
            },
        )
    return paper.pdf(page)


def response(found: Return) -> HttpResponse:
    """The slip as an answer; its name says whose it is."""
    disposition = f'inline; filename="return-slip-{found.rma}.pdf"'
    return HttpResponse(
        pdf(found), content_type="application/pdf", headers={"Content-Disposition": disposition}
    )
