"""Judge tracking numbers, the same for every page, file, and program: shape and check digit, without asking a carrier.

A number that a spreadsheet program has changed, or a web address, is refused: no package has it. All else is only a
remark: carriers have more kinds of numbers than anybody lists, so an unknown one is accepted.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from django.utils.translation import gettext as _

from accounts.echoes import shown
from orders.carriers import OTHER

SHORTEST, LONG = 6, 10
SCIENTIFIC = re.compile(
    r"[0-9]{1,3}[.,][0-9]+E[+-]?[0-9]{1,3}|[0-9]{1,3}E[+-][0-9]{1,3}|[0-9]E[0-9]{1,3}", re.IGNORECASE
)
FLOAT = re.compile(r"[0-9]{6,}[.,]0{1,2}|[0-9]{1,3}(?:,[0-9]{3}){2,}(?:\.0+)?")
"""A number with decimals, or with commas between its thousands."""
ERROR = re.compile(r"#+|#(?:N/A|NAME\?|REF!|VALUE!|NUM!|NULL!|DIV/0!)", re.IGNORECASE)
ROUNDED = re.compile(r"(?=[0-9]{20,}$)[1-9][0-9]{14}0+")
"""More than 15 digits, of which a spreadsheet program keeps 15 and makes the rest zeros."""
ADDRESS = re.compile(r"://|^www\.|^[a-z0-9.-]+\.[a-z]{2,}/", re.IGNORECASE)
OF_USPS = re.compile(r"9[1-5]|420|[A-Z]{2}[0-9]{9}US")
S10 = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
UPS = re.compile(r"1Z[0-9A-Z]{15}[0-9]")
UPS_OTHERS = re.compile(r"T[0-9]{10}|[0-9]{9}|[0-9]{12}|[0-9]{18,34}|MI[0-9A-Z]{6,28}")
FEDEX_WEIGHTS = (3, 1, 7)
USPS_ROUTE = re.compile(r"420(?:[0-9]{5}|[0-9]{9})(?=(?:[0-9]{20}|[0-9]{22})$)")
POSTS = {
    "USPS", "Canada Post", "China Post", "Deutsche Post", "India Post", "La Poste", "Poste Italiane", "Royal Mail",
    "Singapore Post", "EUB", "Yanwen",
}  # fmt: skip


class Oddity(Enum):
    """What can be odd about a tracking number."""

    MANGLED = auto()
    ADDRESS = auto()
    BLANK = auto()
    SEVERAL = auto()
    OTHER_CARRIER = auto()
    SHAPE = auto()
    USED = auto()


REFUSED = (Oddity.MANGLED, Oddity.ADDRESS)


@dataclass(frozen=True)
class Verdict:
    """What is odd about a tracking number, with the sentence to show; neither where nothing is."""

    oddity: Oddity | None = None
    sentence: str = ""

    @property
    def is_refused(self) -> bool:
        """Return whether no package can have this number."""
        return self.oddity in REFUSED


def judge(carrier: str, number: str) -> Verdict:
    """Return what is odd about a number of this carrier; a carrier that is not known yet is ""."""
    number = number.strip()
    words: dict[str, object] = {"number": shown(number), "carrier": carrier}
    if not number:
        sentence = _("No tracking number: the package counts against your valid tracking rate.")
        return Verdict(Oddity.BLANK, sentence)
    if _is_mangled(number):
        sentence = _(
            "“%(number)s” is not a tracking number: a spreadsheet program changed it. Format the column as text, then "
            "enter the number again."
        )
        return Verdict(Oddity.MANGLED, sentence % words)
    if ADDRESS.search(number):
        sentence = _("“%(number)s” is a web address. Enter only the tracking number.")
        return Verdict(Oddity.ADDRESS, sentence % words)
    if (count := _count(number)) > 1:
        sentence = _(
            "“%(number)s” holds %(count)d tracking numbers. A package has one: enter them one by one."
        )
        return Verdict(Oddity.SEVERAL, sentence % {**words, "count": count})
    if meant := _other_carrier(carrier, number):
        sentence = _(
            "%(number)s looks like a tracking number of %(meant)s, not of %(carrier)s. Check the carrier."
        )
        return Verdict(Oddity.OTHER_CARRIER, sentence % {**words, "meant": meant})
    if not _has_shape(carrier, number):
        sentence = _("%(number)s does not look like a tracking number of %(carrier)s. Check it for a typo.")
        return Verdict(Oddity.SHAPE, sentence % words)
    return Verdict()


def is_plausible(carrier: str, number: str) -> bool:
    """Return whether nothing is odd about the number."""
    return judge(carrier, number).oddity is None


def problem(carrier: str, number: str) -> str:
    """Return what is odd about the number, in a sentence; "" where nothing is."""
    return judge(carrier, number).sentence


def _is_mangled(number: str) -> bool:
    """Return whether a spreadsheet program has left this of a number, or an error in its place."""
    return bool(
        SCIENTIFIC.fullmatch(number)
        or FLOAT.fullmatch(number)
        or ERROR.fullmatch(number)
        or ROUNDED.fullmatch(number)
    )


def _count(number: str) -> int:
    """Return how many tracking numbers stand in the text; blanks inside one are only printed there."""
    parts = [part for part in re.split(r"[,;|/\n]+|\s(?:and|&|\+)\s", number) if _is_long(part, SHORTEST)]
    words = number.split()
    if len(parts) < 2 and len(words) > 1 and all(_is_long(word, LONG) for word in words):
        parts = words
    return max(len(parts), 1)


def _is_long(part: str, length: int) -> bool:
    """Return whether the text is long enough for a number by itself, and mostly of digits."""
    cleaned = _cleaned(part)
    return len(cleaned) >= length and 2 * sum(map(str.isdigit, cleaned)) >= len(cleaned)


def _other_carrier(carrier: str, number: str) -> str:
    """Return the carrier whose number this clearly is, where it is another one than was named."""
    cleaned = _cleaned(number)
    if not carrier or carrier == OTHER or (carrier in JUDGES and _has_shape(carrier, number)):
        return ""
    if cleaned.startswith("1Z") and _is_ups(cleaned):
        return "" if carrier.startswith("UPS") else "UPS"
    if carrier in JUDGES and OF_USPS.match(cleaned) and _is_usps(cleaned):
        return "USPS"
    return "FedEx" if carrier in JUDGES and len(cleaned) in (12, 15) and _is_fedex(cleaned) else ""


def _has_shape(carrier: str, number: str) -> bool:
    """Return whether the number has the shape and the check digit of a number of this carrier."""
    cleaned = _cleaned(number)
    if len(cleaned) < SHORTEST or not any(map(str.isdigit, cleaned)) or len(set(cleaned)) == 1:
        return False
    judge = JUDGES.get(carrier)
    if judge:
        return judge(cleaned)
    return not (carrier in POSTS and S10.fullmatch(cleaned)) or _is_s10(cleaned)


def _cleaned(number: str) -> str:
    """As carriers print it, without what is only there for the eye."""
    kept = re.sub(r"[\s.\-]+", "", number).upper()
    return kept if kept.isascii() and kept.isalnum() else ""


def _is_s10(number: str) -> bool:
    """The Universal Postal Union's S10: two letters, eight digits and their check digit, the country."""
    if not S10.fullmatch(number):
        return False
    rest = 11 - _weighted(number[2:10], S10_WEIGHTS) % 11
    return int(number[10]) == {10: 0, 11: 5}.get(rest, rest)


