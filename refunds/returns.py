"""Returns: asked for, authorised, received, refunded, closed, reopened; the only writer of a return (R4, R8).

Each step locks the order, checks the return as it is now, changes it and tells the order's history. Stock comes
back only where the seller says that the goods did.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from accounts.actors import Actor, ActorKind
from inventory import stock
from inventory.models import Fulfilment, MovementKind
from orders import history, personal_data_end
from orders.models import Order, OrderItem
from orders.refusals import Refused
from orders.states import EventKind
from refunds.models import Return, ReturnLine
from refunds.refusals import KeyReused, StateRefused
from refunds.states import (
    RETURN_MOVES,
    CloseReason,
    Condition,
    ReturnReason,
    ReturnState,
)


@dataclass(frozen=True)
class Received:
    """How the units of one item came: how many, in what condition, and how many of them go back to stock."""

    units: int
    condition: str
    restock: int = 0


@transaction.atomic
def ask(
    order: Order,
    units: Mapping[int, int],
    *,
    key: UUID,
    reason: str,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> Return:
    """Open a return of shipped units, {item pk: units}; a seller's own is authorised at once.

    The same key with the same units is the same return again. Raises KeyReused for other ones, and Refused for
    units that did not ship, or that another return holds.
    """
    order = Order.objects.lock(order.pk)
    if note.strip():
        personal_data_end.check_kept(order)
    if earlier := Return.objects.filter(key=key).first():
        return _same(earlier, order, units)
    if actor.kind != ActorKind.BUYER:
        check_may_handle(order, actor)
    if reason not in ReturnReason.values:
        raise Refused(_("Choose a reason."))
    _check_units(order, units)
    opened = Return.objects.create(
        seller_id=order.seller_id,
        order=order,
        rma=f"{order.number}-R{order.returns.count() + 1}",
        key=key,
        reason=reason,
        note=note.strip(),
        actor=actor.user,
        actor_kind=actor.kind,
        source=actor.source,
        requested_at=now,
    )
    ReturnLine.objects.bulk_create(
        ReturnLine(of_return=opened, item_id=pk, units=count) for pk, count in units.items()
    )
    _tell(order, opened, EventKind.RETURN_REQUESTED, actor, now)
    if actor.kind != ActorKind.BUYER:
        _move(order, opened, ReturnState.AUTHORISED, actor, now, authorised_at=now)
    return opened


@transaction.atomic
def authorise(return_: Return, *, actor: Actor, now: datetime) -> Return:
    """The buyer may send the goods. Raises StateRefused unless the return was only asked for."""
    order, return_ = _hold(return_, actor)
    return _move(order, return_, ReturnState.AUTHORISED, actor, now, authorised_at=now)


@transaction.atomic
def receive(
    return_: Return,
    received: Mapping[int, Received],
    *,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
) -> Return:
    """Receive one delivery: {item pk: how}. Goods may come in several; each adds to what came before (R4).

    What the seller says goes back to stock is on hand again (R8). A return that was refunded before stays Refunded.
    `seen` is how many units had come on the page that asks, so that the same form twice receives once.

    Raises:
        StateRefused: nothing is awaited, or something came since the page was made.
        Refused: more units than are awaited, or more back to stock than came.
    """
    order, return_ = _hold(return_, actor)
    lines = {line.item_id: line for line in return_.lines.select_related("item__listing")}
    if not return_.is_awaited:
        raise _refusal(return_, ReturnState.RECEIVED)
    if seen is not None and seen != units_received(lines.values()):
        raise StateRefused(_("Goods of this return were received since this page was made. Check what came."))
    _check_received(lines, received)
    for pk, how in received.items():
        lines[pk].condition = how.condition
        lines[pk].units_received += how.units
        lines[pk].units_restocked += how.restock
    ReturnLine.objects.bulk_update(lines.values(), ["condition", "units_received", "units_restocked"])
    _restock(order, {lines[pk]: how.restock for pk, how in received.items()}, actor, now)
    if ReturnState.RECEIVED in RETURN_MOVES[return_.state]:
        return _move(order, return_, ReturnState.RECEIVED, actor, now, received_at=now)
    return_.received_at = now
    return_.save(update_fields=["received_at"])
    _tell(order, return_, EventKind.RETURN_RECEIVED, actor, now)
    return return_


def units_received(lines: Iterable[ReturnLine]) -> int:
    """Return how many units have come so far."""
    return sum(line.units_received for line in lines)


def check_can_be_refunded(order: Order, return_: Return) -> None:
    """Raise Refused unless a refund of this order can name the return; the caller holds the order."""
    found = order.returns.filter(pk=return_.pk).first()
    if found is None:
        raise Refused(_("That return belongs to another order."))
    if found.state == ReturnState.CLOSED:
        raise StateRefused(_("Return %(rma)s is closed; reopen it first.") % {"rma": found.rma})


def mark_refunded(return_: Return, *, actor: Actor, now: datetime) -> None:
    """Money of a refund that names the return has moved; nothing changes where it was refunded or closed before.

    In the transaction that records the money, which holds the order.
    """
    return_ = Return.objects.select_related("order").get(pk=return_.pk)
    if ReturnState.REFUNDED in RETURN_MOVES[return_.state]:
        _move(return_.order, return_, ReturnState.REFUNDED, actor, now, refunded_at=now)


@transaction.atomic
def close(return_: Return, *, reason: str, actor: Actor, now: datetime) -> Return:
    """Nothing more is awaited of the return. Its buyer may only withdraw it, before the goods came.

    Raises StateRefused where that is so already, Refused for a reason that is not one.
    """
    if actor.kind == ActorKind.BUYER:
        reason = CloseReason.WITHDRAWN
    order, return_ = _hold(return_, actor, is_buyers_too=True)
    if reason not in CloseReason.values:
        raise Refused(_("Choose a reason."))
    if actor.kind == ActorKind.BUYER and (return_.received_at or return_.refunded_at):
        raise _refusal(return_, ReturnState.CLOSED)
    return _move(order, return_, ReturnState.CLOSED, actor, now, closed_at=now, close_reason=reason)


@transaction.atomic
def reopen(return_: Return, *, actor: Actor, now: datetime) -> Return:
    """A closed return goes on. Raises StateRefused unless it is closed, Refused if others hold its units by now."""
    order, return_ = _hold(return_, actor)
    if ReturnState.REOPENED not in RETURN_MOVES[return_.state]:
        raise _refusal(return_, ReturnState.REOPENED)
    _check_units(order, {line.item_id: line.units for line in return_.lines.all()}, without=return_)
    changes = {"reopened_at": now, "closed_at": None, "close_reason": ""}
    return _move(order, return_, ReturnState.REOPENED, actor, now, **changes)


def returnable(order: Order, *, without: Return | None = None) -> dict[int, int]:
    """{item pk: units} that shipped and that no open return holds and none has brought back."""
    lines = ReturnLine.objects.filter(of_return__order=order)
    if without:
        lines = lines.exclude(of_return=without)
    is_closed = Q(of_return__state=ReturnState.CLOSED)
    held = lines.exclude(is_closed).values_list("item").annotate(units=Sum("units"))
    back = lines.filter(is_closed).values_list("item").annotate(units=Sum("units_received"))
    gone: dict[int, int] = dict(held)
    for pk, units in back:
        gone[pk] = gone.get(pk, 0) + units
    return {item.pk: item.units_shipped - gone.get(item.pk, 0) for item in order.items.all()}


def check_may_handle(order: Order, actor: Actor) -> None:
    """Raise Refused unless this actor may decide about returns of this order (O21)."""
    if actor.kind == ActorKind.BUYER:
        raise Refused(_("Only the seller can do that with a return."))
    if actor.kind == ActorKind.SELLER and order.fulfilment == Fulfilment.AFN:
        raise Refused(
            _("This order is fulfilled by the marketplace; only its customer service handles its returns.")
        )


def _hold(return_: Return, actor: Actor, *, is_buyers_too: bool = False) -> tuple[Order, Return]:
    """The order's row, held, and the return as it is now."""
    order = Order.objects.lock(return_.order_id)
    if not (is_buyers_too and actor.kind == ActorKind.BUYER):
        check_may_handle(order, actor)
    return order, order.returns.get(pk=return_.pk)


