"""What a search finds: which of the seller's orders, products or buyers the typed text names (O19).

Exact first, then the beginning, then any part, each by an index of its own; of words that many orders share only
the words are found here, and their orders are walked newest first (walks.py).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Seller
from orders.lists import search
from orders.lists.kinds import MOST_ORDERS, MOST_WORDS, OF_ORDERS, WANTED, Find, Kind
from orders.lists.search import MOST_NUMBERS, Typed

SHORTEST_PART = 4
SHORTEST_WORD = 3
LONGEST_CODE = 64

# Each branch is an index's; those of one query are asked together and the first kind that has rows counts.
EXACT = {
    Kind.NUMBER: """
        SELECT id FROM orders_order WHERE number = %(whole)s AND seller_id = %(seller)s""",
    Kind.REFERENCE: """
        SELECT id FROM orders_order WHERE reference IN (%(text)s, %(whole)s) AND seller_id = %(seller)s
        AND channel_id IN (SELECT id FROM accounts_saleschannel WHERE marketplace_id = %(marketplace)s)""",
    Kind.TRACKING: """
        SELECT order_id FROM orders_package
        WHERE seller_id = %(seller)s AND {bare} = %(bare)s""",
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
    Kind.TRACKINGS: """
        SELECT order_id FROM orders_package WHERE seller_id = %(seller)s AND {bare} LIKE %(bare_begins)s""",
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
    Kind.SHORT_BUYERS: """
        (SELECT id FROM orders_buyername WHERE seller_id = %(seller)s AND name LIKE upper(%(begins)s)
        LIMIT {most}) UNION (SELECT id FROM orders_buyername WHERE seller_id = %(seller)s
        AND right(name, 2) = right(upper(%(text)s), 2) AND name LIKE upper(%(ends)s) LIMIT {most})""",
}
# As the index package_tracking_bare has it.
BARE = "upper(translate(tracking_number, ' .-', ''))"
SEVERAL = f"""
SELECT number, id FROM orders_order WHERE number = ANY(%(numbers)s) AND seller_id = %(seller)s
UNION SELECT reference, id FROM orders_order WHERE reference = ANY(%(numbers)s) AND seller_id = %(seller)s
    AND channel_id IN (SELECT id FROM accounts_saleschannel WHERE marketplace_id = %(marketplace)s)
