"""Cells of text files that a spreadsheet program opens: none of them is a formula, and each is read back (I3)."""

import re

from reports.formulas import FORMULA

SUSPECT = re.compile(f"'*(?:{FORMULA.pattern})")
"""With the marks that stand before one already: so each of them is read back."""

UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def one_line(text: str) -> str:
    """The text without line ends, tabs and what no file may hold."""
    return UNSEEN.sub(" ", text).strip()


def defused(text: str) -> str:
    """One line that no spreadsheet program calculates: ' stands before what begins as a formula does."""
    text = one_line(text)
    return f"'{text}" if SUSPECT.match(text) else text


def plain(cell: str) -> str:
    """What `defused` was given: the ' is taken away again."""
    return cell[1:] if cell.startswith("'") and SUSPECT.match(cell) else cell
