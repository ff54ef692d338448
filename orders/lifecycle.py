"""Authorise and cancel, with the one place where a status changes: `move` is the only writer of Order.status.

Each operation locks the order, checks the locked row, changes it, writes its history, and frees the stock.
Confirming a shipment calls the payment provider between two transactions and lives in `shipping.py`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.actors import Actor, ActorKind
from accounts.models import Seller
from inventory import stock
from inventory.models import Fulfilment
from orders import changes, charges, deadlines, history, phones
from orders.models import CancelRequest, Order, OrderItem
from orders.refusals import AlreadyCanceled, MoveRefused, Refused, Stale
from orders.states import MOVES, CanceledBy, CancelReason, EventKind, OrderStatus, RequestState

CANCELED_BY = {
    ActorKind.BUYER: CanceledBy.BUYER,
    ActorKind.SELLER: CanceledBy.SELLER,
    ActorKind.CHANNEL: CanceledBy.BUYER,
    ActorKind.MARKETPLACE: CanceledBy.MARKETPLACE,
    ActorKind.SYSTEM: CanceledBy.MARKETPLACE,
}


def move(
    orders: Sequence[Order],
    to: OrderStatus,
    kind: EventKind,
    *,
    actor: Actor,
    now: datetime,
    details: Mapping[str, Any] | None = None,
    memo: str = "",
    **changes: Any,
) -> None:
    """Change the status, and the fields that go with it, and write the history as one; all of them or none.

    The caller holds the rows. Raises MoveRefused when the table of moves has no such step (O1).
    """
    events = []
    for order in orders:
        if to not in MOVES[order.status]:
            raise MoveRefused.of(order.status, to)
        statuses = {"old_status": order.status, "new_status": to}
        events.append(history.event(order, kind, actor=actor, now=now, **statuses, **(details or {})))
        for field, value in {"status": to, **changes}.items():
            setattr(order, field, value)
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(status=to, **changes)
    history.tell_buyer(history.write(events), memo)


def authorise(order: Order, *, actor: Actor, now: datetime) -> Order:
    """The payment is authorised: the order becomes Unshipped, its ship-by date is fixed (O3, O8).

    The caller holds the row. Raises MoveRefused unless the order is Pending.
    """
    marketplace = order.seller.marketplace
    counted = deadlines.of(marketplace, [item.handling_days for item in order.items.all()], now)
    changes = {**counted.as_fields(), **phones.assigned(order, marketplace)}
    move(
        [order],
        OrderStatus.UNSHIPPED,
        EventKind.AUTHORISED,
        actor=actor,
        now=now,
        authorised_at=now,
        **changes,
    )
    return order


@transaction.atomic
def cancel(
    order: Order,
    *,
    reason: CancelReason,
    actor: Actor,
    now: datetime,
    memo: str = "",
    seen_event: int | None = None,
) -> Order:
    """Cancel an order that has not shipped (O11): units are freed, nothing was charged, the hold is voided.

    The buyer reads the memo on their page and in the mail about it. `seen_event` is the order's last event on the
    page that asks: raises Changed where units were canceled, or the buyer asked to cancel, after it.

    Raises MoveRefused when a shipment was confirmed, or is being confirmed, perhaps a moment ago; its kind
    AlreadyCanceled when there is nothing more to do; Refused when the order is not this actor's to cancel
    (O2, O21) or the buyer's time is over (O9).
    """
    order = Order.objects.lock(order.pk)
    check_may_cancel(order, actor=actor, now=now)
    changes.check(order, seen_event, changes.TO_CANCEL)
    cancel_locked([order], reason=reason, actor=actor, now=now, memo=memo)
    return order


def cancel_locked(
    orders: Sequence[Order], *, reason: CancelReason, actor: Actor, now: datetime, memo: str = ""
) -> None:
    """Cancel orders whose rows the caller holds, with the consequences of `cancel`, in a fixed number of queries."""
    if charges.capturing(orders):
        raise MoveRefused(_("A shipment of this order is being confirmed this very moment."))
    numbers = {order.pk: order.number for order in orders}
    items = list(OrderItem.objects.filter(order__in=orders))
    lines = [
        stock.Line(item.listing_id, item.units_open, numbers[item.order_id])
        for item in items
        if item.units_open
    ]
    _show_as_ordered(orders, items)
    asked = _close_requests(orders, reason, actor, now)
    for (is_defect, days), group in _alike(orders, asked, reason, actor).items():
        move(
            group,
            OrderStatus.CANCELED,
            EventKind.CANCELED,
            actor=actor,
            now=now,
            details={"reason": reason},
            memo=memo,
            canceled_at=now,
            canceled_by=CANCELED_BY[actor.kind],
            cancel_reason=reason,
            is_cancel_defect=is_defect,
            personal_data_expires_at=now + timedelta(days=days),
            **phones.RELEASED,
        )
    OrderItem.objects.filter(order__in=orders).update(units_canceled=F("quantity") - F("units_shipped"))
    _free(lines, reason, actor, now)
    charges.void(orders, now)


def _show_as_ordered(orders: Sequence[Order], items: Sequence[OrderItem]) -> None:
    """Set the totals of orders of which units were canceled before to what was ordered (O12, O13).

    So a canceled order shows the same total, whether its units were canceled one by one or at once.
    """
    ordered: Counter[int] = Counter()
    for item in items:
        ordered[item.order_id] += charges.ordered(item)
    changed = [order for order in orders if order.total != ordered[order.pk]]
    for order in changed:
        order.total = ordered[order.pk]
    Order.objects.bulk_update(changed, ["total"])


@transaction.atomic
def cancel_units(
    order: Order,
    units: Mapping[int, int],
    *,
    reason: CancelReason,
    actor: Actor,
    now: datetime,
    seen: Mapping[int, int] | None = None,
    memo: str = "",
    seen_event: int | None = None,
) -> Order:
    """Cancel single units before the first confirmation: {item pk: units} (O12).

    The total, and so the later charge, shrinks; canceling the last unit cancels the order. `seen` are the open
    units that the person looked at, so that the same form sent twice cancels once: raises Stale when they are
    others by now. Raises MoveRefused or Refused as `cancel` does, and Refused for more units than are open.
    """
    order = Order.objects.lock(order.pk)
    check_may_cancel(order, actor=actor, now=now)
    if charges.capturing([order]):
        raise MoveRefused(_("A shipment of this order is being confirmed this very moment."))
    changes.check(order, seen_event, changes.TO_CANCEL)
    items = list(order.items.all())
    if seen is not None and seen != {item.pk: item.units_open for item in items if item.units_open}:
        raise Stale
    chosen = _chosen(items, units)
    if sum(chosen.values()) == sum(item.units_open for item in items):
        cancel_locked([order], reason=reason, actor=actor, now=now, memo=memo)
        return order
    _take_off(order, items, chosen, reason=reason, actor=actor, now=now, memo=memo)
    return order


def _take_off(
    order: Order,
    items: Sequence[OrderItem],
    chosen: Mapping[OrderItem, int],
    *,
    reason: CancelReason,
    actor: Actor,
    now: datetime,
    memo: str,
) -> None:
    """Some units less, and a smaller total; the others are still to be shipped. The caller holds the order."""
    for item, count in chosen.items():
        item.units_canceled += count
    OrderItem.objects.bulk_update(chosen, ["units_canceled"])
    order.total = charges.total(items)
    order.save(update_fields=["total"])
    _free(
        [stock.Line(item.listing_id, count, order.number) for item, count in chosen.items()],
        reason,
        actor,
        now,
    )
    told = [{"sku": item.sku, "units": count, "item": item.number} for item, count in chosen.items()]
    event = history.event(order, EventKind.UNITS_CANCELED, actor=actor, now=now, units=told, reason=reason)
    history.tell_buyer(history.write([event]), memo)


def check_may_cancel(order: Order, *, actor: Actor, now: datetime) -> None:
    """Raise AlreadyCanceled, MoveRefused or Refused unless this actor may cancel this order at this moment."""
    if order.status == OrderStatus.CANCELED:
        raise AlreadyCanceled(_("This order is canceled."))
    if OrderStatus.CANCELED not in MOVES[order.status]:
        raise MoveRefused.of(order.status, OrderStatus.CANCELED)
    if actor.kind == ActorKind.BUYER and now > order.cancel_window_ends_at:
        raise Refused(_("The time to cancel by yourself is over. You can ask the seller to cancel."))
    if actor.kind == ActorKind.SELLER and order.fulfilment == Fulfilment.AFN:
        raise Refused(
            _("This order is fulfilled by the marketplace; only its customer service can cancel it.")
        )
    if actor.kind == ActorKind.SELLER and order.status == OrderStatus.PENDING:
        raise MoveRefused(
            _("The buyer's payment is still being authorised; nothing can be done with the order yet.")
        )


def _chosen(items: Sequence[OrderItem], units: Mapping[int, int]) -> dict[OrderItem, int]:
    """The order's own items with how many units of each; raises Refused for what does not fit."""
    own = {item.pk: item for item in items}
    if not units or set(units) - set(own):
        raise Refused(_("Choose units of this order's items."))
    chosen = {own[pk]: count for pk, count in units.items()}
    for item, count in chosen.items():
        if not 0 < count <= item.units_open:
            words = {"sku": item.sku, "count": count, "open": item.units_open}
            raise Refused(_("%(sku)s: %(count)d units cannot be canceled, %(open)d are open.") % words)
    return chosen


