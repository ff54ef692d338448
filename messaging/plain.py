"""Text as a reader takes it: one form for each letter and digit, nothing unseen, and where each of them stood."""

import re
import unicodedata
from dataclasses import dataclass

DOTS = dict.fromkeys("。｡．․·•∙⋅・﹒", ".")
DASHES = dict.fromkeys("‐‑‒–—―−﹣－_⁃", "-")
NUMERALS = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))
CYRILLIC = dict(zip("асеорхуіАСЕОРХІВНКМТ", "aceopxyiACEOPXIBHKMT", strict=True))
NUMERAL_RUN = re.compile("[〇零一二三四五六七八九]{7,}")
UNSEEN = ("Cf", "Mn", "Cs", "Co")


@dataclass(frozen=True)
class Plain:
    """The folded text, and for each of its characters the place of the one it was made of."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a passage of the folded text stands in the one that was written."""
        return self.places[start], self.places[end - 1] + 1


def fold(text: str) -> Plain:
    """Full-width and styled letters become plain ones, each script's digits 0–9, odd dots and dashes . and -."""
    numerals = {place for run in NUMERAL_RUN.finditer(text) for place in range(*run.span())}
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        folded = NUMERALS[letter] if place in numerals else _folded(letter)
        letters.append(folded)
        places += [place] * len(folded)
    return Plain("".join(letters), tuple(places))


def clean(text: str) -> str:
    """What is kept of a text: its lines, without control characters and without what turns its direction."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    kept = (letter for letter in lines if letter in "\n\t" or _is_seen(letter))
    return "".join(kept).strip()


def one_line(text: str) -> str:
    """The words on one line."""
    return " ".join(clean(text).split())


def _is_seen(letter: str) -> bool:
    """Joiners stay, since some scripts and emoji need them; what overrides the direction of reading goes."""
    if letter in "\u200c\u200d":
        return True
    return unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _folded(letter: str) -> str:
    if letter in DOTS:
        return "."
    if letter in DASHES:
        return "-"
    if unicodedata.category(letter) in UNSEEN:
        return ""
    if letter in CYRILLIC:
        return CYRILLIC[letter]
    digit = unicodedata.digit(letter, None)
    if digit is not None:
        return str(digit)
    return "".join(
        each for each in unicodedata.normalize("NFKC", letter) if each.isprintable() or each in "\n\t"
    )
