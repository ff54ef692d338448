"""What a search finds: which of the seller's orders, products or buyers the typed text names (O19).

Exact first, then the beginning, then any part, each by an index of its own; of words that many orders share only
the words are found here, and their orders are walked newest first (walks.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Seller
from orders.lists import search
from orders.lists.search import MOST_NUMBERS, Typed

MOST_WORDS = 200
"""More products or names than these are too many to walk one by one: the list itself is walked instead."""
MOST_ORDERS = 5_000
SHORTEST_PART = 4
SHORTEST_WORD = 3
LONGEST_CODE = 64


class Kind(models.TextChoices):
    """What the text was taken for; the label says so on the chip."""

    NUMBERS = "numbers", gettext_lazy("Pasted numbers")
    NUMBER = "number", gettext_lazy("Order number %(text)s")
    BEGINNING = "beginning", gettext_lazy("Order numbers that begin with %(text)s")
    PART = "part", gettext_lazy("Order numbers with %(text)s in them")
    REFERENCE = "reference", gettext_lazy("Channel's reference %(text)s")
    TRACKING = "tracking", gettext_lazy("Tracking number %(text)s")
    SKU = "sku", gettext_lazy("SKU %(text)s")
    ASIN = "asin", gettext_lazy("ASIN %(text)s")
    BUYER = "buyer", gettext_lazy("Buyer %(text)s")
    SKUS = "skus", gettext_lazy("SKUs that begin with %(text)s")
    ASINS = "asins", gettext_lazy("ASINs that begin with %(text)s")
    BUYERS = "buyers", gettext_lazy("Buyers with “%(text)s” in their name")
    PRODUCTS = "products", gettext_lazy("Titles or SKUs with “%(text)s”")


OF_PRODUCTS = frozenset((Kind.SKU, Kind.SKUS, Kind.ASIN, Kind.ASINS, Kind.PRODUCTS))
OF_BUYERS = frozenset((Kind.BUYER, Kind.BUYERS))
OF_ORDERS = frozenset((Kind.NUMBERS, Kind.NUMBER, Kind.PART, Kind.REFERENCE, Kind.TRACKING))
WANTED = {
    "": frozenset(Kind),
    "order": frozenset((Kind.NUMBERS, Kind.NUMBER, Kind.BEGINNING, Kind.PART)),
    "reference": frozenset((Kind.REFERENCE,)),
    "tracking": frozenset((Kind.TRACKING,)),
    "sku": frozenset((Kind.SKU, Kind.SKUS)),
    "asin": frozenset((Kind.ASIN, Kind.ASINS)),
    "buyer": OF_BUYERS,
    "title": frozenset((Kind.PRODUCTS,)),
}


@dataclass(frozen=True)
class Find:
    """What the text was taken for, with the keys of the orders, products or names that it leads to."""

    kind: str
    text: str
    keys: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    is_cut: bool = False

    @property
    def is_broad(self) -> bool:
        """More words than can be walked one by one: the orders themselves are asked."""
        return len(self.keys) > (MOST_ORDERS if self.kind in OF_ORDERS else MOST_WORDS)

    @property
    def label(self) -> str:
        """What was recognised, in words."""
        if self.kind == Kind.NUMBERS:
            return ngettext("%(n)d pasted number", "%(n)d pasted numbers", int(self.text)) % {
                "n": int(self.text)
            }
        return str(Kind(self.kind).label) % {"text": self.text}


# Each branch is an index's; those of one query are asked together and the first kind that has rows counts.
EXACT = {
    Kind.REFERENCE: """
        SELECT id FROM orders_order WHERE reference = %(text)s AND seller_id = %(seller)s AND channel_id IN
        (SELECT id FROM accounts_saleschannel WHERE marketplace_id = %(marketplace)s)""",
    Kind.TRACKING: """
        SELECT order_id FROM orders_package
        WHERE seller_id = %(seller)s AND tracking_number IN (%(text)s, upper(%(text)s))""",
    Kind.SKU: """
        SELECT id FROM orders_soldproduct WHERE seller_id = %(seller)s AND upper(sku) = upper(%(text)s)""",
    Kind.ASIN: """
        SELECT id FROM orders_soldproduct WHERE seller_id = %(seller)s AND upper(asin) = upper(%(text)s)""",
    Kind.BUYER: """
        SELECT id FROM orders_buyername WHERE seller_id = %(seller)s AND name = upper(%(text)s)""",
    Kind.BEGINNING: """
        SELECT id FROM orders_order WHERE seller_id = %(seller)s AND number LIKE %(number)s""",
    Kind.SKUS: """
        SELECT id FROM orders_soldproduct WHERE seller_id = %(seller)s AND upper(sku) LIKE upper(%(begins)s)""",
    Kind.ASINS: """
        SELECT id FROM orders_soldproduct WHERE seller_id = %(seller)s AND upper(asin) LIKE upper(%(begins)s)""",
}
# The match is forced first: left to itself the planner may read all names of the seller.
PARTS = {
    Kind.PART: """
        SELECT order_id FROM (SELECT * FROM orders_orderdigits WHERE digits LIKE %(part)s OFFSET 0) AS hit
        WHERE seller_id = %(seller)s""",
    Kind.PRODUCTS: """
        SELECT id FROM (SELECT * FROM orders_soldproduct WHERE {words} OFFSET 0) AS hit
        WHERE seller_id = %(seller)s""",
    Kind.BUYERS: """
        SELECT id FROM (SELECT * FROM orders_buyername WHERE {names} OFFSET 0) AS hit
        WHERE seller_id = %(seller)s""",
}
SEVERAL = """
SELECT number, id FROM orders_order WHERE number = ANY(%(numbers)s) AND seller_id = %(seller)s
UNION SELECT reference, id FROM orders_order WHERE reference = ANY(%(numbers)s) AND seller_id = %(seller)s
    AND channel_id IN (SELECT id FROM accounts_saleschannel WHERE marketplace_id = %(marketplace)s)
