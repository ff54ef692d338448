"""Whether a tracking number can be one of its carrier: shape and check digit, no question to the carrier.

It only warns: carriers have more kinds of numbers than anybody lists, so what is not known is taken as it is.
"""

import re
from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _

SHORTEST = 6
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


def is_plausible(carrier: str, number: str) -> bool:
    """Whether the number has the shape and the check digit of a number of this carrier."""
    cleaned = _cleaned(number)
    if len(cleaned) < SHORTEST or not any(map(str.isdigit, cleaned)) or len(set(cleaned)) == 1:
        return False
    judge = JUDGES.get(carrier)
    if judge:
        return judge(cleaned)
    return not (carrier in POSTS and S10.fullmatch(cleaned)) or _is_s10(cleaned)


def problem(carrier: str, number: str) -> str:
    """What is wrong with it in a sentence; empty where nothing is."""
    if not number.strip():
        return _("No tracking number: the package counts against your valid tracking rate.")
    if is_plausible(carrier, number):
        return ""
    words = {"number": number, "carrier": carrier}
    return _("%(number)s does not look like a tracking number of %(carrier)s. Check it for a typo.") % words


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
