"""What a seller reads about the money of an order: held, charged, available, or not coming (O15, O16, P1)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from accounts import moments
from accounts.money import Money
from inventory.models import Fulfilment
from orders import standing
from orders.models import Order, OrderEvent
from orders.states import EventKind, OrderStatus
from payments import ledger
from payments.models import Dispute, DisputeStatus, Payment
from payments.states import PaymentState


@dataclass(frozen=True)
class Fact:
    """A name and its value, as components/facts.html shows them."""

    label: str
    value: str


@dataclass(frozen=True)
class Words:
    """The state in a word with its tone, a sentence that says what follows, and the facts."""

    state: str
    tone: str
    sentence: str
    facts: list[Fact] = field(default_factory=list)


def of(order: Order, zone: str, now: datetime) -> Words:
    """The payment line of the order; `order.payment` is read already."""
    if standing.is_overdue(order, now) and order.payment.state == PaymentState.AUTHORISED:
        sentence = _("The order is being canceled: the buyer is not charged and you are not paid.")
        return Words(_("Not charged"), "neutral", sentence)
    if _is_free(order):
        return _free(order)
    return WORDS[PaymentState(order.payment.state)](order, zone)


def refusal(events: Iterable[OrderEvent]) -> str:
    """Why the last charge was refused, as long as none went through since; empty otherwise (O15)."""
    charges = [event for event in events if event.kind in (EventKind.CAPTURE_REFUSED, EventKind.CHARGED)]
    last = max(charges, key=lambda event: event.pk, default=None)
    if last is None or last.kind == EventKind.CHARGED:
        return ""
    return _(last.details["why"])


def _is_free(order: Order) -> bool:
    """Whether the buyer pays nothing; of a canceled order nobody asks."""
    return order.total == 0 and order.status != OrderStatus.CANCELED


def _free(order: Order) -> Words:
    """Nothing is charged, refunded or settled, whatever happens to the goods (B7)."""
    if order.status == OrderStatus.PENDING:
        return Words(
            _("Free"), "neutral", _("The buyer pays nothing. The order is ready to ship in a moment.")
        )
    if order.payment.state == PaymentState.CAPTURED:
        sentence = _("The buyer paid nothing. There is nothing to settle, and nothing to refund.")
    else:
        sentence = _(
            "The buyer pays nothing. You can ship without a charge, and nothing is settled afterwards."
        )
    return Words(_("Free"), "good", sentence)


def _pending(order: Order, zone: str) -> Words:
    if order.status == OrderStatus.CANCELED:
        return _nothing_charged(order, zone)
    until = Fact(_("Authorised by"), moments.text(order.authorise_by, zone))
    sentence = _("The buyer's payment is being authorised; this usually takes minutes.")
    return Words(_("Being authorised"), "neutral", sentence, [until])


def _declined(order: Order, zone: str) -> Words:
    if order.status == OrderStatus.CANCELED:
        return _nothing_charged(order, zone)
    until = Fact(_("Canceled unless authorised by"), moments.text(order.authorise_by, zone))
    sentence = _("The buyer's payment was declined and is tried again.")
    return Words(_("Declined, tried again"), "warn", sentence, [until])


def _authorised(order: Order, zone: str) -> Words:
    if order.status == OrderStatus.CANCELED:
        return _nothing_charged(order, zone)
    if order.fulfilment == Fulfilment.AFN:
        sentence = _("The buyer is charged when the marketplace ships; the settlement period starts then.")
    else:
        sentence = _(
            "The buyer is charged when you confirm the first shipment, and the settlement period starts then. "
            "The money of an unshipped order is never coming."
        )
    return Words(_("Not charged yet"), "info", sentence, _held(order, zone))


def _capturing(order: Order, zone: str) -> Words:
    sentence = _(
        "The payment provider has not answered yet, so the charge is not certain. If it goes through, the shipment "
        "counts from the moment you confirmed it. If it is refused, nothing is confirmed and you are notified."
    )
    return Words(_("Being charged"), "warn", sentence, _held(order, zone))


def _captured(order: Order, zone: str) -> Words:
    payment = order.payment
    facts = [Fact(_("Charged"), str(Money(payment.captured_amount, payment.currency)))]
    if payment.charged_at and payment.available_on:
        facts.append(Fact(_("Charged on"), moments.text(payment.charged_at, zone)))
        facts.append(Fact(_("Available on"), f"{payment.available_on:%Y-%m-%d}"))
    facts += [Fact(label, str(Money(minor, payment.currency))) for label, minor in _booked(payment) if minor]
    facts += [_dispute(dispute) for dispute in payment.disputes.order_by("pk")]
    return Words(_("Charged"), "good", _("The settlement period started with the charge."), facts)


def _dispute(dispute: Dispute) -> Fact:
    words = {
        "amount": Money(dispute.amount, dispute.currency),
        "status": DisputeStatus(dispute.status).label,
    }
    return Fact(_("Disputed by the bank"), _("%(amount)s: %(status)s") % words)


def _booked(payment: Payment) -> list[tuple[str, int]]:
    """What became of the charge, by the ledger (P2)."""
    booked = ledger.balance(payment)
    return [
        (_("Refunded"), booked.refunds),
        (_("Fees"), booked.fees),
        (_("Paid out"), booked.paid_out),
        (_("Due to you"), booked.due),
    ]


def _nothing_charged(order: Order, zone: str) -> Words:
    sentence = _("The order was canceled before a shipment was confirmed: the buyer is not charged.")
    return Words(_("Never charged"), "neutral", sentence)


def _held(order: Order, zone: str) -> list[Fact]:
    facts = [Fact(_("To be charged"), str(Money(order.total, order.currency)))]
    if order.payment.authorised_at:
        facts.append(Fact(_("Authorised on"), moments.text(order.payment.authorised_at, zone)))
    if order.payment.capture_before:
        facts.append(Fact(_("Held until"), moments.text(order.payment.capture_before, zone)))
    return facts


WORDS: dict[PaymentState, Callable[[Order, str], Words]] = {
    PaymentState.PENDING: _pending,
    PaymentState.DECLINED: _declined,
    PaymentState.AUTHORISED: _authorised,
    PaymentState.CAPTURING: _capturing,
    PaymentState.CAPTURED: _captured,
    PaymentState.VOIDING: _nothing_charged,
    PaymentState.VOIDED: _nothing_charged,
}
