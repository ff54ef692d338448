"""The statuses of an order, the allowed moves between them, and the words around a cancellation (O1, O11)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderStatus(models.TextChoices):
    """Where an order stands (O1)."""

    PENDING = "pending", _("Pending")
    UNSHIPPED = "unshipped", _("Unshipped")
    PARTIALLY_SHIPPED = "partially_shipped", _("Partially shipped")
    SHIPPED = "shipped", _("Shipped")
    CANCELED = "canceled", _("Canceled")


S = OrderStatus

MOVES: dict[str, set[str]] = {
    S.PENDING: {S.UNSHIPPED, S.CANCELED},
    S.UNSHIPPED: {S.PARTIALLY_SHIPPED, S.SHIPPED, S.CANCELED},
    S.PARTIALLY_SHIPPED: {S.SHIPPED},
    S.SHIPPED: set(),
    S.CANCELED: set(),
}


class Tab(models.TextChoices):
    """The four lists of Manage Orders (O1)."""

    PENDING = "pending", _("Pending")
    UNSHIPPED = "unshipped", _("Unshipped")
    SHIPPED = "shipped", _("Shipped")
    CANCELED = "canceled", _("Canceled")


TAB_STATUSES: dict[str, list[str]] = {
    Tab.PENDING: [S.PENDING],
    Tab.UNSHIPPED: [S.UNSHIPPED, S.PARTIALLY_SHIPPED],
    Tab.SHIPPED: [S.SHIPPED],
    Tab.CANCELED: [S.CANCELED],
}
OPEN = [S.UNSHIPPED, S.PARTIALLY_SHIPPED]


class CanceledBy(models.TextChoices):
    """Who canceled (O13)."""

    BUYER = "buyer", _("Buyer")
    SELLER = "seller", _("Seller")
    MARKETPLACE = "marketplace", _("Marketplace")


class CancelReason(models.TextChoices):
    """Why an order or some of its units were canceled."""

    NO_INVENTORY = "no_inventory", _("No inventory")
    BUYER_CANCELED = "buyer_canceled", _("Buyer canceled")
    GENERAL_ADJUSTMENT = "general_adjustment", _("General adjustment")
    PRICING_ERROR = "pricing_error", _("Pricing error")
    ADDRESS_UNDELIVERABLE = "address_undeliverable", _("Ship-to address undeliverable")
    CUSTOMER_EXCHANGE = "customer_exchange", _("Customer exchange")
    PAYMENT_NOT_AUTHORISED = "payment_not_authorised", _("Payment not authorised")
    NOT_CONFIRMED = "not_confirmed", _("Shipment not confirmed in time")


SELLER_REASONS = [
    CancelReason.NO_INVENTORY,
    CancelReason.BUYER_CANCELED,
    CancelReason.GENERAL_ADJUSTMENT,
    CancelReason.PRICING_ERROR,
    CancelReason.ADDRESS_UNDELIVERABLE,
    CancelReason.CUSTOMER_EXCHANGE,
]


class RequestState(models.TextChoices):
    """What became of a buyer's request to cancel (O10)."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Lapsed")


class EventKind(models.TextChoices):
    """What can happen to an order; `sentences.py` makes each a sentence."""

    PLACED = "placed", _("Placed")
    AUTHORISED = "authorised", _("Payment authorised")
    DECLINED = "declined", _("Payment declined")
    WINDOW_CLOSED = "window_closed", _("Buyer-cancel window closed")
    CANCEL_REQUESTED = "cancel_requested", _("Cancellation asked for")
    REQUEST_DECLINED = "request_declined", _("Cancellation request declined")
    UNITS_CANCELED = "units_canceled", _("Units canceled")
    CANCELED = "canceled", _("Canceled")
    SHIPMENT_CONFIRMED = "shipment_confirmed", _("Shipment confirmed")
    CHARGED = "charged", _("Buyer charged")
    CAPTURE_REFUSED = "capture_refused", _("Charge refused")
    PACKAGE_EDITED = "package_edited", _("Package edited")
    DEADLINE_NEAR = "deadline_near", _("About to be canceled")
    PHONE_RELEASED = "phone_released", _("Relay phone released")
    UNITS_UNSUPPLIED = "units_unsupplied", _("Units not supplied")
    ORDER_COMPLETED = "order_completed", _("Nothing left to ship")
    REFUND_REQUESTED = "refund_requested", _("Refund requested")
    REFUND_TAKEN_BACK = "refund_taken_back", _("Refund taken back")
    REFUND_DONE = "refund_done", _("Refunded")
    REFUND_FAILED = "refund_failed", _("Refund failed")
    RETURN_REQUESTED = "return_requested", _("Return requested")
    RETURN_AUTHORISED = "return_authorised", _("Return authorised")
    RETURN_RECEIVED = "return_received", _("Return received")
    RETURN_REFUNDED = "return_refunded", _("Return refunded")
    RETURN_CLOSED = "return_closed", _("Return closed")
    RETURN_REOPENED = "return_reopened", _("Return reopened")
    MESSAGE_SENT = "message_sent", _("Message to the buyer")
    MESSAGE_RECEIVED = "message_received", _("Message from the buyer")
    NOTE_CHANGED = "note_changed", _("Private note changed")
    HOLD_RENEWED = "hold_renewed", _("Hold renewed")
    HOLD_NOT_RENEWED = "hold_not_renewed", _("Hold not renewed")
    HOLD_ENDED = "hold_ended", _("Hold ended")
    DISPUTE_OPENED = "dispute_opened", _("Dispute opened")
    DISPUTE_WITHDRAWN = "dispute_withdrawn", _("Disputed money withdrawn")
    DISPUTE_RETURNED = "dispute_returned", _("Disputed money returned")
    DISPUTE_WON = "dispute_won", _("Dispute won")
    DISPUTE_LOST = "dispute_lost", _("Dispute lost")
    DISPUTE_CLOSED = "dispute_closed", _("Dispute closed")
    DATA_DELETED = "data_deleted", _("Buyer's data deleted")
    DATA_KEPT = "data_kept", _("Buyer's data kept longer")
    DATA_RELEASED = "data_released", _("Buyer's data no longer kept")
    LINK_REVOKED = "link_revoked", _("Buyer's link revoked")
