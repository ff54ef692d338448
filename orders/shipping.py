"""Confirm shipment: the first confirmation charges the buyer for the whole order, once (O14, O15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from orders import changes, lifecycle, packages, provider_calls, standing
from orders.models import Order
from orders.packages import Contents, Parcel
from orders.refusals import BeingConfirmed, CaptureRefused, MoveRefused, Refused
from orders.states import EventKind, OrderStatus
from payments import calls
from payments.models import Payment, ProviderCall
from payments.states import Operation, PaymentState


@dataclass(frozen=True)
class Confirmation:
    """What became of a confirmation; `is_waiting` while the payment provider has not answered yet."""

    order: Order
    is_waiting: bool


def confirm_shipment(
    order: Order,
    parcels: Sequence[tuple[Parcel, Contents]],
    *,
    key: UUID,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
    asked_at: datetime | None = None,
) -> Confirmation:
    """Confirm packages of an order; `key` comes from the form, so that the same form twice is one shipment.

    `seen` is the order's last event on the page that asks: raises Changed where units were shipped or canceled, or the
    buyer asked to cancel, after it. `asked_at` is the moment of the click where a worker comes later: it counts (O14).
    Raises MoveRefused or Refused when that cannot be, perhaps for what happened a moment ago, and CaptureRefused when
    the provider would not charge the buyer: then nothing is confirmed.
    """
    with transaction.atomic(durable=True):
        order = Order.objects.lock(order.pk)
        call = None
        if not order.packages.filter(request_key=key).exists():
            changes.check(order, seen, changes.TO_SHIP)
            packages.check(order, parcels, actor=actor, now=asked_at or now)
            call = _begin(order, parcels, key=key, actor=actor, now=now, asked_at=asked_at or now)
    if call:
        call = provider_calls.finish(call, actor=actor, now=now)
    order.refresh_from_db()
    mine = order.packages.filter(request_key=key)
    if not mine.exists():
        raise CaptureRefused(_refusal(call))
    return Confirmation(order, is_waiting=mine.filter(confirmed_at=None).exists())


@transaction.atomic
def complete(order: Order, *, actor: Actor, now: datetime, seen: int | None = None) -> Order:
    """Confirm that nothing more of an order ships, since the rest was refunded: it is Shipped, no longer late (O17).

    Nothing is charged and no stock moves. An order that is Shipped already stays as it is.

    Raises:
        MoveRefused: nothing has shipped.
        Refused: units are still to be shipped, or the order isn't this actor's to ship (O21).
        Changed: units were shipped or given up after the event that the page showed.
    """
    order = Order.objects.lock(order.pk)
    packages.check_may_ship(order, actor)
    if order.status == OrderStatus.SHIPPED:
        return order
    if order.status != OrderStatus.PARTIALLY_SHIPPED:
        raise MoveRefused.of(order.status, OrderStatus.SHIPPED)
    changes.check(order, seen, changes.TO_SHIP)
    if standing.units_owed(order.items.all()):
        raise Refused(_("Units of this order are still to be shipped: ship them, or refund them first."))
    fields = packages.shipped_at(order, now) | {"is_shipped_late": standing.is_late(order, now)}
    lifecycle.move([order], OrderStatus.SHIPPED, EventKind.ORDER_COMPLETED, actor=actor, now=now, **fields)
    return order


def _begin(
    order: Order,
    parcels: Sequence[tuple[Parcel, Contents]],
    *,
    key: UUID,
    actor: Actor,
    now: datetime,
    asked_at: datetime,
) -> ProviderCall | None:
    """Put the packages on record; confirm them at once where the buyer was charged before."""
    payment = Payment.objects.get(order=order)
    if payment.state == PaymentState.CAPTURING:
        raise BeingConfirmed
    recorded = packages.record(order, parcels, key=key, actor=actor, now=asked_at)
    if payment.state == PaymentState.CAPTURED:
        packages.confirm(order, recorded, now=now)
        return None
    return calls.request(payment, Operation.CAPTURE, order.total, now=now)


def _refusal(call: ProviderCall | None) -> str:
    """The provider's reason in a sentence."""
    sentence = _("The buyer could not be charged, so nothing was confirmed: %(why)s")
    return sentence % {"why": _(call.error) if call and call.error else _("the payment provider refused.")}