def _same(earlier: Return, order: Order, units: Mapping[int, int]) -> Return:
    """What the key did before; raises KeyReused when that was something else."""
    lines = {line.item_id: line.units for line in earlier.lines.all()}
    if earlier.order_id != order.pk or lines != dict(units):
        raise KeyReused
    return earlier


def _check_units(order: Order, units: Mapping[int, int], *, without: Return | None = None) -> None:
    """Raise Refused for no units, other orders' items, or more than shipped and other returns leave."""
    free = returnable(order, without=without)
    if not units or set(units) - set(free):
        raise Refused(_("Choose units of this order's items."))
    skus = dict(OrderItem.objects.filter(pk__in=units).values_list("pk", "sku"))
    for pk, count in units.items():
        if not 0 < count <= free[pk]:
            words = {"sku": skus[pk], "count": count, "free": free[pk]}
            raise Refused(_("%(sku)s: %(count)d units cannot be returned, %(free)d are left.") % words)


def _check_received(lines: Mapping[int, ReturnLine], received: Mapping[int, Received]) -> None:
    if not received or set(received) - set(lines) or not any(how.units for how in received.values()):
        raise Refused(_("Say which units of this return came."))
    for pk, how in received.items():
        words = {"sku": lines[pk].item.sku, "count": how.units, "units": lines[pk].units_awaited}
        if not 0 <= how.units <= lines[pk].units_awaited:
            raise Refused(_("%(sku)s: %(count)d units came, %(units)d are still to come.") % words)
        if not 0 <= how.restock <= how.units:
            raise Refused(_("%(sku)s: no more units than came can go back to stock.") % words)
        if how.condition not in Condition.values:
            raise Refused(_("%(sku)s: say in what condition it came.") % words)


