"""What the test of every address needs of the inventory: its pages, and the forms that change something."""

from typing import Any

from accounts.models import Right

NOWHERE = (
    "inventory:list",
    "inventory:add",
    "inventory:edit_many",
    "inventory:close_many",
    "inventory:reopen_many",
)
"""Pages that name no listing in their address."""


def figures(world: Any) -> dict[str, Any]:
    """A row with another count, made now."""
    world.listing.refresh_from_db()
    return {"version": world.listing.version, "on_hand": "49", "price": "10.00"}


def edited(world: Any) -> dict[str, Any]:
    return {**figures(world), "title": "Brass lamp", "handling_days": "1", "low_stock_at": "3"}


def counted(world: Any) -> dict[str, Any]:
    return {**figures(world), "reason": "recounted"}


def added(world: Any) -> dict[str, Any]:
    words = {"sku": "NEW-1", "title": "New", "price": "1.00", "on_hand": "1", "fulfilment": "MFN"}
    return {**words, "handling_days": "1", "low_stock_at": "3"}


def grid(world: Any) -> dict[str, Any]:
    fields = {f"listing-{world.listing.pk}-{name}": value for name, value in figures(world).items()}
    return {**fields, "listing": [world.listing.pk], "confirm": "1"}


def picked(world: Any) -> dict[str, Any]:
    return {"listing": [world.listing.pk], "confirm": "1"}


def shut(world: Any) -> dict[str, Any]:
    return {"listing": [world.closed.pk], "confirm": "1"}


def nothing(world: Any) -> dict[str, Any]:
    return {}


PAGES = {
    "inventory:list": (Right.VIEW, 200, 405, nothing),
    "inventory:listing": (Right.VIEW, 200, 405, nothing),
    "inventory:add": (Right.SHIP, 200, 302, added),
    "inventory:edit": (Right.SHIP, 200, 302, edited),
    "inventory:figures": (Right.SHIP, 302, 302, figures),
    "inventory:count": (Right.SHIP, 200, 302, counted),
    "inventory:close": (Right.SHIP, 405, 302, nothing),
    "inventory:reopen": (Right.SHIP, 405, 302, nothing),
    "inventory:edit_many": (Right.SHIP, 302, 302, grid),
    "inventory:close_many": (Right.SHIP, 302, 302, picked),
    "inventory:reopen_many": (Right.SHIP, 302, 302, shut),
}


def args(world: Any) -> dict[str, list[object]]:
    """What the addresses are made of."""
    own = ("listing", "edit", "figures", "count", "close")
    return {
        **{f"inventory:{name}": [world.listing.pk] for name in own},
        "inventory:reopen": [world.closed.pk],
    }
