"""The packing slip: what the buyer finds in the parcel, as a PDF without prices."""

from collections.abc import Sequence

import segno
import weasyprint
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint.urls import URLFetcher

from accounts import moments
from orders import addresses, languages
from orders.models import Order, OrderItem

LETTER = ("US", "CA", "MX", "CL", "CO", "VE", "PH", "PR", "GT", "CR")
Line = tuple[OrderItem, int]


def pdf(order: Order, lines: Sequence[Line], package_number: int | None = None) -> bytes:
    """The slip of these units, in the buyer's language, on the paper of the seller's country."""
    marketplace = order.seller.marketplace
    language = languages.of_buyer(order)
    with translation.override(language):
        page = render_to_string(
            "print/packing_slip.html",
            {
                "order": order,
                "seller": order.seller,
                "marketplace": marketplace,
                "paper": "letter" if marketplace.country in LETTER else "A4",
                "language": language,
                "ship_to": addresses.lines(order),
                "placed_on": f"{order.placed_on:%Y-%m-%d}",
                "ship_by": moments.text(order.ship_by, marketplace.time_zone) if order.ship_by else "",
                "package_number": package_number,
                "lines": lines,
                "units": sum(units for _item, units in lines),
                "code": _code(order.number),
            },
        )
    document: bytes = weasyprint.HTML(string=page, url_fetcher=fetcher()).write_pdf()
    return document


def fetcher() -> URLFetcher:
    """The document holds all that it shows: no file of this machine, no address can be drawn into it (D11)."""
    return URLFetcher(allowed_protocols=("data",))


def _code(text: str) -> str:
    """A QR code as a data: address, for whoever scans the slip at the packing table."""
    uri: str = segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=0)
    return uri