UNION SELECT {BARE}, order_id FROM orders_package WHERE seller_id = %(seller)s AND {BARE} = ANY(%(bare)s)
LIMIT %(most)s
"""  # noqa: S608 - our own words alone
CODES = """
SELECT upper(sku), id FROM orders_soldproduct WHERE seller_id = %(seller)s AND upper(sku) = ANY(%(codes)s)
UNION SELECT upper(asin), id FROM orders_soldproduct WHERE seller_id = %(seller)s AND upper(asin) = ANY(%(codes)s)
LIMIT %(most)s
"""


def of(text: str, seller: Seller) -> Find | None:
    """What the text names among the seller's orders; None where it names nothing.

    An order number is one although no order has it.
    """
    typed = search.read(text)
    if not typed.text or "\0" in typed.text:
        return None
    return _pasted(typed, seller) if typed.several else _single(typed, seller)


def _single(typed: Typed, seller: Seller) -> Find | None:
    """One number, code, name or a few words; a whole number can be a channel's or a carrier's, never a word."""
    kinds = WANTED[typed.field]
    found = _first(_branches(EXACT, kinds, typed), typed, seller)
    if not found and not typed.whole:
        found = _first(_branches(PARTS, kinds, typed), typed, seller)
    if found or not typed.number or Kind.BEGINNING not in kinds:
        return found
    return Find(Kind.NUMBER if typed.whole else Kind.BEGINNING, typed.number)


def _pasted(typed: Typed, seller: Seller) -> Find:
    """Several of them: numbers of orders, else codes of products, else after all the words of a title."""
    found = _several(typed.several, seller)
    if found.keys or typed.field:
        return found
    return _codes(typed.several, seller) or _together(typed, seller) or found


def _together(typed: Typed, seller: Seller) -> Find | None:
    """What only looked like several numbers: a long tracking number, or model names out of a title."""
    text = " ".join(search.BETWEEN.sub(" ", typed.text).split())
    one, kinds = Typed(text), WANTED[""]
    found = _first(_branches(EXACT, kinds, one), one, seller)
    is_words = len(typed.several) <= search.MOST_WORDS and not all(map(search.is_whole, typed.several))
    return found or (_first(_branches(PARTS, kinds, one), one, seller) if is_words else None)


def others(found: Find, seller: Seller) -> list[Find]:
    """What else may have been meant: buyers of that name beside products, titles beside a SKU; to be offered."""
    asked = []
    if found.kind in (Kind.SKUS, Kind.PRODUCTS):
        buyers = Typed(found.text, "buyer")
        asked.append(_first(_branches(PARTS, WANTED["buyer"], buyers), buyers, seller))
    if found.kind in (Kind.SKU, Kind.SKUS, Kind.ASIN, Kind.ASINS):
        titles = Typed(found.text, "title")
        asked.append(_first(_branches(PARTS, WANTED["title"], titles), titles, seller))
    return [other for other in asked if other and not set(other.keys) <= set(found.keys)]


def _branches(asked: dict[Kind, str], kinds: Iterable[Kind], typed: Typed) -> list[tuple[Kind, str]]:
    """What it makes sense to ask of this text; of digits order numbers, unless they are all of something else."""
    is_number = typed.number is not None
    is_begun = (
        is_number and not typed.whole and (len(typed.digits) < SHORTEST_PART or typed.text == typed.number)
    )
    is_long = max(map(len, typed.words), default=0) >= SHORTEST_WORD
    is_begun_code = not is_number and len(typed.bare) >= SHORTEST_PART
    suits = {
        Kind.NUMBER: bool(typed.whole),
        Kind.TRACKING: bool(typed.bare),
        Kind.TRACKINGS: bool(typed.bare) and (is_begun_code or bool(typed.field)),
        Kind.BEGINNING: is_begun,
        Kind.PART: len(typed.digits) >= SHORTEST_PART,
        Kind.SKUS: not is_number or bool(typed.field),
        Kind.ASINS: not is_number or bool(typed.field),
        Kind.BUYERS: is_long,
        Kind.SHORT_BUYERS: not is_long,
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
        "bare": BARE,
        "most": str(MOST_WORDS + 1),
    }
    values = {
        "text": typed.text,
        "number": f"{typed.number}%",
        "whole": typed.whole,
        "begins": f"{_escaped(typed.text)}%",
        "ends": f"%{_escaped(typed.text)}" if len(typed.text) > 1 else None,
        "bare": typed.bare,
        "bare_begins": f"{_escaped(typed.bare)}%",
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
    read = {Kind.NUMBER: typed.number, Kind.BEGINNING: typed.number, Kind.PART: typed.digits}
    text = read.get(kind) or typed.text
    return Find(kind, text, keys)


def _several(numbers: Sequence[str], seller: Seller) -> Find:
    """The orders of many numbers, and the numbers that no order has."""
    asked = list(numbers[:MOST_NUMBERS])
    meant = {each: {each, each.replace("-", ""), search.bare(each)} for each in asked}
    values = {
        "numbers": [name for each in asked for name in (each, each.replace("-", ""))],
        "bare": [bare for each in asked if (bare := search.bare(each))],
        "most": 10 * MOST_NUMBERS,
    }
    rows = _rows(SEVERAL, values, seller)
    known = {name for name, _key in rows}
    return Find(
        Kind.NUMBERS,
        str(len(asked)),
        tuple({key for _name, key in rows}),
        missing=tuple(each for each in asked if not meant[each] & known),
        is_cut=len(numbers) > MOST_NUMBERS,
    )


def _codes(codes: Sequence[str], seller: Seller) -> Find | None:
    """The products of many SKUs and ASINs, and those that no order has; None where none is one."""
    asked = list(codes[:MOST_NUMBERS])
    rows = _rows(CODES, {"codes": [each.upper() for each in asked], "most": 10 * MOST_NUMBERS}, seller)
    known = {name for name, _key in rows}
    if not known:
        return None
    return Find(
        Kind.CODES,
        ", ".join(each for each in asked if each.upper() in known),
        tuple({key for _name, key in rows}),
        missing=tuple(each for each in asked if each.upper() not in known),
        is_cut=len(codes) > MOST_NUMBERS,
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
    if not found.missing:
        return
    words = {"n": len(found.missing), "numbers": ", ".join(found.missing)}
    if found.kind == Kind.CODES:
        yield (
            ngettext(
                "%(n)d of them is no SKU or ASIN of your orders: %(numbers)s",
                "%(n)d of them are no SKUs or ASINs of your orders: %(numbers)s",
                len(found.missing),
            )
            % words
        )
    else:
        yield (
            ngettext(
                "%(n)d number is not one of your orders: %(numbers)s",
                "%(n)d numbers are none of your orders: %(numbers)s",
                len(found.missing),
            )
            % words
        )