def _is_ups(number: str) -> bool:
    """1Z and a check digit over digits and letters; or one of the numbers of its other services."""
    if not number.startswith("1Z"):
        return bool(UPS_OTHERS.fullmatch(number))
    if not UPS.fullmatch(number):
        return False
    values = [int(sign) if sign.isdigit() else (ord(sign) - 63) % 10 for sign in number[2:17]]
    return int(number[17]) == -(sum(values[::2]) + 2 * sum(values[1::2])) % 10


def _is_fedex(number: str) -> bool:
    """12 digits of Express and 15 of Ground have a check digit; the longer ones of Ground and post are taken."""
    if not number.isdigit():
        return False
    if len(number) == 12:
        return int(number[-1]) == _weighted(number[:-1], FEDEX_WEIGHTS * 4) % 11 % 10
    return _ends_by_gs1(number) if len(number) == 15 else len(number) in (14, 18, 20, 22, 34)


def _is_usps(number: str) -> bool:
    """20 or 22 digits, perhaps behind the postal code of the destination; or an international number."""
    number = USPS_ROUTE.sub("", number)
    return _is_s10(number) or (number.isdigit() and len(number) in (20, 22) and _ends_by_gs1(number))


def _ends_by_gs1(number: str) -> bool:
    """The check digit of GS1: threes and ones in turn, from the right."""
    digits = [int(sign) for sign in reversed(number[:-1])]
    return int(number[-1]) == -(3 * sum(digits[::2]) + sum(digits[1::2])) % 10


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


JUDGES: dict[str, Callable[[str], bool]] = {
    "UPS": _is_ups,
    "FedEx": _is_fedex,
    "USPS": _is_usps,
}
