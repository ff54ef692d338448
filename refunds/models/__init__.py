"""Refunds with their lines, what of each item is refunded, and returns."""

from refunds.models.item import ItemRefunds
from refunds.models.refund import Refund, RefundLine
from refunds.models.returns import Return, ReturnLine

__all__ = ["ItemRefunds", "Refund", "RefundLine", "Return", "ReturnLine"]
