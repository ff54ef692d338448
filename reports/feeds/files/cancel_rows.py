"""A row of the Order Cancellation feed (O11, F5)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.echoes import shown
from orders.states import CancelReason
from reports.feeds.files import codes
from reports.feeds.files.cells import Cells, Terms
from reports.feeds.files.rows import FeedRow, Problem

REASONS: dict[str, CancelReason] = {
    "NoInventory": CancelReason.NO_INVENTORY,
    "ShippingAddressUndeliverable": CancelReason.ADDRESS_UNDELIVERABLE,
    "CustomerExchange": CancelReason.CUSTOMER_EXCHANGE,
    "BuyerCanceled": CancelReason.BUYER_CANCELED,
    "GeneralAdjustment": CancelReason.GENERAL_ADJUSTMENT,
    "PricingError": CancelReason.PRICING_ERROR,
}
TAKEN_AS_GENERAL = (
    "CustomerReturn",
    "MerchandiseNotReceived",
    "CarrierCreditDecision",
    "RiskAssessmentInformationNotValid",
    "CarrierCoverageFailure",
)
"""Codes of the trade that say nothing about an order that never left; the rule book has no such reason (O11)."""

SUCCESS, FAILURE = "Success", "Failure"


@dataclass(frozen=True)
class CancelRow:
    """An order, or one item of it, to be canceled; of an acknowledgement nothing is to be done."""

    order_number: str
    item_number: str
    reason: CancelReason
    is_acknowledgement: bool = False
    remarks: tuple[Problem, ...] = ()


def check(row: FeedRow, terms: Terms) -> "CancelRow | list[Problem]":
    """The row with its types, or all that is wrong with it."""
    cells = Cells(row)
    order, item = cells.order_number(), cells.item_number("amazon-order-item-code")
    is_acknowledgement = _is_acknowledgement(cells)
    reason = CancelReason.GENERAL_ADJUSTMENT if is_acknowledgement else _reason(cells)
    if cells.problems:
        return cells.problems
    return CancelRow(order, item, reason, is_acknowledgement, tuple(cells.remarks))


def _is_acknowledgement(cells: Cells) -> bool:
    """Whether the message only says that the order has come; text files have no such rows."""
    if not cells.row["status-code"]:
        return False
    status = cells.choice("status-code", (SUCCESS, FAILURE))
    if status == SUCCESS:
        sentence = _("The order is acknowledged. There is nothing to do, and nothing was changed.")
        cells.remark(codes.ACKNOWLEDGED, "StatusCode", sentence)
    elif not status:
        words = {"text": shown(cells.row["status-code"])}
        sentence = _("StatusCode is Success or Failure, not “%(text)s”.") % words
        cells.note(codes.STATUS_CODE, "StatusCode", sentence)
    return status == SUCCESS


def _reason(cells: Cells) -> CancelReason:
    column = "cancellation-reason-code"
    given, item = cells.row[column], cells.row["amazon-order-item-code"]
    if bool(given) != bool(item):
        sentence = _(
            "The reason and the item go together: give both, or leave both empty for the whole order."
        )
        cells.note(codes.REASON_AND_ITEM, "amazon-order-item-code" if given else column, sentence)
    if not given or (known := cells.choice(column, REASONS)):
        return REASONS[known] if given else CancelReason.GENERAL_ADJUSTMENT
    if taken := cells.choice(column, TAKEN_AS_GENERAL):
        words = {"code": taken, "label": CancelReason.GENERAL_ADJUSTMENT.label}
        cells.remark(codes.REASON_TAKEN_AS, column, _("%(code)s is taken as “%(label)s”.") % words)
    else:
        words = {"text": shown(given), "codes": ", ".join(REASONS)}
        sentence = _("“%(text)s” is no reason to cancel; use one of %(codes)s.") % words
        cells.note(codes.CANCEL_REASON, column, sentence)
    return CancelReason.GENERAL_ADJUSTMENT
