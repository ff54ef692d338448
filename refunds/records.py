"""The refunds and returns of an order as its pages tell of them: every cell a ready text."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts import moments
from accounts.actors import ActorKind
from accounts.moments import Countdown
from accounts.money import Money
from orders.models import Order
from refunds.models import Refund, RefundLine, Return
from refunds.states import LIVE, RETURN_OPEN, RefundState, ReturnState

REFUND_TONES = {
    RefundState.REQUESTED: "info",
    RefundState.SENT: "accent",
    RefundState.DONE: "good",
    RefundState.FAILED: "bad",
    RefundState.TAKEN_BACK: "neutral",
}
RETURN_TONES = {
    ReturnState.REQUESTED: "warn",
    ReturnState.AUTHORISED: "info",
    ReturnState.RECEIVED: "accent",
    ReturnState.REFUNDED: "good",
    ReturnState.CLOSED: "neutral",
    ReturnState.REOPENED: "warn",
}
SOON = timedelta(minutes=5)


@dataclass(frozen=True)
class RefundRecord:
    """One refund; `grace` is the time in which it can still be taken back."""

    number: int
    amount: str
    state: str
    tone: str
    reason: str
    who: str
    requested_at: datetime
    finished_at: datetime | None
    units: str
    memo: str
    note: str
    rma: str
    error: str
    reference: str
    is_less_shipping: bool
    is_done: bool
    is_void: bool
    is_sent: bool
    can_retry: bool
    grace: Countdown | None


@dataclass(frozen=True)
class ReturnRecord:
    """One return and what may come next."""

    rma: str
    state: str
    tone: str
    reason: str
    requested_at: datetime
    units: list[str] = field(default_factory=list)
    is_open: bool = True
    has_slip: bool = False
    can_withdraw: bool = False


def refunds(order: Order, now: datetime) -> list[RefundRecord]:
    """Newest first; two queries."""
    found = order.refunds.select_related("actor", "of_return", "call").prefetch_related("lines__item")
    return [_refund(each, now) for each in found.order_by("-number")]


def so_far(order: Order) -> str:
    """How much of the order is refunded, done or on its way, in a sentence."""
    words = {
        "refunded": Money(sum(each.amount for each in order.refunds.filter(state__in=LIVE)), order.currency),
        "charged": Money(order.total, order.currency),
    }
    return _("%(refunded)s of %(charged)s") % words


def returns(order: Order) -> list[ReturnRecord]:
    """Newest first; two queries."""
    return [return_record(each) for each in order.returns.prefetch_related("lines__item").order_by("-pk")]


def return_record(return_: Return) -> ReturnRecord:
    """A return as the order's page, and the buyer's, tells of it."""
    state = ReturnState(return_.state)
    return ReturnRecord(
        rma=return_.rma,
        state=str(state.label),
        tone=RETURN_TONES[state],
        reason=return_.get_reason_display(),
        requested_at=return_.requested_at,
        units=[f"{line.units} × {line.item.title}" for line in return_.lines.all()],
        is_open=return_.state != ReturnState.CLOSED,
        has_slip=has_slip(return_),
        can_withdraw=return_.state in RETURN_OPEN and not return_.received_at and not return_.refunded_at,
    )


def has_slip(return_: Return) -> bool:
    """Whether goods are awaited, so that a slip belongs into their parcel."""
    return return_.is_awaited


def open_returns(order: Order) -> list[Return]:
    """Those that a refund can name (R4)."""
    return list(order.returns.filter(state__in=RETURN_OPEN).prefetch_related("lines").order_by("pk"))


def _refund(refund: Refund, now: datetime) -> RefundRecord:
    state = RefundState(refund.state)
    is_waiting = state == RefundState.REQUESTED and now < refund.due_at
    return RefundRecord(
        number=refund.number,
        amount=str(Money(refund.amount, refund.currency)),
        state=_("Being sent") if state == RefundState.REQUESTED and not is_waiting else str(state.label),
        tone=REFUND_TONES[state],
        reason=refund.get_reason_display(),
        who=str(refund.actor) if refund.actor else str(ActorKind(refund.actor_kind).label),
        requested_at=refund.requested_at,
        finished_at=refund.finished_at,
        units=_units(refund),
        memo=refund.memo,
        # A note of the marketplace's staff is for their team, not for the seller's.
        note="" if refund.actor_kind == ActorKind.MARKETPLACE else refund.note,
        rma=refund.of_return.rma if refund.of_return else "",
        error=_(refund.error) if refund.error else "",
        reference=refund.call.reference if refund.call else "",
        is_less_shipping=refund.is_less_shipping,
        is_done=state == RefundState.DONE,
        is_void=state not in LIVE,
        is_sent=state == RefundState.SENT,
        can_retry=state == RefundState.FAILED,
        grace=moments.countdown(refund.due_at, now, SOON) if is_waiting else None,
    )


def _units(refund: Refund) -> str:
    """Of which items: whole units with their number, parts of a price without."""
    return ", ".join(_line_units(line) for line in refund.lines.all())


def _line_units(line: RefundLine) -> str:
    told = f"{line.units} × {line.item.sku}" if line.units else line.item.sku
    if not line.units_unsupplied:
        return told
    return _("%(units)s (%(n)d won't ship)") % {"units": told, "n": line.units_unsupplied}
