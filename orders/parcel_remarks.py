"""What there is to say about a parcel's tracking number, with the seller's other orders in view; none of it refuses."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from orders import tracking
from orders.lists import search
from orders.models import Order, Package
from orders.models.package import BARE
from orders.packages import Parcel
from orders.tracking import Oddity, Verdict


def on_parcel(order: Order, parcel: Parcel) -> list[Verdict]:
    """Return what is odd about a parcel of the order: its number, or that another order has the number."""
    number = parcel.tracking_number
    verdict = tracking.judge(parcel.carrier, number)
    found = [verdict] if verdict.oddity else []
    if number.strip():
        others = orders_with(order.seller_id, [number], [order.pk]).get(search.bare(number), {})
        found += on_use(number, others.values())
    return found


def on_use(number: str, others: Iterable[str]) -> list[Verdict]:
    """Return the remark on a number that other orders have; orders that travel together share one."""
    other = next(iter(others), "")
    if not other:
        return []
    sentence = _(
        "Order %(order)s has the tracking number %(number)s, too. That is fine if they share a package."
    )
    return [Verdict(Oddity.USED, sentence % {"order": other, "number": number})]


def orders_with(
    seller_id: int, numbers: Iterable[str], besides: Collection[int] = ()
) -> dict[str, dict[int, str]]:
    """Return {bare tracking number: {order pk: order number}} of confirmed packages, in one query."""
    # A form that is shown again may hold what no column can.
    bare = {search.bare(number) for number in numbers if "\0" not in number} - {""}
    found: dict[str, dict[int, str]] = {}
    if not bare:
        return found
    packages = Package.objects.filter(seller=seller_id, confirmed_at__isnull=False).alias(bare=BARE)
    rows = packages.filter(bare__in=bare).exclude(order__in=besides).order_by("-pk")
    for number, pk, order in rows.values_list("tracking_number", "order_id", "order__number")[:1_000]:
        found.setdefault(search.bare(number), {})[pk] = order
    return found
