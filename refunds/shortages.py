"""Which orders cannot be met when there is less than they hold, and settling them one by one (I4, R6).

Who ordered first is served first: what is missing is missing to the newest orders.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Right
from inventory.models import Fulfilment, Listing
from orders import languages, lifecycle, supply
from orders.models import Order, OrderItem
from orders.refusals import MoveRefused, Refused
from orders.states import CancelReason, OrderStatus
from refunds import amounts, refunds
from refunds.asks import Ask
from refunds.states import RefundReason

MOST = 100
"""So many orders on one page; what is settled makes room for the next."""


@dataclass(frozen=True)
class Holding:
    """An order's item that holds units of the listing, and how many of them are not there."""

    item: OrderItem
    short: int

    @property
    def order(self) -> Order:
        return self.item.order

    @property
    def is_charged(self) -> bool:
        """Part of the order has shipped: the rest is paid for, and can only be refunded (O15, R6)."""
        return self.order.status == OrderStatus.PARTIALLY_SHIPPED

    @property
    def is_pending(self) -> bool:
        """Its payment is being authorised; nothing can be done with it yet (O2)."""
        return self.order.status == OrderStatus.PENDING

    @property
    def is_sellers(self) -> bool:
        """Not of the marketplace, which settles what it ships itself (O21)."""
        return self.order.fulfilment == Fulfilment.MFN


def missing(listing: Listing) -> int:
    """Units that orders hold and that are not there."""
    return max(listing.reserved - listing.on_hand, 0)


def unmet(listing: Listing) -> list[Holding]:
    """The orders that cannot be met, newest first, each with the units that it lacks; at most MOST of them."""
    newest = supply.holders(listing).reverse()[:MOST]
    return list(_shared_out(newest, missing(listing)))


def kept(listing: Listing) -> list[OrderItem]:
    """The orders that are met, oldest first, at most MOST of them; one that is met in part is among them."""
    found = []
    left = listing.on_hand
    for item in supply.holders(listing)[:MOST]:
        if left <= 0:
            break
        found.append(item)
        left -= item.units_held
    return found


def _shared_out(items: Iterable[OrderItem], missing: int) -> Iterable[Holding]:
    for item in items:
        short = min(item.units_held, missing)
        if not short:
            return
        missing -= short
        yield Holding(item, short)


def right_for(order: Order) -> Right:
    """The right that settling an order asks for: to refund once it is charged, to cancel before."""
    return Right.REFUND if order.status == OrderStatus.PARTIALLY_SHIPPED else Right.CANCEL


def words(holding: Holding) -> str:
    """What the buyer is told unless the seller writes something else, in the buyer's language."""
    with translation.override(languages.of_buyer(holding.order)):
        told = {"n": holding.short, "title": holding.item.title}
        sorry = _("We are sorry, this is no longer in stock: %(n)d × %(title)s.") % told
        if holding.is_charged:
            return sorry + " " + _("You are refunded what you paid for it, shipping and tax included.")
        return sorry + " " + _("We have canceled it, and you are not charged for it.")


@transaction.atomic
def settle(
    listing: Listing, item: OrderItem, *, units: int, memo: str, key: UUID, actor: Actor, now: datetime
) -> Order:
    """Tell the buyer and cancel, or refund where the order is charged, so many units that are not there (I4, R6).

    Raises MoveRefused while the payment is being authorised, Refused when so many are not missing any more, and
    whatever `lifecycle.cancel_units` or `refunds.request` raise. The same key refunds once.
    """
    order = Order.objects.lock(item.order_id)
    item = order.items.get(pk=item.pk)
    _check(order, item, units, listing)
    if order.status == OrderStatus.PARTIALLY_SHIPPED:
        _refund(order, item, units, memo, key, actor, now)
    else:
        reason = CancelReason.NO_INVENTORY
        order = lifecycle.cancel_units(
            order, {item.pk: units}, reason=reason, memo=memo, actor=actor, now=now
        )
    return order


def _check(order: Order, item: OrderItem, units: int, listing: Listing) -> None:
    """Judge the shortage under the listings' locks, so that two people at once do not settle it twice.

    All listings of the order are held, in the order that the operations take them.
    """
    if order.status == OrderStatus.PENDING:
        raise MoveRefused(
            _("The buyer's payment is still being authorised; nothing can be done with the order yet.")
        )
    held = Listing.objects.lock(set(order.items.values_list("listing_id", flat=True)))
    if not 0 < units <= min(missing(held[listing.pk]), item.units_held):
        raise Refused(_("So many units are not missing any more. Look at the orders again."))


def _refund(
    order: Order, item: OrderItem, units: int, memo: str, key: UUID, actor: Actor, now: datetime
) -> None:
    split = amounts.of_units(amounts.of_order(order)[item.pk], units)
    ask = Ask(item.pk, split.price, split.tax, split.shipping, split.shipping_tax, units)
    refunds.request(
        order,
        [ask],
        key=key,
        reason=RefundReason.NO_INVENTORY,
        memo=memo,
        unsupplied={item.pk: units},
        actor=actor,
        now=now,
    )
