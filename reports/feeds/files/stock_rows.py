"""A row of the Inventory feed: price, quantity and handling time of a listing (F5)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.echoes import shown
from inventory.listings import MOST_UNITS
from reports.feeds.files import codes
from reports.feeds.files.cells import SCIENTIFIC, Cells, Terms
from reports.feeds.files.rows import FeedRow, Problem

LONGEST_SKU = 40
MOST_HANDLING_DAYS = 30
CHANGES = ("price", "quantity", "handling-time")


@dataclass(frozen=True)
class StockRow:
    """What a listing is to become; None keeps what is. `quantity` is on hand, never available (inventory's I2)."""

    sku: str
    price: int | None
    quantity: int | None
    handling_days: int | None
    remarks: tuple[Problem, ...] = ()


def check(row: FeedRow, terms: Terms) -> "StockRow | list[Problem]":
    """The row with its types, or all that is wrong with it."""
    cells = Cells(row)
    sku = cells.text("sku", LONGEST_SKU, is_required=True, code=codes.SKU)
    if SCIENTIFIC.fullmatch(sku) and "+" in sku:
        sentence = _(
            "A spreadsheet program has made “%(text)s” of it. Format the column as text before you paste."
        )
        cells.note(codes.SPREADSHEET, "sku", sentence % {"text": shown(sku)})
    price = cells.amount("price", terms.currency)
    if row["currency"] not in ("", terms.currency):
        words = {"text": shown(row["currency"]), "currency": terms.currency}
        cells.note(codes.CURRENCY, "price", _("Prices are in %(currency)s, not in “%(text)s”.") % words)
    if price == 0:
        sentence = _("The price cannot be 0. Leave the cell empty to keep the price.")
        cells.note(codes.PRICE_ZERO, "price", sentence)
    quantity = cells.whole("quantity", 0, MOST_UNITS)
    handling = cells.whole("handling-time", 0, MOST_HANDLING_DAYS)
    _check_add_delete(cells)
    if not any(row[column] for column in CHANGES):
        sentence = _("There is nothing to change: give a price, a quantity or a handling time.")
        cells.note(codes.NOTHING_TO_CHANGE, "", sentence)
    if cells.problems:
        return cells.problems
    return StockRow(sku, price, quantity, handling, tuple(cells.remarks))


def _check_add_delete(cells: Cells) -> None:
    """Of the loader's three only `a`: a listing is closed on its page, where orders that hold it are seen."""
    given = cells.row["add-delete"]
    if given and given.casefold() != "a":
        sentence = _("add-delete “%(text)s” is not taken from a file. Close the listing on its page.")
        cells.note(codes.ADD_DELETE, "add-delete", sentence % {"text": shown(given)})
