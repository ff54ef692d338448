"""What a spreadsheet program takes for a formula: one rule for workbooks, text files and feeds (I3).

Programs look through blanks and take the full-width and small signs for the plain ones. The blanks are named one by
one: what a bare `\\s` is differs between Python and the database, and there with its locale.
"""

import re

BLANKS = "".join(map(chr, [*range(1, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C)])) + (
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
SIGNS = "=+@＝＋－＠﹦﹢﹣﹫-"
ENDS = "\t\r\n"
FORMULA = re.compile(f"[\0{re.escape(BLANKS)}]*[{SIGNS}]|[\0{ENDS}]")

_BLANKS = "".join(f"\\u{ord(each):04x}" for each in BLANKS)
SQL = rf"^[{_BLANKS}]*[{SIGNS}]|^[\t\r\n]"
"""The same for the database, which has no NUL in a text."""

FIRST = [ord(each) for each in BLANKS + SIGNS]
"""What such a text begins with: looked at before the pattern is, since nearly no text does."""
