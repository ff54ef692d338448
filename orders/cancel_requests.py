"""A buyer asks to cancel after the window; the seller accepts or declines (O10)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, ActorKind
from inventory.models import Fulfilment
from orders import history, lifecycle
from orders.models import CancelRequest, Order
from orders.refusals import MoveRefused, Refused
from orders.states import MOVES, CancelReason, EventKind, OrderStatus, RequestState


@transaction.atomic
def ask(order: Order, *, note: str, actor: Actor, now: datetime) -> CancelRequest:
    """There is one open request of the order; asking again finds it. Raises MoveRefused once shipped or canceled."""
    order = Order.objects.lock(order.pk)
    if OrderStatus.CANCELED not in MOVES[order.status]:
        raise MoveRefused.of(order.status, OrderStatus.CANCELED)
    request, created = CancelRequest.objects.get_or_create(
        order=order,
        state=RequestState.OPEN,
        defaults={"seller_id": order.seller_id, "note": note, "requested_at": now},
    )
    if created:
        history.write([history.event(order, EventKind.CANCEL_REQUESTED, actor=actor, now=now)])
    return request


@transaction.atomic
def accept(order: Order, *, actor: Actor, now: datetime) -> Order:
    """Cancel as the buyer asked; it does not count against the cancellation rate.

    Raises Refused when nothing is asked for any more, and as `lifecycle.cancel` does.
    """
    _open(order, actor)
    return lifecycle.cancel(order, reason=CancelReason.BUYER_CANCELED, actor=actor, now=now)


@transaction.atomic
def decline(order: Order, *, actor: Actor, now: datetime) -> CancelRequest:
    """The order goes on. Raises Refused when nothing is asked for any more."""
    request = _open(order, actor)
    request.state, request.decided_at, request.decided_by = RequestState.DECLINED, now, actor.user
    request.save(update_fields=["state", "decided_at", "decided_by"])
    history.write([history.event(request.order, EventKind.REQUEST_DECLINED, actor=actor, now=now)])
    return request


def _open(order: Order, actor: Actor) -> CancelRequest:
    """Hold the order and return its open request."""
    order = Order.objects.lock(order.pk)
    if actor.kind == ActorKind.SELLER and order.fulfilment == Fulfilment.AFN:
        raise Refused(
            _("This order is fulfilled by the marketplace, whose customer service answers the buyer.")
        )
    request = CancelRequest.objects.filter(order=order, state=RequestState.OPEN).first()
    if request is None:
        raise Refused(_("There is no open request to cancel this order."))
    request.order = order
    return request
