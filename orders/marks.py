"""What a shipment leaves on its order for the performance rates: confirmed late, without a tracking number.

Both are kept on the order, so that the rates are sums of kept counts (`models/day.py`), not a look at every package.
"""

from collections.abc import Iterable, Mapping, Sequence

from inventory.models import Fulfilment
from orders import tracking
from orders.models import Order, Package


def of_shipment(order: Order, packages: Sequence[Package], *, is_whole: bool) -> dict[str, bool]:
    """The order's marks once these packages are confirmed; the moment of asking counts, not the typed date (O14)."""
    is_sellers, due = order.fulfilment == Fulfilment.MFN, order.ship_by
    return {
        "is_shipped_late": is_whole and is_sellers and due is not None and packages[0].requested_at > due,
        "is_untraced": order.is_untraced or _is_untraced(packages),
    }


def trace_again(order: Order) -> None:
    """Judge the order's tracking numbers anew, after one was corrected. The caller holds the order."""
    put(order, {"is_untraced": _is_untraced(order.packages.filter(confirmed_at__isnull=False))})


def put(order: Order, marked: Mapping[str, bool]) -> None:
    """Save those marks that changed. The caller holds the order."""
    changed = {name: mark for name, mark in marked.items() if getattr(order, name) != mark}
    for name, mark in changed.items():
        setattr(order, name, mark)
    if changed:
        order.save(update_fields=list(changed))


def _is_untraced(packages: Iterable[Package]) -> bool:
    return not all(tracking.is_plausible(each.carrier, each.tracking_number) for each in packages)
