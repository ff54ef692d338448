"""The rows of the list as markup: the pieces of list_row.html, filled in for every order."""

from collections.abc import Iterable

from django.utils.safestring import SafeString, mark_safe

from accounts import pieces
from orders.rows import Badge, Chip, Row

TEMPLATE = "orders/list_row.html"
PIECES = (
    *("row", "pick", "no_pick", "progress", "buyer", "no_buyer", "ship_by", "note", "service"),
    *("chip", "counting_chip", "badge", "counting_badge", "ship", "menu", "cancel"),
)
DIM = "is-dim"


def of(rows: Iterable[Row], *, may_pick: bool) -> SafeString:
    """The <tr> of every row, all texts escaped; boxes to pick them only where there is something to do."""
    piece = pieces.of(TEMPLATE, PIECES)
    return mark_safe("".join(_row(row, piece, may_pick) for row in rows))  # noqa: S308 - escaped in pieces.texts


def _row(row: Row, piece: dict[str, str], may_pick: bool) -> str:
    texts = pieces.texts(row)

    def fill(name: str, wanted: object = True) -> str:
        return piece[name].format_map(texts) if wanted else ""

    pick = fill("pick" if row.cancel_url else "no_pick", may_pick)
    chips = "".join(_timed("chip", chip, piece) for chip in row.chips)
    badges = "".join(_timed("badge", badge, piece) for badge in row.badges)
    shipping = "note" if row.note else "ship_by" if row.ship_by else "service"
    texts |= {
        "progress": fill("progress", row.progress),
        "buyer": fill("buyer" if row.buyer else "no_buyer"),
        "chips": chips,
        "badges": badges,
        "ship": fill("ship", row.ship_url),
        "cancel": fill("cancel", row.cancel_url),
        "pick": pick,
        "dim": DIM if row.is_dim else "",
    }
    texts |= {"shipping": fill(shipping), "menu": fill("menu", row.slip_url)}
    return fill("row")


def _timed(name: str, mark: Badge | Chip, piece: dict[str, str]) -> str:
    """A badge or a chip, counted down where it says up to when."""
    return piece[f"counting_{name}" if mark.until else name].format_map(pieces.texts(mark))
