"""What people type into the search box of orders: numbers with odd dashes and blanks, several pasted, plain words."""

import re
import unicodedata
from dataclasses import dataclass

LENGTH = 19
DIGITS = 17
MOST_NUMBERS = 200
# So many numbers with their dashes and what stands between them.
MOST_TEXT = MOST_NUMBERS * 22
MOST_WORDS = 8
NOT_SEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
DASHES = re.compile(r"[\u2010-\u2015\u2212\u00ad]")
WHOLE = re.compile(r"(?<![0-9])([0-9]{3})-?([0-9]{7})-?([0-9]{7})(?![0-9])")
DASHED = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}")
BEGINNING = re.compile(r"[0-9-]*[0-9][0-9-]*")
# Carriers print blanks, dots and dashes into their numbers; orders/models/package.py has the same in SQL.
PRINTED = str.maketrans("", "", " .-")
BETWEEN = re.compile(r"[\r\n\t,;、，；|]+")
# Tracking numbers and references beside each other: long enough, with a digit, of no other signs.
CODE = re.compile(r"(?=\S*[0-9])[A-Za-z0-9_-]{8,64}")
FIELDS = ("order", "reference", "tracking", "sku", "asin", "buyer", "title")
NAMED = re.compile(rf"({'|'.join(FIELDS)})\s*[:：]\s*(\S.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Typed:
    """What was typed, read as far as that goes without looking anything up.

    `number` is an order number or the beginning of one, `digits` what any order number may hold, `several` the
    numbers that were pasted together, `field` what the text was said to be ("sku: LAMP-1").
    """

    text: str
    field: str = ""
    number: str | None = None
    digits: str = ""
    several: tuple[str, ...] = ()

    @property
    def whole(self) -> str | None:
        """The number that only one order can have."""
        return self.number if self.number and is_whole(self.number) else None

    @property
    def bare(self) -> str:
        """As a tracking number is compared."""
        return bare(self.text)

    @property
    def words(self) -> list[str]:
        """The words that must all be found."""
        return self.text.split()[:MOST_WORDS]


def read(text: str) -> Typed:
    """What somebody may have meant."""
    named = NAMED.fullmatch(text.strip())
    field, said = (named[1].lower(), named[2]) if named else ("", text)
    plain = " ".join(NOT_SEEN.sub(" ", unicodedata.normalize("NFKC", said)).split())
    if field not in ("", "order"):
        return Typed(plain, field)
    several = numbers(said)
    if len(several) > 1:
        return Typed(plain, field, several=several)
    found = number(said)
    whole = found is not None and is_whole(found)
    digits = found.replace("-", "") if found and not whole else ""
    return Typed(plain, field, found, digits)


def number(text: str) -> str | None:
    """The order number, or the beginning of one, that the text holds; None where there is none.

    A whole number has LENGTH characters.
    """
    plain = NOT_SEEN.sub("", _plain(text)).replace("_", "-")
    if whole := WHOLE.search(plain):
        return "-".join(whole.groups())
    if not BEGINNING.fullmatch(plain):
        return None
    digits = plain.replace("-", "")
    return dashed(digits) if len(digits) <= DIGITS else None


def bare(text: str) -> str:
    """A tracking number in capitals, without what is printed between its parts."""
    return NOT_SEEN.sub("", _plain(text)).translate(PRINTED).upper()


def dashed(digits: str) -> str:
    """The beginning of a number with its dashes."""
    return "-".join(part for part in (digits[:3], digits[3:10], digits[10:]) if part)


def is_whole(number: str) -> bool:
    """Whether it can only be one order's."""
    return len(number) == LENGTH


def numbers(text: str) -> tuple[str, ...]:
    """Order numbers, references and tracking numbers that were pasted together, each once; none where one was.

    They stand on lines, between commas or blanks, or run together as a browser joins the lines of a sheet.
    """
    plain = _plain(text)
    parts = [NOT_SEEN.sub("", part) for part in BETWEEN.split(plain)]
    parts = [part for part in parts if part]
    if len(parts) < 2 or not all(CODE.fullmatch(part) for part in parts):
        parts = _side_by_side(plain)
    return tuple(dict.fromkeys(_whole(part) or part for part in parts))


def _whole(part: str) -> str | None:
    found = number(part)
    return found if found and is_whole(found) else None


def _side_by_side(plain: str) -> list[str]:
    """Numbers among other words, or on one line, apart by blanks or by nothing."""
    squeezed = NOT_SEEN.sub("", plain)
    if not DASHED.sub("", squeezed):
        return DASHED.findall(squeezed)
    digits = squeezed.replace("-", "")
    if digits.isascii() and digits.isdigit() and len(digits) > DIGITS and len(digits) % DIGITS == 0:
        return [dashed(digits[at : at + DIGITS]) for at in range(0, len(digits), DIGITS)]
    whole = ["-".join(found) for found in WHOLE.findall(plain)]
    if len(whole) > 1:
        return whole
    parts = plain.split()
    return parts if len(parts) > 1 and all(CODE.fullmatch(part) for part in parts) else []


def _plain(text: str) -> str:
    """With ordinary digits and dashes."""
    return DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip()
