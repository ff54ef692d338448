"""What the tests of every address need of many orders at once."""

import uuid
from typing import Any

from accounts.models import Right
from tests.orders.bulk import steps

NOWHERE = ("orders:cancel_many", "orders:ship_many", "orders:print_slips", "orders:mark_printed")
"""Pages that name no record in their address."""

STRANGERS = {"orders:ship_many": 200, "orders:print_slips": 302}
"""What somebody else's form about these orders is answered: none of them is found."""

MARKING = ("orders:packing_slip",)
"""A document that is taken counts as printed."""


def _canceled(world: Any) -> dict[str, Any]:
    return {**_picked(world), "confirm": "1", "reason": "pricing_error", "key": str(uuid.uuid4())}


def _shipped(world: Any) -> dict[str, Any]:
    return steps.grid(world.order)


def _picked(world: Any) -> dict[str, Any]:
    return {"order": [world.order.number]}


PAGES = {
    "orders:cancel_many": (Right.CANCEL, 302, 302, _canceled),
    "orders:ship_many": (Right.SHIP, 200, 302, _shipped),
    "orders:print_slips": (Right.VIEW, 302, 200, _picked),
    "orders:mark_printed": (Right.SHIP, 405, 302, _picked),
}
