"""What the test of every address needs of the table of orders and its saved views: pages, and the forms on them."""

from typing import Any

from accounts.models import Right

NOWHERE = ("orders:table", "orders:views", "orders:view_new", "orders:view_start")
"""Pages that name no record in their address."""
APART = {"orders:view", "orders:view_update", "orders:view_move", "orders:view_share", "orders:view_delete"}
"""Whose a view is decides, not a right alone: test_view_rights.py."""


def chosen(world: Any) -> dict[str, Any]:
    """The form of the table with a column more."""
    keys = ["items", "buyer", "sku", "ship_by", "status"]
    return {"order": keys, "shown": keys, "density": "line", "size": "25", "sort": "", "version": "0"}


def named(world: Any) -> dict[str, Any]:
    return {"name": "By mail", "query": "tab=unshipped&service=Standard"}


PAGES = {
    "orders:table": (Right.VIEW, 200, 302, chosen),
    "orders:views": (Right.VIEW, 200, 405),
    "orders:view_new": (Right.VIEW, 200, 302, named),
    "orders:view_start": (Right.VIEW, 405, 302),
}
