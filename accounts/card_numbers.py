"""Card numbers and security codes, which the portal must never keep: found in any text that people or machines send.

A number counts as a card's by its issuer's first digits, its length and its check digit (Luhn), with any separators.
Order numbers, item numbers, barcodes, and numbers that are called a tracking number are no cards.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

Span = tuple[int, int]

SENTENCE = _("Don't send card numbers or security codes. Remove them and try again.")
ISSUERS = [
    (re.compile(prefix), lengths)
    for prefix, lengths in (
        (r"4", (13, 16, 19)),  # Visa
        (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,)),  # Mastercard
        (r"3[47]", (15,)),  # American Express
        (r"6011|64[4-9]|65|60|508|82", range(16, 20)),  # Discover, RuPay
        (r"30[0-5]|3095|36|3[89]", (14, 16, 19)),  # Diners
        (r"35(?:2[89]|[3-8])", range(16, 20)),  # JCB
        (r"62|81", range(16, 20)),  # UnionPay
        (r"50|5[6-8]|6[37]", range(13, 20)),  # Maestro
        (r"220[0-4]", range(16, 20)),  # Mir
    )
]
FIRST_DIGITS = frozenset("234568")
SHORTEST, LONGEST = 13, 19
ITEM_NUMBER, ORDER_NUMBER, BARCODE = 14, 17, 13
"""Digits of numbers of the trade, as they are written without separators."""

GROUPS = re.compile(r"\d+(?:[\W_]{1,3}\d+)*")
ORDERS = re.compile(r"(?<!\d)\d{3}\W?\d{7}\W?\d{7}(?:-R\d{1,3})?(?!\d)")
CALLED_CARD = (
    r"visa|master\s?card|maestro|amex|american express|discover|diners|jcb|union\s?pay|card|karte|carte|tarjeta|credit|"
    r"debit|cvv|cvc|卡|信用|クレジット|银联|銀聯"
)
CALLED_OTHER = (
    r"tracking|waybill|awb|parcel|package|consignment|barcode|ean|gtin|upc|isbn|imei|serial|ups|usps|fedex|dhl|dpd|gls|"
    r"sendung|suivi|seguimiento|快递|快遞|运单|運單|物流|单号|單號|追跡|伝票"
)
CALLED = re.compile(rf"(?<![a-z])(?:(?P<card>{CALLED_CARD})|(?P<other>{CALLED_OTHER}))", re.IGNORECASE)
REACH = 30
CODE = re.compile(
    r"(?<![a-z])(?:cv[vcn]2?|card (?:security|verification) (?:code|number|value)|安全[码碼])"
    r"[\W_]{0,6}(?:(?:is|no|nr|code|number|ist|是|为|為)[\W_]{0,4}){0,2}\d{3,4}(?!\w)"
    r"|(?<!\w)\d{3,4}[\W_]{1,3}(?:is )?(?:my |the )?cv[vc]2?(?![a-z])",
    re.IGNORECASE,
)


def find(text: str, known: Collection[str] = ()) -> list[Span]:
    """Return the places of card numbers and security codes in the text; `known` are numbers that are no cards."""
    if not any(map(str.isdigit, text)):  # most cells of a feed
        return []
    folded, places = _folded(text)
    found = [*_numbers(folded, known), *(match.span() for match in CODE.finditer(folded))]
    return [(places[start], places[end - 1] + 1) for start, end in sorted(found)]


def refuse(text: str) -> None:
    """Raise ValidationError for a text with a card number or a security code: the validator of form fields."""
    if find(text):
        raise ValidationError(SENTENCE)


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the text with each script's digits as 0–9 and nothing unseen, and where each character stood."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        if letter.isascii():
            plain = letter
        elif unicodedata.category(letter) in ("Cf", "Mn"):
            continue
        else:
            digit = unicodedata.digit(letter, None)
            plain = unicodedata.normalize("NFKC", letter) if digit is None else str(digit)
            plain = plain if len(plain) == 1 else letter
        letters.append(plain)
        places.append(place)
    return "".join(letters), places


def _numbers(text: str, known: Collection[str]) -> Iterator[Span]:
    for each in sorted(known, key=len, reverse=True):
        if len(each) >= SHORTEST:
            text = re.sub(rf"(?<!\w){re.escape(each)}(?!\w)", _blank, text, flags=re.IGNORECASE)
    text = ORDERS.sub(_blank, text)
    for chain in GROUPS.finditer(text):
        groups = [match.span() for match in re.finditer(r"\d+", text[chain.start() : chain.end()])]
        yield from _in_groups(text, [(chain.start() + start, chain.start() + end) for start, end in groups])


def _in_groups(text: str, groups: list[Span]) -> Iterator[Span]:
    """Find cards among groups of digits that stand side by side: each is one group, or several in a row."""
    first = 0
    while first < len(groups):
        after = _card_from(text, groups, first)
        if after:
            yield groups[first][0], groups[after - 1][1]
        first = after or first + 1


def _card_from(text: str, groups: list[Span], first: int) -> int:
    """Return the place after the last group of a card that begins with this group; 0 where none does."""
    if text[groups[first][0]] not in FIRST_DIGITS:
        return 0
    digits = ""
    for place in range(first, len(groups)):
        digits += text[slice(*groups[place])]
        if len(digits) > LONGEST:
            return 0
        mine = groups[first : place + 1]
        if _is_number_of_card(digits) and _is_typed(text, mine) and _is_called_card(text, mine, digits):
            return place + 1
    return 0


def _is_typed(text: str, groups: list[Span]) -> bool:
    """Return whether people group a card's digits so: by three and more, else all alike with one separator."""
    sizes = {end - start for start, end in groups[:-1]}
    if not sizes or min(sizes) >= 3:
        return True
    between = {text[end:start] for (_start, end), (start, _end) in pairwise(groups)}
    return len(sizes) == len(between) == 1 and groups[-1][1] - groups[-1][0] <= min(sizes)


def _is_number_of_card(digits: str) -> bool:
    return any(len(digits) in lengths and prefix.match(digits) for prefix, lengths in ISSUERS) and _is_luhn(
        digits
    )


def _is_called_card(text: str, groups: list[Span], digits: str) -> bool:
    """Return whether the words before the number allow it to be a card's; the trade's own forms need such a word."""
    start, end = groups[0][0], groups[-1][1]
    words = list(CALLED.finditer(text, max(0, start - REACH), start))
    if words:
        return words[-1].lastgroup == "card"
    around = text[start - 1 : start] + text[end : end + 1] if start else text[end : end + 1]
    if re.search(r"[A-Za-z]", around):
        return False
    if len(groups) > 1:
        return True
    return len(digits) not in (ITEM_NUMBER, ORDER_NUMBER) and not (
        len(digits) == BARCODE and _is_barcode(digits)
    )


def _is_luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _is_barcode(digits: str) -> bool:
    """Return whether the check digit is that of an EAN-13."""
    return (sum(map(int, digits[0::2])) + 3 * sum(map(int, digits[1::2]))) % 10 == 0


def _blank(match: re.Match[str]) -> str:
    return "\x00" * len(match[0])
