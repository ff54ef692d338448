"""What a spreadsheet program takes for a formula: one rule for every text file that people open with one (I3).

Programs look through blanks and take the full-width and small signs for the plain ones. The blanks are named one by
one: what a bare `\\s` is differs between Python and the database, and there with its locale. A workbook needs no guard:
its text cells are never calculated.
"""

import re

BLANKS = "".join(map(chr, [*range(1, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C)])) + (
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
SIGNS = "=+@＝＋－＠﹦﹢﹣﹫-"
ENDS = "\t\r\n"
FORMULA = re.compile(f"[\0{re.escape(BLANKS)}]*[{SIGNS}]|[\0{ENDS}]")
SUSPECT = re.compile(f"'*(?:{FORMULA.pattern})")
"""With the marks that stand before one already: so each of them is read back."""

_BLANKS = "".join(f"\\u{ord(each):04x}" for each in BLANKS)
SQL = rf"^''*[{_BLANKS}]*[{SIGNS}]|^''*[\t\r\n]"
"""The same for the database, which has no NUL in a text; as part of a literal, so each ' is doubled."""

FIRST = [ord(each) for each in BLANKS + SIGNS + "'"]
"""What such a text begins with: looked at before the pattern is, since nearly no text does."""


def defused(text: str) -> str:
    """Return the text with ' before what begins as a formula does; no spreadsheet program calculates it then."""
    return f"'{text}" if SUSPECT.match(text) else text


def plain(cell: str) -> str:
    """Return what `defused` was given: the ' is removed again."""
    return cell[1:] if cell.startswith("'") and SUSPECT.match(cell) else cell
