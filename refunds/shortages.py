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
from refunds.models import Refund
from refunds.refusals import Changed
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
        return is_charged(self.order)

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
        left -= item.units_open
    return found


def _shared_out(items: Iterable[OrderItem], missing: int) -> Iterable[Holding]:
    for item in items:
        short = min(item.units_open, missing)
        if not short:
            return
        missing -= short
        yield Holding(item, short)


def is_charged(order: Order) -> bool:
    """Part of the order has shipped: the rest is paid for, and can only be refunded (O15, R6)."""
    return order.status == OrderStatus.PARTIALLY_SHIPPED


def right_for(is_charged: bool) -> Right:
    """The right that settling an order asks for: to refund once it is charged, to cancel before."""
    return Right.REFUND if is_charged else Right.CANCEL


def words(holding: Holding) -> str:
    """What the buyer is told unless the seller writes something else, in the buyer's language."""
    with translation.override(languages.of_buyer(holding.order)):
        told = {"n": holding.short, "title": holding.item.title}
        sorry = _("We are sorry, this is no longer in stock: %(n)d × %(title)s.") % told
        if holding.is_charged:
            return sorry + " " + _("You are refunded what you paid for it, shipping and tax included.")
        return sorry + " " + _("We have canceled it, and you are not charged for it.")


@dataclass(frozen=True)
class Step:
    """One order's missing units as the page offered them: what was held, and whether the buyer had paid."""

    units: int
    held: int
    is_charged: bool
    memo: str
    key: UUID


@transaction.atomic
def settle(listing: Listing, item: OrderItem, step: Step, *, actor: Actor, now: datetime) -> Order:
    """Tell the buyer and cancel, or refund where the order is charged, units that are not there (I4, R6).

    The same key refunds once. Raises Changed where another step is due by now than the page offered, MoveRefused
    while the payment is being authorised, Refused when so many are not missing any more, and whatever
    `lifecycle.cancel_units` or `refunds.request` raise.
    """
    order = Order.objects.lock(item.order_id)
    if Refund.objects.filter(key=step.key).exists():
        return order
    item = order.items.select_related("refunds").get(pk=item.pk)
    _check(order, item, step, listing)
    if step.is_charged:
        _refund(order, item, step, actor, now)
        return order
    reason, units = CancelReason.NO_INVENTORY, {item.pk: step.units}
    return lifecycle.cancel_units(order, units, reason=reason, memo=step.memo, actor=actor, now=now)


def _check(order: Order, item: OrderItem, step: Step, listing: Listing) -> None:
    """Judge the shortage under the listings' locks, so that two people at once do not settle it twice.

    All listings of the order are held, in the order that the operations take them.
    """
    if order.status == OrderStatus.PENDING:
        raise MoveRefused(
            _("The buyer's payment is still being authorised; nothing can be done with the order yet.")
        )
    if is_charged(order) != step.is_charged or item.units_open != step.held:
        raise Changed
    held = Listing.objects.lock(set(order.items.values_list("listing_id", flat=True)))
    if not 0 < step.units <= min(missing(held[listing.pk]), item.units_open):
        raise Refused(_("So many units are not missing any more. Look at the orders again."))


def _refund(order: Order, item: OrderItem, step: Step, actor: Actor, now: datetime) -> None:
    """What the units cost goes back; where all of it went back before, the listing only lets them go."""
    of_item, units = amounts.of_item(item), {item.pk: step.units}
    split = amounts.of_units(of_item, step.units)
    if not split.total:
        reason = RefundReason.NO_INVENTORY
        supply.let_go(order, units, reason=reason, restock=False, memo=step.memo, actor=actor, now=now)
        return
    paid_back = min(step.units, of_item.units_left)
    ask = Ask(item.pk, split.price, split.tax, split.shipping, split.shipping_tax, paid_back)
    refunds.request(
        order,
        [ask],
        key=step.key,
        reason=RefundReason.NO_INVENTORY,
        memo=step.memo,
        unsupplied=units,
        actor=actor,
        now=now,
    )
