"""The packing slip: what the buyer finds in the parcel, as a PDF without prices."""

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils import translation

from accounts import moments, paper
from orders import addresses, languages
from orders.models import Order, OrderItem

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
                "paper": paper.size(marketplace.country),
                "language": language,
                "ship_to": addresses.lines(order),
                "placed_on": f"{order.placed_on:%Y-%m-%d}",
                "ship_by": moments.text(order.ship_by, marketplace.time_zone) if order.ship_by else "",
                "package_number": package_number,
                "lines": lines,
                "units": sum(units for _item, units in lines),
                "code": paper.code(order.number),
            },
        )
    return paper.pdf(page)
