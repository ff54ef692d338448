"""The rows of the list as markup: the pieces of list_row.html, filled in for every order."""

from collections.abc import Iterable, Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

from accounts import pieces
from orders.lists.columns import USUAL, Column
from orders.lists.rows import Badge, Chip, Row

TEMPLATE = "orders/list_row.html"
PIECES = (
    *("row", "pick", "order", "items", "progress", "buyer", "no_buyer", "ship_by", "note", "service"),
    *("status", "fact", "number", "words", "no_fact", "sub"),
    *("chip", "counting_chip", "badge", "counting_badge", "act", "ship", "menu", "cancel"),
)
WORDS = {"note"}
"""Columns of words that may be long."""
DIM = "is-dim"


def of(rows: Iterable[Row], *, may_pick: bool, columns: Sequence[Column] = USUAL) -> SafeString:
    """The <tr> of every row with these columns, all texts escaped; with a box to pick it where that leads on."""
    piece = pieces.of(TEMPLATE, PIECES)
    labels = {column.key: escape(str(column.label)) for column in columns}
    return mark_safe("".join(_row(row, piece, columns, labels, may_pick) for row in rows))  # noqa: S308 - escaped


def _row(
    row: Row, piece: dict[str, str], columns: Sequence[Column], labels: dict[str, str], may_pick: bool
) -> str:
    texts = pieces.texts(row)

    def fill(name: str, wanted: object = True) -> str:
        return piece[name].format_map(texts) if wanted else ""

    texts |= {
        "progress": fill("progress", row.progress),
        "chips": "".join(_timed("chip", chip, piece) for chip in row.chips),
        "badges": "".join(_timed("badge", badge, piece) for badge in row.badges),
        "ship": fill("ship", row.ship_url),
        "cancel": fill("cancel", row.cancel_url),
        "pick": fill("pick", may_pick),
        "dim": DIM if row.is_dim else "",
    }
    texts["menu"] = fill("menu", row.slip_url)
    texts["act"] = fill("act")
    usual = {
        "buyer": "buyer" if row.buyer else "no_buyer",
        "ship_by": "note" if row.note else "ship_by" if row.ship_by else "service",
    }
    texts["cells"] = "".join(
        _fact(row, column, labels[column.key], piece)
        if column.key in row.more
        else fill(usual.get(column.key, column.key))
        for column in columns
    )
    return fill("row")


def _fact(row: Row, column: Column, label: str, piece: dict[str, str]) -> str:
    """The cell of an optional column."""
    cell = row.more[column.key]
    if not cell.text:
        return piece["no_fact"]
    name = "number" if column.is_number else "words" if column.key in WORDS else "fact"
    sub = piece["sub"].format(sub=escape(cell.sub)) if cell.sub else ""
    return piece[name].format(label=label, text=escape(cell.text), sub=sub)


def _timed(name: str, mark: Badge | Chip, piece: dict[str, str]) -> str:
    """A badge or a chip, counted down where it says up to when."""
    return piece[f"counting_{name}" if mark.until else name].format_map(pieces.texts(mark))
