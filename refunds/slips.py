"""The RMA slip: what the buyer puts into the parcel, as a PDF in their language (R4)."""

import segno
import weasyprint
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from accounts import moments
from orders import languages, slips
from refunds.models import Return


def pdf(found: Return) -> bytes:
    """The slip: RMA, order, items, and where the parcel goes to."""
    order = found.order
    marketplace = order.seller.marketplace
    language = languages.of_buyer(order)
    with translation.override(language):
        page = render_to_string(
            "refunds/rma_slip.html",
            {
                "return": found,
                "order": order,
                "seller": order.seller,
                "marketplace": marketplace,
                "paper": "letter" if marketplace.country in slips.LETTER else "A4",
                "language": language,
                "requested_on": moments.text(found.requested_at, marketplace.time_zone)[:10],
                "return_to": order.seller.ship_from.splitlines(),
                "lines": list(found.lines.select_related("item")),
                "code": segno.make(found.rma, error="m", micro=False).svg_data_uri(scale=4, border=0),
            },
        )
    document: bytes = weasyprint.HTML(string=page, url_fetcher=slips.fetcher()).write_pdf()
    return document


def response(found: Return) -> HttpResponse:
    """The slip as an answer; its name says whose it is."""
    disposition = f'inline; filename="return-slip-{found.rma}.pdf"'
    return HttpResponse(
        pdf(found), content_type="application/pdf", headers={"Content-Disposition": disposition}
    )
