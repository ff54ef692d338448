"""A row of the Shipping Confirmation feed (O14, F5)."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.echoes import shown
from orders import carriers, tracking
from orders.carriers import OTHER
from orders.tracking import Oddity
from reports.feeds.files import codes
from reports.feeds.files.cells import CLEAR, Cells, Terms
from reports.feeds.files.rows import FeedRow, Problem

MOST_UNITS = 1_000  # a cart holds no more (O5)
OF_ODDITY = {
    Oddity.MANGLED: codes.SPREADSHEET,
    Oddity.ADDRESS: codes.TRACKING_ADDRESS,
    Oddity.BLANK: codes.TRACKING_ODD,
    Oddity.SEVERAL: codes.TRACKING_ODD,
    Oddity.OTHER_CARRIER: codes.TRACKING_ODD,
    Oddity.SHAPE: codes.TRACKING_ODD,
    Oddity.USED: codes.TRACKING_USED,
}


@dataclass(frozen=True)
class ShipRow:
    """A parcel, or what is to change about one: None keeps what is stored, "" clears it.

    Without an item it is all that is still open of the order; an item without a quantity is all of it that is.
    """

    order_number: str
    item_number: str
    quantity: int | None
    ship_date: date
    carrier: str | None
    carrier_name: str | None
    service: str | None
    tracking_number: str | None
    remarks: tuple[Problem, ...] = ()


def check(row: FeedRow, terms: Terms) -> "ShipRow | list[Problem]":
    """The row with its types, or all that is wrong with it."""
    cells = Cells(row)
    order, item = cells.order_number(), cells.item_number("order-item-id")
    quantity = cells.whole("quantity", 1, MOST_UNITS)
    if row["quantity"] and not row["order-item-id"]:
        sentence = _(
            "A quantity goes with an item: give order-item-id, or leave both empty for the whole order."
        )
        cells.note(codes.QUANTITY_WITHOUT_ITEM, "quantity", sentence)
    day = _day(cells, terms)
    carrier, name = _carrier(cells)
    service, number = cells.kept("ship-method", 60), _number(cells, carrier)
    if cells.problems or day is None:
        return cells.problems
    remarks = tuple(cells.remarks)
    return ShipRow(order, item, quantity, day, carrier, name, service, number, remarks)


def _day(cells: Cells, terms: Terms) -> date | None:
    """The ship date; of a moment with its offset, the day that it was in the marketplace's zone."""
    text = cells.row["ship-date"]
    try:
        if len(text) == len("2026-11-20") and text.isascii():
            return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        moment = datetime.fromisoformat(text)
        if "T" in text.upper() and text.isascii():
            return moment.astimezone(ZoneInfo(terms.zone)).date() if moment.tzinfo else moment.date()
    except (ValueError, OverflowError):
        pass
    sentence = _("“%(text)s” is no date: write 2026-11-20, or 2026-11-20T08:34:47+00:00.")
    if text:
        cells.note(codes.DATE, "ship-date", sentence % {"text": shown(text)})
    else:
        cells.note(codes.MISSING, "ship-date", _("%(column)s is empty.") % {"column": "ship-date"})
    return None


def _number(cells: Cells, carrier: str | None) -> str | None:
    """The tracking number; one that no package can have is noted."""
    number = cells.kept("tracking-number", 60)
    if not number:
        return number
    verdict = tracking.judge(carrier or "", number)
    if verdict.oddity and verdict.is_refused:
        cells.note(OF_ODDITY[verdict.oddity], "tracking-number", verdict.sentence)
    return number


def _carrier(cells: Cells) -> tuple[str | None, str | None]:
    """The carrier's code and the name that goes with Other; a name is the carrier that it means, else an Other."""
    code, name = cells.row["carrier-code"], cells.kept("carrier-name", 50) or ""
    if not code and not name:
        return None, None
    known, other = carriers.resolve(code, name)
    if code == CLEAR:
        cells.note(codes.CARRIER, "carrier-code", _("A package always has a carrier; it cannot be cleared."))
    elif known not in carriers.CARRIERS:
        sentence = _("%(carrier)s is not a known carrier; write Other and give carrier-name.")
        cells.note(codes.CARRIER, "carrier-code", sentence % {"carrier": shown(code)})
    elif known == OTHER and not cells.row["carrier-name"].removeprefix(CLEAR):
        cells.note(codes.CARRIER_NAME, "carrier-name", _("Give the name of the carrier."))
    elif known != OTHER and name and carriers.recognized(name) != known:
        sentence = _("carrier-name is read with Other only; the carrier is %(carrier)s.")
        cells.remark(codes.NAME_UNUSED, "carrier-name", sentence % {"carrier": known})
    return known, other
