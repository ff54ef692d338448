"""A row of the Order Adjustments feed: a refund of one item (R2, R3, F5)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.echoes import shown
from refunds.states import FEED_CODES, RefundReason
from reports.feeds.files import codes
from reports.feeds.files.cells import Cells, Terms
from reports.feeds.files.rows import FeedRow, Problem

MOST_UNITS = 1_000
PROMOTION_IDS = ("item-promotion-id", "ship-promotion-id")


@dataclass(frozen=True)
class AdjustRow:
    """What goes back for an item, in minor units; a tax that is None follows its price (as `refunds.asks.Ask`)."""

    order_number: str
    item_number: str
    reason: RefundReason
    currency: str
    price: int
    tax: int | None
    shipping: int
    shipping_tax: int | None
    units: int
    remarks: tuple[Problem, ...] = ()


def check(row: FeedRow, terms: Terms) -> "AdjustRow | list[Problem]":
    """The row with its types, or all that is wrong with it (M4)."""
    cells = Cells(row)
    order, item = cells.order_number(), cells.item_number("order-item-id", is_required=True)
    reason = _reason(cells)
    if not _is_currency_right(cells, terms):
        return cells.problems
    price = _less_promotion(cells, "item", _sum(cells, terms, "item-price-adj", "gift-wrap-price-adj"), terms)
    tax = _sum(cells, terms, "item-tax-adj", "gift-wrap-tax-adj")
    shipping = _less_promotion(cells, "ship", _sum(cells, terms, "shipping-price-adj"), terms)
    shipping_tax = _sum(cells, terms, "shipping-tax-adj")
    units = cells.whole("quantity-cancelled", 0, MOST_UNITS) or 0
    for column in PROMOTION_IDS:
        if cells.row[column]:
            sentence = _("This portal does not use %(names)s; the values were ignored.") % {"names": column}
            cells.remark(codes.UNUSED_COLUMN, column, sentence)
    if not cells.problems and not (price or tax or shipping or shipping_tax):
        sentence = _("Nothing is to be refunded: all amounts are zero or empty.")
        cells.note(codes.NOTHING_TO_REFUND, "item-price-adj", sentence)
    if cells.problems:
        return cells.problems
    amounts = (price, tax, shipping, shipping_tax)
    return AdjustRow(order, item, reason, terms.currency, *amounts, units, tuple(cells.remarks))


def _reason(cells: Cells) -> RefundReason:
    column = "adjustment-reason-code"
    known = cells.choice(column, FEED_CODES)
    if not cells.row[column]:
        cells.note(codes.MISSING, column, _("%(column)s is empty.") % {"column": column})
    elif not known:
        words = {"text": shown(cells.row[column]), "codes": ", ".join(FEED_CODES)}
        sentence = _("“%(text)s” is no reason for a refund; use one of %(codes)s.") % words
        cells.note(codes.ADJUST_REASON, column, sentence)
    return FEED_CODES.get(known, RefundReason.OTHER)


def _is_currency_right(cells: Cells, terms: Terms) -> bool:
    """Amounts mean nothing in a currency that is not the order's."""
    # In XML the currency of an amount may be left out.
    given = cells.row["currency"] or (terms.currency if cells.row.message else "")
    if not given:
        cells.note(codes.MISSING, "currency", _("%(column)s is empty.") % {"column": "currency"})
    elif given != terms.currency:
        words = {"text": shown(given), "currency": terms.currency}
        sentence = _("The order is in %(currency)s, not in “%(text)s”.") % words
        cells.note(codes.CURRENCY, "currency", sentence)
    return given == terms.currency


def _sum(cells: Cells, terms: Terms, *columns: str) -> int | None:
    """The amounts together; None when all cells are blank."""
    found = [cells.amount(column, terms.currency) for column in columns]
    given = [amount for amount in found if amount is not None]
    return sum(given) if given else None


def _less_promotion(cells: Cells, part: str, amount: int | None, terms: Terms) -> int:
    """The amount less the promotion that the buyer had on it, which is written as a negative amount."""
    column = f"{part}-promotion-adj"
    promotion = cells.amount(column, terms.currency, allow_negative=True) or 0
    left = (amount or 0) + promotion
    if promotion > 0:
        sentence = _("A promotion is taken off what is refunded: write it as a negative amount.")
        cells.note(codes.PROMOTION, column, sentence)
    elif left < 0 and not cells.problems:
        cells.note(codes.PROMOTION, column, _("The promotion is more than the amount it is taken off."))
    return max(left, 0)
