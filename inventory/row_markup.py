"""The rows of the list as markup: the pieces of list_row.html, filled in for every listing."""

from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from accounts import pieces
from accounts.rights import SellerRequest
from inventory.rows import Row

TEMPLATE = "inventory/list_row.html"
PIECES = (
    *("row", "pick", "asin", "badge", "mark", "note", "count", "no_count", "held", "nothing_held"),
    *("asked", "no_ask", "save", "no_save"),
)


def of(rows: Iterable[Row], request: SellerRequest, back: str) -> SafeString:
    """The <tr> of every row, all texts escaped; `back` is where a row without script leads after saving."""
    piece = pieces.of(TEMPLATE, PIECES, request, back=back)
    return mark_safe("".join(_row(row, piece) for row in rows))  # noqa: S308 - escaped in pieces.texts


def _row(row: Row, piece: dict[str, str]) -> str:
    texts = pieces.texts(row)

    def fill(name: str, wanted: object = True) -> str:
        return piece[name].format_map(texts) if wanted else ""

    badges = "".join(piece["badge"].format(state=state, label=escape(label)) for state, label in row.badges)
    texts |= {
        "dim": "is-dim" if row.is_dim else "",
        "badges": badges,
        "pick": fill("pick", row.is_editable),
        "asin_words": fill("asin", row.asin),
        "mark": fill("mark", row.mark),
        "note": fill("note", row.note),
        "count": fill("count" if row.is_counted else "no_count"),
        "held": fill("held" if row.reserved != "0" else "nothing_held"),
        "ask": fill("asked" if row.is_editable else "no_ask"),
    }
    texts |= {"save": fill("save" if row.is_editable else "no_save")}
    return fill("row")
