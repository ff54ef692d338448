"""Ask for a refund, take it back, try it again: the buyer's money on its way back, at most what was charged (R1–R3).

Each operation locks the order, checks what stands there now, changes it and writes its history. The money moves
afterwards: `sweeps.send_due` makes a provider call of what is due, `provider_calls.finish` writes the answer down.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import digests
from accounts.actors import Actor, ActorKind, Source
from accounts.nudge import nudge
from inventory.models import Fulfilment
from orders import changes, history, personal_data_end, supply
from orders.models import Order, OrderEvent
from orders.models.memo import LONGEST
from orders.refusals import Refused
from orders.states import EventKind, OrderStatus
from refunds import amounts, asks, books, returns
from refunds.asks import Ask
from refunds.asks import given_up as units_given_up
from refunds.models import Refund, RefundLine, Return
from refunds.refusals import KeyReused, NothingCharged, Stale, StateRefused
from refunds.states import OUT_OF_STOCK, REFUND_MOVES, UNSUPPLIED_REASONS, RefundReason, RefundState

__all__ = ["Ask", "request", "retry", "take_back"]

CHARGED = (OrderStatus.PARTIALLY_SHIPPED, OrderStatus.SHIPPED)
BY_HAND = (Source.PAGE, Source.ADMIN)


@dataclass(frozen=True)
class Form:
    """What is asked for. All but `unsupplied` makes a refund the same one again."""

    order: Order
    asks: Sequence[Ask]
    reason: str
    memo: str
    note: str
    is_less_shipping: bool
    return_: Return | None
    unsupplied: Mapping[int, int] | None

    @property
    def fingerprint(self) -> str:
        """A digest of the content, the same for the same content in whatever order its items stand."""
        told = [
            self.order.number,
            sorted([str(value) for value in astuple(ask)] for ask in self.asks),
            [self.reason, self.memo, self.note, self.is_less_shipping],
            self.return_.pk if self.return_ else None,
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def request(
    order: Order,
    asks: Sequence[Ask],
    *,
    key: UUID,
    reason: str,
    memo: str = "",
    note: str = "",
    is_less_shipping: bool = False,
    return_: Return | None = None,
    unsupplied: Mapping[int, int] | None = None,
    seen: int | None = None,
    seen_event: int | None = None,
    grace: timedelta | None = None,
    actor: Actor,
    now: datetime,
) -> Refund:
    """Ask for a refund of some items; it counts as refunded from now on and is sent when its grace is over.

    The same key with the same content is the same refund again. `seen` is what was refunded so far on the page
    that asks, `seen_event` the order's last event there. Whole units that have not shipped won't: `unsupplied`
    {item pk: units} says how many, and where it is not given those come first. They are given up in the same
    transaction, and such a refund is sent at once (R6); without `grace` another one made by hand waits
    `settings.REFUND_GRACE_MINUTES`.

    Raises:
        NothingCharged: no shipment is confirmed (R1).
        AmountRefused: it cannot be refunded, or units would be refunded and still ship (R3, I4).
        Stale, Changed: the order was shipped, canceled or refunded since that page was made.
        KeyReused: the key did something else before.
        Refused: the order is not this actor's to refund (O21).
    """
    texts = memo.strip(), note.strip()
    form = Form(order, asks, reason, *texts, is_less_shipping, return_, unsupplied)
    with transaction.atomic():
        order = Order.objects.lock(order.pk)
        if earlier := _earlier(key, form):
            return earlier
        if form.unsupplied is None:
            form = replace(form, unsupplied=units_given_up(order, asks, is_returned=return_ is not None))
        changes.check(order, seen_event, changes.TO_REFUND)
        _check(order, form, seen, actor)
        return _ask(order, form, key, _grace(form, grace, actor), actor, now)


@transaction.atomic
def take_back(refund: Refund, *, actor: Actor, now: datetime) -> Refund:
    """The refund is not sent after all; its amounts can be refunded again.

    Raises StateRefused once its time is over, whether or not the job has sent it yet, and Refused for an order
    that is not this actor's to refund.
    """
    order = Order.objects.lock(refund.order_id)
    refund = _read(order, refund)
    check_may_refund(order, actor)
    if RefundState.TAKEN_BACK not in REFUND_MOVES[refund.state] or now >= refund.due_at:
        raise StateRefused(_("This refund can no longer be taken back: it is on its way to the buyer."))
    books.give_back(refund.lines.all())
    refund.state, refund.finished_at = RefundState.TAKEN_BACK, now
    refund.save(update_fields=["state", "finished_at"])
    history.write([event(order, refund, EventKind.REFUND_TAKEN_BACK, actor=actor, now=now)])
    return refund


@transaction.atomic
def retry(refund: Refund, *, actor: Actor, now: datetime) -> Refund:
    """A refund that the provider refused is asked for again, at once and with the same amounts.

    Raises StateRefused unless it has failed, and AmountRefused where its amounts were refunded otherwise since.
    """
    order = Order.objects.lock(refund.order_id)
    refund = _read(order, refund)
    check_may_refund(order, actor)
    if RefundState.REQUESTED not in REFUND_MOVES[refund.state]:
        raise StateRefused(_("Only a refund that has failed can be tried again."))
    parts = books.parts_of(refund.lines.all())
    asks.check_left(order, parts)
    books.take(parts)
    refund.state, refund.due_at, refund.error = RefundState.REQUESTED, now, ""
    refund.call = refund.sent_at = refund.finished_at = None
    refund.save(update_fields=["state", "due_at", "error", "call", "sent_at", "finished_at"])
    history.write([event(order, refund, EventKind.REFUND_REQUESTED, actor=actor, now=now)])
    nudge("refunds.tasks.send_due")
    return refund


def check_may_refund(order: Order, actor: Actor) -> None:
    """Raise NothingCharged or Refused unless this actor may refund something of this order (R1, O21)."""
    if actor.kind == ActorKind.SELLER and order.fulfilment == Fulfilment.AFN:
        raise Refused(
            _("This order is fulfilled by the marketplace; only its customer service can refund it.")
        )
    if order.status == OrderStatus.CANCELED:
        raise NothingCharged(_("This order was canceled and the buyer was never charged."))
    if order.status not in CHARGED:
        raise NothingCharged(
            _("No shipment is confirmed, so the buyer was not charged: cancel the order instead.")
        )
    if not order.total:
        raise NothingCharged(_("This order was free. The buyer paid nothing, so there is nothing to refund."))


def event(
    order: Order, refund: Refund, kind: EventKind, *, actor: Actor, now: datetime, **details: Any
) -> OrderEvent:
    """What happened to a refund, as the order's history tells it; not yet saved."""
    details |= {"refund": refund.pk, "amount": refund.amount, "currency": refund.currency}
    return history.event(order, kind, actor=actor, now=now, reason=refund.reason, **details)