def _restock(order: Order, back: Mapping[ReturnLine, int], actor: Actor, now: datetime) -> None:
    """Put these units on hand again, listing after listing in the order of their keys."""
    for line in sorted(back, key=lambda line: line.item.listing_id):
        if back[line]:
            stock.add(
                line.item.listing,
                back[line],
                kind=MovementKind.RETURN,
                now=now,
                actor=actor,
                order_number=order.number,
            )


EVENTS = {
    ReturnState.AUTHORISED: EventKind.RETURN_AUTHORISED,
    ReturnState.RECEIVED: EventKind.RETURN_RECEIVED,
    ReturnState.REFUNDED: EventKind.RETURN_REFUNDED,
    ReturnState.CLOSED: EventKind.RETURN_CLOSED,
    ReturnState.REOPENED: EventKind.RETURN_REOPENED,
}


def _move(
    order: Order, return_: Return, to: ReturnState, actor: Actor, now: datetime, **changes: Any
) -> Return:
    """Change the state and write the history as one. Raises StateRefused for a step that is not in the table."""
    if to not in RETURN_MOVES[return_.state]:
        raise _refusal(return_, to)
    return_.state = to
    for field, value in changes.items():
        setattr(return_, field, value)
    return_.save(update_fields=["state", *changes])
    _tell(order, return_, EVENTS[to], actor, now)
    return return_


def _refusal(return_: Return, to: ReturnState) -> StateRefused:
    words = {"rma": return_.rma, "state": ReturnState(return_.state).label, "to": to.label}
    return StateRefused(_("Return %(rma)s is %(state)s and cannot become %(to)s.") % words)


def _tell(order: Order, return_: Return, kind: EventKind, actor: Actor, now: datetime) -> None:
    history.write([history.event(order, kind, actor=actor, now=now, rma=return_.rma)])
