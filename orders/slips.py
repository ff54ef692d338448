"""The packing slip: what the buyer finds in the parcel, as a PDF without prices."""

from collections.abc import Iterable, Sequence

from django.template.loader import render_to_string
from django.utils import translation

from accounts import moments, paper
from orders import addresses, extra_facts, languages
from orders.models import Order, OrderItem

Line = tuple[OrderItem, int]


def pdf(order: Order, lines: Sequence[Line], package_number: int | None = None) -> bytes:
    """The slip of these units, in the buyer's language, on the paper of the seller's country."""
    return paper.pdf(_page(order, lines, package_number))


def pdf_of_many(slips: Iterable[tuple[Order, Sequence[Line]]]) -> bytes:
    """One document of many slips, each with its own pages and in its own buyer's language."""
    return paper.pdf_of_many(_page(order, lines) for order, lines in slips)


def kept(order: Order) -> list[Line]:
    """The items with the units that the buyer has or will get; none that were canceled or given up."""
    units = [(item, item.units_shipped + item.units_open) for item in order.items.all()]
    return [(item, count) for item, count in units if count]


def _page(order: Order, lines: Sequence[Line], package_number: int | None = None) -> str:
    marketplace = order.seller.marketplace
    language = languages.of_buyer(order)
    with translation.override(language):
        return render_to_string(
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
                "facts": extra_facts.for_packing(order),
                "lines": [(item, units, extra_facts.of_item(order, item)) for item, units in lines],
                "units": sum(units for _item, units in lines),
                "code": paper.code(order.number),
            },
        )