def _read(order: Order, refund: Refund) -> Refund:
    """The refund as it is now; the caller holds its order."""
    return order.refunds.select_related("actor").get(pk=refund.pk)


def _earlier(key: UUID, form: Form) -> Refund | None:
    """What this key did before, if it did. Raises KeyReused when that was something else."""
    earlier = Refund.objects.filter(key=key).first()
    if earlier and not digests.is_same(form.fingerprint, earlier.fingerprint):
        raise KeyReused
    return earlier


def _check(order: Order, form: Form, seen: int | None, actor: Actor) -> None:
    """All but the amounts: whose order it is, the words, what the person looked at, the return it names."""
    check_may_refund(order, actor)
    if form.memo or form.note:
        personal_data_end.check_kept(order)
    if form.reason not in RefundReason.values:
        raise Refused(_("Choose a reason."))
    if max(len(form.memo), len(form.note)) > LONGEST:
        raise Refused(_("A memo or note has at most %(most)d characters.") % {"most": LONGEST})
    if form.unsupplied and form.reason in UNSUPPLIED_REASONS and not form.memo:
        raise Refused(_("Tell the buyer in the memo why these units cannot be supplied."))
    if seen is not None and seen != amounts.refunded(order):
        raise Stale
    if form.return_:
        returns.check_can_be_refunded(order, form.return_)


def _grace(form: Form, grace: timedelta | None, actor: Actor) -> timedelta:
    """How long the refund can be taken back; not at all where units were given up with it (R6)."""
    if form.unsupplied:
        return timedelta(0)
    if grace is not None:
        return grace
    return timedelta(minutes=settings.REFUND_GRACE_MINUTES if actor.source in BY_HAND else 0)


def _ask(order: Order, form: Form, key: UUID, grace: timedelta, actor: Actor, now: datetime) -> Refund:
    """Take the amounts and put the refund on record. Raises AmountRefused; the caller holds the order."""
    unsupplied = form.unsupplied or {}
    parts = asks.parts(order, form.asks, is_less_shipping=form.is_less_shipping, unsupplied=unsupplied)
    books.open_for(item for item in order.items.all() if item.pk in parts)
    books.take(parts)
    refund = Refund(
        seller_id=order.seller_id,
        order=order,
        number=order.refunds.count() + 1,
        key=key,
        fingerprint=digests.keyed(form.fingerprint),
        reason=form.reason,
        memo=form.memo,
        note=form.note,
        currency=order.currency,
        amount=sum(split.total for split, _units in parts.values()),
        is_less_shipping=form.is_less_shipping,
        of_return=form.return_,
        actor=actor.user,
        actor_kind=actor.kind,
        source=actor.source,
        requested_at=now,
        due_at=now + grace,
    )
    _save(refund, parts, unsupplied)
    if unsupplied:
        restock = form.reason not in OUT_OF_STOCK
        supply.let_go(order, unsupplied, reason=form.reason, restock=restock, actor=actor, now=now)
    history.write([event(order, refund, EventKind.REFUND_REQUESTED, actor=actor, now=now)])
    if not grace:
        nudge("refunds.tasks.send_due")
    return refund


def _save(refund: Refund, parts: Mapping[int, books.Parts], unsupplied: Mapping[int, int]) -> None:
    """The refund with its lines. Raises KeyReused where another order's refund took the key a moment ago."""
    try:
        with transaction.atomic():
            refund.save(force_insert=True)
    except IntegrityError as error:
        if "refund_key_once" in str(error):
            raise KeyReused from None
        raise
    RefundLine.objects.bulk_create(
        RefundLine(
            refund=refund,
            item_id=pk,
            units=units,
            units_unsupplied=unsupplied.get(pk, 0),
            price=split.price,
            tax=split.tax,
            shipping=split.shipping,
            shipping_tax=split.shipping_tax,
        )
        for pk, (split, units) in parts.items()
    )
