"""Tracking numbers pasted from a spreadsheet: which column is which, and what stands there for each order (O14).

Nothing is looked up and nothing is changed here: a text becomes rows and remarks on those that cannot be read.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from orders import tracking
from orders.bulk import headings
from orders.bulk.headings import CARRIER, NUMBER, QUANTITY, TRACKING
from orders.forms.package import OneLineField
from orders.lists import search

LONGEST = 100_000
MOST_ROWS = 500
MOST_CELLS = 50
LONGEST_CELL = 200

# Excel's ways to keep a number from being one: ="0012" and '0012.
KEPT_AS_TEXT = re.compile(r"""=\s*"([^"]*)"|'(.*)""", re.DOTALL)
COUNTED = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True)
class Pasted:
    """What each order's row says, by order number, in the order of the sheet; and what could not be read.

    `units` are how many of an order the sheet ships, where it says so.
    """

    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    units: dict[str, int] = field(default_factory=dict)


def read(text: str) -> Pasted:
    """The rows of a pasted sheet, with or without a line of headings, its columns in any order."""
    if len(text) > LONGEST:
        return Pasted(problems=[_("That is too much text at once. Paste fewer rows.")])
    lines = [(line, cells) for line, cells in enumerate(_cells(text), start=1) if any(cells)]
    if not lines:
        return Pasted(problems=[_("Nothing was pasted.")])
    if len(lines) > MOST_ROWS:
        words = {"most": MOST_ROWS}
        return Pasted(problems=[_("At most %(most)d rows can be pasted at once.") % words])
    columns = headings.of(lines[0][1])
    if columns:
        del lines[0]
    else:
        rows = [cells for _line, cells in lines]
        columns = headings.guessed(rows)
        if NUMBER in columns and headings.is_unclear(rows, columns):
            return Pasted(problems=[_unclear()])
    if missing := _missing(columns):
        return Pasted(problems=[missing])
    return _rows(lines, columns)


def _missing(columns: Mapping[str, int]) -> str:
    """Which column is not there, in a sentence."""
    if NUMBER not in columns:
        return _("No column holds order numbers like 114-1234567-1234567.")
    if TRACKING not in columns and CARRIER not in columns:
        return _(
            "No column of tracking numbers or carriers was recognised. Name the columns in a first line: "
            "order number, carrier, tracking number."
        )
    return ""


def _unclear() -> str:
    return _(
        "It is not clear which column holds the tracking numbers. Name the columns in a first line: order number, "
        "carrier, tracking number."
    )


def _rows(lines: Sequence[tuple[int, Sequence[str]]], columns: Mapping[str, int]) -> Pasted:
    pasted, first, known = Pasted(), dict[str, int](), set[tuple[str, ...]]()
    for line, cells in lines:
        values = {role: cells[place] for role, place in columns.items() if place < len(cells)}
        number, quantity = search.number(values.pop(NUMBER, "")), values.pop(QUANTITY, "")
        if problem := _problem(number, values, pasted.rows, first) or _not_counted(quantity):
            pasted.problems.append(_("Line %(line)d: %(problem)s") % {"line": line, "problem": problem})
        elif number:
            first.setdefault(number, line)
            pasted.rows[number] = values
            # A line for each item of an order is usual; the very same line twice is one.
            if int(quantity or 0) and tuple(cells) not in known:
                pasted.units[number] = pasted.units.get(number, 0) + int(quantity)
            known.add(tuple(cells))
    return pasted


def _not_counted(quantity: str) -> str:
    """What is wrong with a quantity, in a sentence; none, or 0 of what has been shipped before, says nothing."""
    if not quantity or COUNTED.fullmatch(quantity):
        return ""
    return _("%(quantity)s is no quantity.") % {"quantity": quantity}


def _problem(
    number: str | None,
    values: Mapping[str, str],
    rows: Mapping[str, Mapping[str, str]],
    first: Mapping[str, int],
) -> str:
    """Why this row cannot be taken, in a sentence."""
    if not number or not search.is_whole(number):
        return _("there is no order number.")
    if number in rows and rows[number] != values:
        words = {"number": number, "line": first[number]}
        return (
            _(
                "%(number)s stands in line %(line)d already, with something else. Several packages of one order are "
                "confirmed on the order's own page."
            )
            % words
        )
    verdict = tracking.judge("", values.get(TRACKING, ""))
    return verdict.sentence if verdict.is_refused else ""


def _cells(text: str) -> list[list[str]]:
    """The sheet's cells, as a spreadsheet copies them; commas or semicolons where there is no tab."""
    delimiter = next((mark for mark in "\t;," if mark in text), "\t")
    # Quotes count only where a spreadsheet writes them: else one stray quote would swallow the rows after it.
    quotes: dict[str, Any] = {"quoting": csv.QUOTE_NONE} if text.count('"') % 2 else {}
    sheet = io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"))
    reader = csv.reader(sheet, delimiter=delimiter, **quotes)
    return [[_clean(cell) for cell in row[:MOST_CELLS]] for row in reader]


def _clean(cell: str) -> str:
    """What a person sees in the cell."""
    plain = " ".join(OneLineField.NOT_SEEN.sub(" ", unicodedata.normalize("NFKC", cell)).split())
    if kept := KEPT_AS_TEXT.fullmatch(plain):
        plain = (kept[1] if kept[1] is not None else kept[2]).strip()
    return plain.replace("\0", "").replace("\ufeff", "")[:LONGEST_CELL]
