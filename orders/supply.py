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
from orders.states import CancelReason, EventKind, OrderStatus


def items_of(listing: Listing) -> QuerySet[OrderItem]:
    """The items of this listing, with their orders, whether they still hold units or not."""
    return OrderItem.objects.filter(listing=listing).select_related("order__channel")


def holders(listing: Listing) -> QuerySet[OrderItem]:
    """The items that hold units of the listing, with their orders; whoever ordered first comes first."""
    gone = F("units_shipped") + F("units_canceled") + F("units_unsupplied")
    return items_of(listing).filter(quantity__gt=gone).order_by("order__placed_at", "order_id")


def let_go(order: Order, units: Mapping[int, int], *, actor: Actor, now: datetime, memo: str = "") -> None:
    """The listings no longer hold these units of a charged order, {item pk: units}; the order stays as it is.

    In the transaction that refunds them, which holds the order; a memo to the buyer goes with the refund, or here.
    Raises Refused unless the order is partially shipped and holds so many: before the first shipment units are
    canceled, and then nothing was charged.
    """
    items = {item.pk: item for item in order.items.filter(pk__in=units)}
    if order.status != OrderStatus.PARTIALLY_SHIPPED or set(units) - set(items):
        raise Refused(_("Only units of a partially shipped order are refunded before they ship."))
    for pk, count in units.items():
        if not 0 < count <= items[pk].units_held:
            words = {"sku": items[pk].sku, "count": count, "held": items[pk].units_held}
            raise Refused(_("%(sku)s: %(count)d units asked for, the order holds %(held)d.") % words)
        items[pk].units_unsupplied += count
    OrderItem.objects.bulk_update(items.values(), ["units_unsupplied"])
    lines = [stock.Line(items[pk].listing_id, count, order.number) for pk, count in units.items()]
    stock.release(lines, restock=False, reason=CancelReason.NO_INVENTORY, now=now, actor=actor)
    told = [{"sku": items[pk].sku, "units": count} for pk, count in units.items()]
    event = history.event(order, EventKind.UNITS_UNSUPPLIED, actor=actor, now=now, units=told)
    history.tell_buyer(history.write([event]), memo)
