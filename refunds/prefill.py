"""What the refund tool has filled in when a guide, a return, or one click leads there (O7, R4, R5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from orders.models import OrderItem
from refunds.amounts import ItemAmounts
from refunds.forms.refund import How
from refunds.models import Return
from refunds.states import RefundReason, ReturnReason

Items = Sequence[tuple[OrderItem, ItemAmounts]]

REASONS = {
    ReturnReason.WRONG_ITEM: RefundReason.DIFFERENT_ITEM,
    ReturnReason.UNDELIVERABLE: RefundReason.UNDELIVERABLE,
    ReturnReason.REFUSED_DELIVERY: RefundReason.REFUSED_DELIVERY,
}
"""Why it is refunded, where the return says so; else it is a customer's return."""


def of(asked: Mapping[str, str], items: Items, returns: Sequence[Return]) -> dict[str, Any]:
    """By the address: `return`, `all`, `reason`, `less_shipping`. What makes no sense in it is left out."""
    found: dict[str, Any] = {}
    named = next((each for each in returns if each.rma == asked.get("return")), None)
    if named:
        found |= _of_return(named, items)
    elif asked.get("all"):
        found |= everything(items)
    if asked.get("reason") in RefundReason.values:
        found["reason"] = asked["reason"]
    if asked.get("less_shipping"):
        found["is_less_shipping"] = True
    return found


def everything(items: Items) -> dict[str, Any]:
    """All that is left of every item."""
    return {f"how_{item.pk}": How.ALL if found.left.total else How.NOTHING for item, found in items}


def _of_return(named: Return, items: Items) -> dict[str, Any]:
    """The units that came, or that are to come, as far as they were not refunded yet."""
    units = {
        line.item_id: line.units_received if named.received_at else line.units for line in named.lines.all()
    }
    found: dict[str, Any] = {
        "rma": named.rma,
        "reason": REASONS.get(ReturnReason(named.reason), RefundReason.CUSTOMER_RETURN),
    }
    for item, of_item in items:
        if count := min(units.get(item.pk, 0), of_item.shipped_units_left):
            how = How.SHIPPED if of_item.units_open else How.UNITS
            found |= {f"how_{item.pk}": how, f"units_{item.pk}": count}
    return found
