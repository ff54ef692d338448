"""What somebody can be told of, who may be told, and the states of a notice on its way (N2, N4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Right


class Kind(models.TextChoices):
    """What a notice is about. A seller's member picks among CHOSEN; the others have no switch."""

    SOLD = "sold", _("Sold, ship now")
    CANCEL_REQUESTED = "cancel_requested", _("Buyer asks to cancel")
    CANCELED = "canceled", _("Order canceled")
    LATE = "late", _("Shipment is late")
    ABOUT_TO_BE_CANCELED = "about_to_be_canceled", _("About to be canceled")
    CHARGE_REFUSED = "charge_refused", _("Charge refused")
    MESSAGE = "message", _("Message from a buyer")
    REFUND = "refund", _("Refund done or failed")
    RETURN = "return", _("Return asked for")
    REPORT_READY = "report_ready", _("Report ready")
    LOW_STOCK = "low_stock", _("Low stock")
    OVERSOLD = "oversold", _("Oversold")
    HOLD = "hold", _("Payment hold ends")
    DISPUTE = "dispute", _("Dispute with a buyer's bank")
    DIGEST = "digest", _("Daily digest")
    TEST = "test", _("Test mail")
    CONFIRM_ADDRESS = "confirm_address", _("Confirm this address")
    BUYER_CANCELED = "buyer_canceled", _("To the buyer: order canceled")
    BUYER_UNITS_CANCELED = "buyer_units_canceled", _("To the buyer: units canceled")
    BUYER_REQUEST_DECLINED = "buyer_request_declined", _("To the buyer: request to cancel declined")
    BUYER_SHIPPED = "buyer_shipped", _("To the buyer: shipped")
    BUYER_REFUND = "buyer_refund", _("To the buyer: refund")
    BUYER_HOLD = "buyer_hold", _("To the buyer: hold on the card ends")
    BUYER_MESSAGE = "buyer_message", _("To the buyer: message")


K = Kind

RIGHTS: dict[str, Right] = {
    K.SOLD: Right.VIEW,
    K.CANCEL_REQUESTED: Right.VIEW,
    K.CANCELED: Right.VIEW,
    K.LATE: Right.VIEW,
    K.ABOUT_TO_BE_CANCELED: Right.VIEW,
    K.CHARGE_REFUSED: Right.VIEW,
    K.MESSAGE: Right.MESSAGE,
    K.REFUND: Right.VIEW,
    K.RETURN: Right.VIEW,
    K.REPORT_READY: Right.REPORT,
    K.LOW_STOCK: Right.VIEW,
    K.OVERSOLD: Right.VIEW,
    K.HOLD: Right.VIEW,
    K.DISPUTE: Right.VIEW,
}
"""What a member must be allowed to see before they are told of it."""

CHOSEN: list[str] = list(RIGHTS)
ON_BY_DEFAULT: list[str] = [kind for kind in CHOSEN if kind != K.REPORT_READY]
ASKED_FOR: list[str] = [K.TEST, K.CONFIRM_ADDRESS]
"""Mails between a member and their own mailboxes: nothing that their colleagues look at."""

TO_BUYER: list[str] = [kind for kind in Kind.values if kind.startswith("buyer_")]


class State(models.TextChoices):
    """Where a notice is on its way (N4)."""

    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    RETRY = "retry", _("To be tried again")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    BOUNCED = "bounced", _("Bounced")
    DROPPED = "dropped", _("Not sent")


S = State

MOVES: dict[str, set[str]] = {
    S.QUEUED: {S.SENDING},
    S.SENDING: {S.SENT, S.RETRY, S.FAILED, S.DROPPED},
    S.RETRY: {S.SENDING},
    S.SENT: {S.BOUNCED},
    S.FAILED: {S.QUEUED},
    S.BOUNCED: {S.QUEUED},
    S.DROPPED: set(),
}
WAITING: list[str] = [S.QUEUED, S.SENDING, S.RETRY]
MISSED: list[str] = [S.FAILED, S.BOUNCED]
"""What somebody should look at, and may send again."""


class Way(models.TextChoices):
    """How a member is told."""

    PORTAL = "portal", _("In the portal")
    MAIL = "mail", _("By mail")
