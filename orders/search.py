"""Order numbers as people paste them: with blanks around, odd dashes, none, or only the beginning."""

import re
import unicodedata

LENGTH = 19
MOST_NUMBERS = 200
# So many numbers with their dashes and what stands between them.
MOST_TEXT = MOST_NUMBERS * 22
NOT_SEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
DASHES = re.compile(r"[\u2010-\u2015\u2212\u00ad_]")
WHOLE = re.compile(r"(?<![0-9])([0-9]{3})-?([0-9]{7})-?([0-9]{7})(?![0-9])")
BEGINNING = re.compile(r"[0-9-]*[0-9][0-9-]*")


def number(text: str) -> str | None:
    """The order number, or the beginning of one, that the text holds; None where there is none.

    A whole number has LENGTH characters.
    """
    plain = DASHES.sub("-", NOT_SEEN.sub("", unicodedata.normalize("NFKC", text)))
    if whole := WHOLE.search(plain):
        return "-".join(whole.groups())
    if not BEGINNING.fullmatch(plain):
        return None
    digits = plain.replace("-", "")
    if len(digits) > 17:
        return None
    return "-".join(part for part in (digits[:3], digits[3:10], digits[10:]) if part)


def is_whole(number: str) -> bool:
    """Whether it can only be one order's."""
    return len(number) == LENGTH
