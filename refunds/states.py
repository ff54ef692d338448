"""The states of a refund and of a return, the moves between them, and the words around both (R2, R4, R7)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RefundState(models.TextChoices):
    """How far a refund has come (R7)."""

    REQUESTED = "requested", _("Requested")
    SENT = "sent", _("Sent")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    TAKEN_BACK = "taken_back", _("Taken back")


R = RefundState

REFUND_MOVES: dict[str, set[str]] = {
    R.REQUESTED: {R.SENT, R.TAKEN_BACK, R.FAILED},
    R.SENT: {R.DONE, R.FAILED},
    R.DONE: {R.FAILED},
    R.FAILED: {R.REQUESTED},
    R.TAKEN_BACK: set(),
}
LIVE = [R.REQUESTED, R.SENT, R.DONE]
"""Refunds whose amounts count as refunded: money that has moved, or is about to."""


class ReturnState(models.TextChoices):
    """How far a return has come (R4)."""

    REQUESTED = "requested", _("Requested")
    AUTHORISED = "authorised", _("Authorised")
    RECEIVED = "received", _("Received")
    REFUNDED = "refunded", _("Refunded")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Reopened")


T = ReturnState

RETURN_MOVES: dict[str, set[str]] = {
    T.REQUESTED: {T.AUTHORISED, T.REFUNDED, T.CLOSED},
    T.AUTHORISED: {T.RECEIVED, T.REFUNDED, T.CLOSED},
    T.RECEIVED: {T.REFUNDED, T.CLOSED},
    T.REFUNDED: {T.CLOSED},
    T.CLOSED: {T.REOPENED},
    T.REOPENED: {T.RECEIVED, T.REFUNDED, T.CLOSED},
}
RETURN_OPEN = [state for state in ReturnState if state != T.CLOSED]
RECEIVABLE = [T.AUTHORISED, T.RECEIVED, T.REOPENED, T.REFUNDED]
"""In these, units that have not come yet can be received; a return that was refunded first stays Refunded."""


class RefundReason(models.TextChoices):
    """Why money goes back, on the page and in the Order Adjustments feed, which writes them as in `FEED_CODES`."""

    CUSTOMER_RETURN = "customer_return", _("Customer return")
    GENERAL_ADJUSTMENT = "general_adjustment", _("General adjustment")
    COULD_NOT_SHIP = "could_not_ship", _("Could not ship")
    NO_INVENTORY = "no_inventory", _("No inventory")
    DIFFERENT_ITEM = "different_item", _("Different item")
    PRICE_ERROR = "price_error", _("Price error")
    CUSTOMER_CANCEL = "customer_cancel", _("Customer canceled")
    UNDELIVERABLE = "undeliverable", _("Undeliverable")
    REFUSED_DELIVERY = "refused_delivery", _("Refused delivery")
    ADDRESS_INCORRECT = "address_incorrect", _("Address incorrect")
    EXCHANGE = "exchange", _("Exchange")
    ABANDONED = "abandoned", _("Abandoned")
    PRODUCT_OUT_OF_STOCK = "product_out_of_stock", _("Product out of stock")
    CARRIER_CREDIT_DECISION = "carrier_credit_decision", _("Carrier credit decision")
    CARRIER_COVERAGE_FAILURE = "carrier_coverage_failure", _("Carrier coverage failure")
    RISK_INFORMATION = "risk_information", _("Risk assessment information not valid")
    TRANSACTION_RECORD = "transaction_record", _("Transaction record")
    OTHER = "other", _("Other")


UNSUPPLIED_REASONS = [
    RefundReason.NO_INVENTORY,
    RefundReason.COULD_NOT_SHIP,
    RefundReason.PRODUCT_OUT_OF_STOCK,
]
"""A refund of units that have not shipped, for one of these, tells the buyer why in its memo (R6)."""

OUT_OF_STOCK = [RefundReason.NO_INVENTORY, RefundReason.PRODUCT_OUT_OF_STOCK]
"""Units given up for these aren't there: they can't be sold again (I5)."""

LESS_SHIPPING_REASONS = [
    RefundReason.UNDELIVERABLE,
    RefundReason.REFUSED_DELIVERY,
    RefundReason.ADDRESS_INCORRECT,
]
"""A parcel that comes back for these may be refunded less the shipping cost (R5)."""

FEED_CODES: dict[str, RefundReason] = {
    "CustomerReturn": RefundReason.CUSTOMER_RETURN,
    "GeneralAdjustment": RefundReason.GENERAL_ADJUSTMENT,
    "CouldNotShip": RefundReason.COULD_NOT_SHIP,
    "NoInventory": RefundReason.NO_INVENTORY,
    "DifferentItem": RefundReason.DIFFERENT_ITEM,
    "PriceError": RefundReason.PRICE_ERROR,
    "CustomerCancel": RefundReason.CUSTOMER_CANCEL,
    "Undeliverable": RefundReason.UNDELIVERABLE,
    "RefusedDelivery": RefundReason.REFUSED_DELIVERY,
    "CustomerAddressIncorrect": RefundReason.ADDRESS_INCORRECT,
    "Exchange": RefundReason.EXCHANGE,
    "Abandoned": RefundReason.ABANDONED,
    "ProductOutofStock": RefundReason.PRODUCT_OUT_OF_STOCK,
    "CarrierCreditDecision": RefundReason.CARRIER_CREDIT_DECISION,
    "CarrierCoverageFailure": RefundReason.CARRIER_COVERAGE_FAILURE,
    "RiskAssessmentInformationNotValid": RefundReason.RISK_INFORMATION,
    "TransactionRecord": RefundReason.TRANSACTION_RECORD,
    "Other": RefundReason.OTHER,
}


class ReturnReason(models.TextChoices):
    """Why goods come back."""

    NO_LONGER_NEEDED = "no_longer_needed", _("No longer needed")
    DEFECTIVE = "defective", _("Defective or does not work")
    DAMAGED = "damaged", _("Damaged on the way")
    NOT_AS_DESCRIBED = "not_as_described", _("Not as described")
    WRONG_ITEM = "wrong_item", _("Wrong item was sent")
    TOO_LATE = "too_late", _("Arrived too late")
    UNDELIVERABLE = "undeliverable", _("Undeliverable")
    REFUSED_DELIVERY = "refused_delivery", _("Refused delivery")
    OTHER = "other", _("Other")


class Condition(models.TextChoices):
    """How returned goods arrived."""

    AS_NEW = "as_new", _("As new")
    OPENED = "opened", _("Opened")
    USED = "used", _("Used")
    DAMAGED = "damaged", _("Damaged")
    DEFECTIVE = "defective", _("Defective")
    WRONG_ITEM = "wrong_item", _("Not what was sold")


class CloseReason(models.TextChoices):
    """Why a return was closed."""

    COMPLETED = "completed", _("Completed")
    DECLINED = "declined", _("Declined")
    NOT_RECEIVED = "not_received", _("The goods never came")
    WITHDRAWN = "withdrawn", _("The buyer keeps the goods")
