"""From cells to types: each row checked by itself and against the rows before it, without the database (F5)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from reports.feeds.files import adjust_rows, cancel_rows, codes, ship_rows, stock_rows
from reports.feeds.files.adjust_rows import AdjustRow
from reports.feeds.files.cancel_rows import CancelRow
from reports.feeds.files.cells import Terms
from reports.feeds.files.kinds import FeedKind
from reports.feeds.files.rows import FeedRow, Problem
from reports.feeds.files.ship_rows import ShipRow
from reports.feeds.files.stock_rows import StockRow

TypedRow = ShipRow | CancelRow | AdjustRow | StockRow

ship, cancel, adjust, stock = ship_rows.check, cancel_rows.check, adjust_rows.check, stock_rows.check

CHECKS: dict[str, Callable[[FeedRow, Terms], TypedRow | list[Problem]]] = {
    FeedKind.SHIP: ship,
    FeedKind.CANCEL: cancel,
    FeedKind.ADJUST: adjust,
    FeedKind.STOCK: stock,
}


def check(kind: str, row: FeedRow, terms: Terms) -> TypedRow | list[Problem]:
    """The row with its types, or all that is wrong with it."""
    return CHECKS[kind](row, terms)


@dataclass
class Repeats:
    """What the rows so far were about. Asked in the order of the file, it finds the later of two that clash."""

    seen: dict[str, int] = field(default_factory=dict)

    def of(self, row: FeedRow, typed: TypedRow) -> Problem | None:
        """The problem of a SKU that stood in an earlier row; None for all else.

        Two rows of an order are two parcels, or two refunds: the operation knows whether both are possible.
        """
        if not isinstance(typed, StockRow):
            return None
        first = self.seen.setdefault(typed.sku, row.number)
        if first == row.number:
            return None
        sentence = _("%(sku)s stands in row %(number)d already; each SKU may stand in a file once.")
        words = {"sku": typed.sku, "number": first}
        return Problem(codes.ROW_TWICE, "sku", sentence % words)
