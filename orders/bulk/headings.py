"""Which column of a pasted sheet holds what: by its heading, or by what stands in it."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from orders import carriers, tracking
from orders.lists import search

NUMBER, CARRIER, CARRIER_NAME, TRACKING = "number", "carrier", "carrier_name", "tracking_number"
SERVICE, SHIP_DATE, QUANTITY = "service", "ship_date", "quantity"

# As the marketplaces' files and people's sheets write them, without blanks, dashes and underscores.
ROLES: dict[str, tuple[str, ...]] = {
    NUMBER: ("orderid", "ordernumber", "orderno", "order", "amazonorderid", "订单号", "订单编号", "訂單號", "訂單編號"),
    CARRIER: (
        *("carrier", "carriercode", "shippingcarrier", "courier"),
        *("承运商", "物流公司", "快递公司", "承運商", "物流商"),
    ),
    CARRIER_NAME: ("carriername",),
    TRACKING: (
        *("tracking", "trackingnumber", "trackingno", "trackingid", "trackingcode", "tracknumber"),
        *("运单号", "快递单号", "物流单号", "追踪编号", "追踪号", "追蹤號碼", "追蹤編號", "物流單號", "運單號"),
    ),
    SERVICE: ("service", "shippingservice", "shipmethod", "shippingmethod", "配送服务", "配送服務"),
    SHIP_DATE: ("shipdate", "shippingdate", "dateshipped", "date", "发货日期", "出貨日期", "發貨日期"),
    QUANTITY: (
        *("quantity", "qty", "quantityshipped", "shippedquantity", "qtyshipped", "units", "unitsshipped"),
        *("quantitytoship", "数量", "发货数量", "數量", "發貨數量"),
    ),
}  # fmt: skip
KNOWN = {name: role for role, names in ROLES.items() for name in names}
BLANKS = re.compile(r"[\s_\-.:#*]+")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TRACKED = re.compile(r"(?=(?:.*[0-9]){4})[0-9A-Za-z][0-9A-Za-z \-/]{4,59}")


def of(cells: Sequence[str]) -> dict[str, int]:
    """{role: column} of a line of headings; empty where the line is no such line. The first of a kind counts."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if role := KNOWN.get(BLANKS.sub("", cell).casefold()):
            found.setdefault(role, place)
    return found if NUMBER in found else {}


def guessed(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """{role: column} by what stands in the columns; a column that could be two things is none."""
    columns = _columns(rows)
    found: dict[str, int] = {}
    for role, fits in ((NUMBER, _is_number), (SHIP_DATE, DAY.fullmatch), (CARRIER, is_carrier)):
        _take(found, columns, role, [place for place, cells in columns.items() if _most(cells, fits)])
    _take(
        found, columns, TRACKING, [place for place in _tracked(columns) if _is_plausible(rows, place, found)]
    )
    return found


def is_unclear(rows: Sequence[Sequence[str]], columns: Mapping[str, int]) -> bool:
    """Whether tracking numbers may stand in some column that was not taken: several fit, or none fits its carrier."""
    left = {place: cells for place, cells in _columns(rows).items() if place not in columns.values()}
    return TRACKING not in columns and bool(_tracked(left))


def carrier(text: str) -> str:
    """Return the code of the carrier in a cell, "Other: its name" included; the text as it is where we know none."""
    code, _colon, name = (part.strip() for part in text.partition(":"))
    return carriers.resolve(code, name)[0]


def is_carrier(text: str) -> bool:
    """A carrier that we know, or "Other: its name"."""
    return bool(carriers.recognized(text.partition(":")[0]))


def _columns(rows: Sequence[Sequence[str]]) -> dict[int, list[str]]:
    """The cells that are not empty of each column that has some."""
    width = max(map(len, rows), default=0)
    cells = {place: [row[place] for row in rows if place < len(row) and row[place]] for place in range(width)}
    return {place: column for place, column in cells.items() if column}


def _is_number(text: str) -> bool:
    found = search.number(text)
    return bool(found) and search.is_whole(found or "")


def _tracked(columns: Mapping[int, Sequence[str]]) -> list[int]:
    """The columns that look as if tracking numbers stood in them; SKUs and telephone numbers look so, too."""
    return [place for place, cells in columns.items() if _most(cells, TRACKED.fullmatch)]


def _is_plausible(rows: Sequence[Sequence[str]], place: int, columns: Mapping[str, int]) -> bool:
    """Whether most cells of the column can be numbers of the carrier beside them, as far as it is known."""
    named = columns.get(CARRIER, -1)
    cells = [(row[named] if 0 <= named < len(row) else "", row[place]) for row in rows if place < len(row)]
    judged = [(carrier(name), cell) for name, cell in cells if cell]
    return _most(judged, lambda pair: tracking.is_plausible(*pair))


def _most(cells: Sequence[Any], fits: Callable[[Any], object]) -> bool:
    """More than half of them are such."""
    return 2 * sum(bool(fits(cell)) for cell in cells) > len(cells)


def _take(found: dict[str, int], columns: dict[int, list[str]], role: str, places: Sequence[int]) -> None:
    """The one column that fits; the first of them where they are order numbers."""
    if len(places) == 1 or (places and role == NUMBER):
        found[role] = places[0]
        del columns[places[0]]