UNION SELECT tracking_number, order_id FROM orders_package
    WHERE seller_id = %(seller)s AND tracking_number = ANY(%(numbers)s)
LIMIT %(most)s
"""


def of(text: str, seller: Seller) -> Find | None:
    """What the text names among the seller's orders; None where it names nothing.

    An order number is one although no order has it.
    """
    typed = search.read(text)
    if typed.several:
        return _several(typed.several, seller)
    if typed.number and search.is_whole(typed.number):
        return Find(Kind.NUMBER, typed.number)
    if not typed.text or "\0" in typed.text:
        return None
    kinds = WANTED[typed.field]
    found = _first(_branches(EXACT, kinds, typed), typed, seller)
    found = found or _first(_branches(PARTS, kinds, typed), typed, seller)
    if found or not typed.number or Kind.BEGINNING not in kinds:
        return found
    return Find(Kind.BEGINNING, typed.number)


def others(found: Find, seller: Seller) -> Find | None:
    """The buyers that are called so, where the text was taken for a product; to be offered beside it."""
    if found.kind not in (Kind.SKUS, Kind.PRODUCTS):
        return None
    typed = Typed(found.text, "buyer")
    return _first(_branches(PARTS, OF_BUYERS, typed), typed, seller)


def _branches(asked: dict[Kind, str], kinds: Iterable[Kind], typed: Typed) -> list[tuple[Kind, str]]:
    """What it makes sense to ask of this text; of digits order numbers, unless they are all of something else."""
    is_number = typed.number is not None
    is_begun = is_number and (len(typed.digits) < SHORTEST_PART or typed.text == typed.number)
    suits = {
        Kind.BEGINNING: is_begun,
        Kind.PART: len(typed.digits) >= SHORTEST_PART,
        Kind.SKUS: not is_number or bool(typed.field),
        Kind.ASINS: not is_number or bool(typed.field),
        Kind.BUYERS: max(map(len, typed.words), default=0) >= SHORTEST_WORD,
    }
    is_short = len(typed.text) <= LONGEST_CODE or asked is PARTS
    return [
        (kind, sql) for kind, sql in asked.items() if kind in kinds and suits.get(kind, True) and is_short
    ]


def _first(branches: Sequence[tuple[Kind, str]], typed: Typed, seller: Seller) -> Find | None:
    """The first kind that has rows, in one query."""
    if not branches:
        return None
    words = {f"word{place}": f"%{_escaped(word)}%" for place, word in enumerate(typed.words)}
    held = {
        "words": " AND ".join(f"words LIKE upper(%({name})s)" for name in words),
        "names": " AND ".join(f"name LIKE upper(%({name})s)" for name in words),
    }
    values = {
        "text": typed.text,
        "number": f"{typed.number}%",
        "begins": f"{_escaped(typed.text)}%",
        "part": f"%{typed.digits}%",
        **words,
    }
    parts = [
        f"(SELECT {place}, found.* FROM ({sql.format(**held)} LIMIT {_most(kind) + 1}) AS found)"  # noqa: S608
        for place, (kind, sql) in enumerate(branches)
    ]
    rows = _rows(" UNION ALL ".join(parts), values, seller)
    if not rows:
        return None
    first = min(place for place, _key in rows)
    kind = branches[first][0]
    keys = tuple(dict.fromkeys(key for place, key in rows if place == first))
    text = {Kind.BEGINNING: typed.number, Kind.PART: typed.digits}.get(kind) or typed.text
    return Find(kind, text, keys)


def _several(numbers: Sequence[str], seller: Seller) -> Find:
    """The orders of many numbers, and the numbers that no order has."""
    asked = list(numbers[:MOST_NUMBERS])
    rows = _rows(SEVERAL, {"numbers": asked, "most": 10 * MOST_NUMBERS}, seller)
    known = {name for name, _key in rows}
    return Find(
        Kind.NUMBERS,
        str(len(asked)),
        tuple({key for _name, key in rows}),
        missing=tuple(each for each in asked if each not in known),
        is_cut=len(numbers) > MOST_NUMBERS,
    )


def _most(kind: str) -> int:
    if kind == Kind.BEGINNING:
        return 0
    return MOST_ORDERS if kind in OF_ORDERS else MOST_WORDS


def _escaped(text: str) -> str:
    r"""For LIKE: %, _ and \ stand for themselves."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _rows(sql: str, values: dict[str, Any], seller: Seller) -> list[tuple[Any, int]]:
    about = {"seller": seller.pk, "marketplace": seller.marketplace_id}
    with connection.cursor() as cursor:
        cursor.execute(sql, {**values, **about})
        return list(cursor.fetchall())


def missing(found: Find) -> Iterable[str]:
    """Sentences about pasted numbers: which were not found, and where there were too many."""
    if found.is_cut:
        yield _("At most %(most)d numbers are looked for at once; these are the first.") % {
            "most": MOST_NUMBERS
        }
    if found.missing:
        words = {"n": len(found.missing), "numbers": ", ".join(found.missing)}
        yield (
            ngettext(
                "%(n)d number is not one of your orders: %(numbers)s",
                "%(n)d numbers are none of your orders: %(numbers)s",
                len(found.missing),
            )
            % words
        )
