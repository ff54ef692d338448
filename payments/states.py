"""The states of a payment and of a call to its provider, and the moves between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaymentState(models.TextChoices):
    """How far an order's money has come; nothing is taken from the buyer before `captured` (O15)."""

    PENDING = "pending", _("Being authorised")
    AUTHORISED = "authorised", _("Authorised")
    DECLINED = "declined", _("Declined")
    CAPTURING = "capturing", _("Being charged")
    CAPTURED = "captured", _("Charged")
    VOIDING = "voiding", _("Being released")
    VOIDED = "voided", _("Released")


class Operation(models.TextChoices):
    """What can be asked of a provider."""

    AUTHORISE = "authorise", _("Authorise")
    CAPTURE = "capture", _("Charge")
    VOID = "void", _("Release")
    REFUND = "refund", _("Refund")
    RENEW = "renew", _("Renew the hold")
    RELEASE = "release", _("Release a replaced hold")


class CallState(models.TextChoices):
    """A call is open until the provider gave a final answer."""

    REQUESTED = "requested", _("Requested")
    SENT = "sent", _("Sent, answer awaited")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


P = PaymentState
OPEN = (CallState.REQUESTED, CallState.SENT)
BESIDE = (Operation.REFUND, Operation.RENEW, Operation.RELEASE)
"""What may be under way while something else is asked: none of them moves the payment's state."""
PROVIDERS = ("sandbox", "stripe")

MOVES: dict[str, set[str]] = {
    P.PENDING: {P.AUTHORISED, P.DECLINED, P.VOIDED},
    P.DECLINED: {P.PENDING, P.VOIDED},
    P.AUTHORISED: {P.CAPTURING, P.VOIDING},
    P.CAPTURING: {P.CAPTURED, P.AUTHORISED},
    P.VOIDING: {P.VOIDED, P.AUTHORISED},
    P.CAPTURED: set(),
    P.VOIDED: set(),
}

# Where the payment must stand for a request, and where it stands while the call is open and when answered.
ASKED_FROM = {
    Operation.AUTHORISE: {P.PENDING, P.DECLINED},
    Operation.CAPTURE: {P.AUTHORISED},
    Operation.VOID: {P.AUTHORISED},
    Operation.REFUND: {P.CAPTURED},
    Operation.RENEW: {P.AUTHORISED},
    Operation.RELEASE: set(),  # holds.release() alone asks for it
}
WHILE_OPEN = {
    Operation.AUTHORISE: P.PENDING,
    Operation.CAPTURE: P.CAPTURING,
    Operation.VOID: P.VOIDING,
    Operation.REFUND: P.CAPTURED,
}
WHEN_DONE = {
    Operation.AUTHORISE: P.AUTHORISED,
    Operation.CAPTURE: P.CAPTURED,
    Operation.VOID: P.VOIDED,
    Operation.REFUND: P.CAPTURED,
}
WHEN_REFUSED = {
    Operation.AUTHORISE: P.DECLINED,
    Operation.CAPTURE: P.AUTHORISED,
    Operation.VOID: P.AUTHORISED,
    Operation.REFUND: P.CAPTURED,
}
