"""Who holds a listing's units, and letting go of those that cannot be supplied (I4, R6)."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from inventory import stock
from inventory.models import Listing
from orders import history
from orders.models import Order, OrderItem
from orders.refusals import Refused
from orders.states import EventKind, OrderStatus


def items_of(listing: Listing) -> QuerySet[OrderItem]:
    """The items of this listing, with their orders, whether they still hold units or not."""
    return OrderItem.objects.filter(listing=listing).select_related("order__channel")


def holders(listing: Listing) -> QuerySet[OrderItem]:
    """The items that hold units of the listing, with their orders; whoever ordered first comes first."""
    # As `OrderItem.units_open` counts; the index "item_holds_units" is over the same words.
    gone = F("units_shipped") + F("units_canceled") + F("units_unsupplied")
    return items_of(listing).filter(quantity__gt=gone).order_by("order__placed_at", "order_id")


def let_go(
    order: Order,
    units: Mapping[int, int],
    *,
    reason: str,
    restock: bool,
    actor: Actor,
    now: datetime,
    memo: str = "",
) -> None:
    """Give up units of a charged order, {item pk: units}: they won't ship, and their listings release them.

    They can be sold again with `restock`; without it the seller says that they aren't there (I5). The order's status
    stays as it is (O1). Runs in the transaction that refunds the units, which holds the order; a memo to the buyer
    goes with the refund, or here.

    Raises:
        Refused: the order isn't partially shipped, or fewer units are still to be shipped. Before the first
            shipment units are canceled, and nothing was charged.
    """
    items = {item.pk: item for item in order.items.filter(pk__in=units)}
    if order.status != OrderStatus.PARTIALLY_SHIPPED or set(units) - set(items):
        raise Refused(_("Only units of a partially shipped order are refunded before they ship."))
    for pk, count in units.items():
        if not 0 < count <= items[pk].units_open:
            words = {"sku": items[pk].sku, "count": count, "open": items[pk].units_open}
            raise Refused(_("%(sku)s: %(count)d units asked for, %(open)d are still to be shipped.") % words)
        items[pk].units_unsupplied += count
    OrderItem.objects.bulk_update(items.values(), ["units_unsupplied"])
    lines = [stock.Line(items[pk].listing_id, count, order.number) for pk, count in units.items()]
    stock.release(lines, restock=restock, reason=reason, now=now, actor=actor)
    told = [{"sku": items[pk].sku, "units": count} for pk, count in units.items()]
    event = history.event(order, EventKind.UNITS_UNSUPPLIED, actor=actor, now=now, units=told)
    history.tell_buyer(history.write([event]), memo)