def _alike(
    orders: Sequence[Order], asked: set[int], reason: CancelReason, actor: Actor
) -> dict[tuple[bool, int], list[Order]]:
    """Return the orders by what they share: a defect or not, and the days that the buyer's data is kept (D1).

    Which of them count against the seller's cancellation rate; not what the buyer had asked for (O10).
    """
    sellers = Seller.objects.filter(pk__in={order.seller_id for order in orders})
    kept_days = dict(sellers.values_list("pk", "marketplace__personal_data_days"))
    groups: dict[tuple[bool, int], list[Order]] = {}
    for order in orders:
        granted = reason == CancelReason.BUYER_CANCELED and order.pk in asked
        is_defect = reason == CancelReason.NOT_CONFIRMED or (actor.kind == ActorKind.SELLER and not granted)
        groups.setdefault((is_defect, kept_days[order.seller_id]), []).append(order)
    return groups


def _close_requests(orders: Sequence[Order], reason: CancelReason, actor: Actor, now: datetime) -> set[int]:
    """Grant what the buyers asked for, or mark it overtaken; returns the orders that had asked."""
    granted = reason == CancelReason.BUYER_CANCELED
    found = CancelRequest.objects.filter(order__in=orders, state=RequestState.OPEN)
    asked = set(found.values_list("order_id", flat=True))
    state = RequestState.ACCEPTED if granted else RequestState.LAPSED
    found.update(state=state, decided_at=now, decided_by=actor.user)
    return asked


def _free(lines: Sequence[stock.Line], reason: CancelReason, actor: Actor, now: datetime) -> None:
    """Give the units back to the listings; not those that the seller says are not there (I5)."""
    restock = reason != CancelReason.NO_INVENTORY
    stock.release(lines, restock=restock, reason=reason, now=now, actor=actor)
