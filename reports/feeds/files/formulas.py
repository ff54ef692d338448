"""Cells of text files that a spreadsheet program opens: none of them is a formula, and each is read back (I3)."""

import re

from accounts import formulas
from accounts.formulas import plain

__all__ = ["defused", "one_line", "plain"]

UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def one_line(text: str) -> str:
    """The text without line ends, tabs and what no file may hold."""
    return UNSEEN.sub(" ", text).strip()


def defused(text: str) -> str:
    """One line that no spreadsheet program calculates: ' stands before what begins as a formula does."""
    return formulas.defused(one_line(text))
