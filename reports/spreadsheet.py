"""Workbooks (XLSX) of any length in flat memory, in which no text is ever taken for a formula (I3)."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from os import PathLike
from typing import Protocol

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.formulas import FORMULA

MOST_ROWS = 1_048_576 - 1  # what a sheet holds, less its line of names
LONGEST = 32_767  # characters that a cell holds
NARROWEST, WIDEST = 9, 48
LOOKED_AT = 100
"""Rows that are read for the widths of their columns before the first is written."""

# What XML cannot hold, and what xlsxwriter would turn into an escape of its own.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,4})?")
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": False,
}

Cell = str | int | Decimal | None


class Column(Protocol):
    """A name in the first line; amounts and counts are numbers, all else is text whatever it looks like."""

    @property
    def name(self) -> str: ...

    @property
    def is_number(self) -> bool: ...


class TooManyRows(Exception):
    """A sheet cannot hold them; `str()` is the sentence to show."""

    def __str__(self) -> str:
        words = {"most": f"{MOST_ROWS:,}"}
        return _("A spreadsheet holds at most %(most)s rows. Ask for fewer days, or for CSV.") % words


def safe(text: str) -> str:
    """A text that no spreadsheet program takes for a formula; one that was made safe before stays as it is."""
    return f"'{text}" if FORMULA.match(text) else text


def write(path: str | PathLike[str], columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> int:
    """The rows as a workbook at the path, each as soon as it comes; returns how many there were.

    Identifiers keep their leading zeros. Raises TooManyRows beyond what a sheet holds.
    """
    book = xlsxwriter.Workbook(path, OPTIONS)
    try:
        sheet = book.add_worksheet()
        return _fill(sheet, columns, iter(rows), book.add_format({"bold": True, "bottom": 1}))
    finally:
        book.close()


def _fill(sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], head: Format) -> int:
    """The line of names, which stays in sight, then the rows."""
    numbers = [column.is_number for column in columns]
    first: list[Sequence[Cell]] = []
    for row in rows:
        first.append(row)
        if len(first) == LOOKED_AT:
            break
    _set_up(sheet, columns, first, head)
    done = 0
    for part in (first, rows):
        for row in part:
            done += 1
            if done > MOST_ROWS:
                raise TooManyRows
            _write_row(sheet, done, row, numbers)
    if columns:
        sheet.autofilter(0, 0, done, len(columns) - 1)
    return done


def _set_up(
    sheet: Worksheet, columns: Sequence[Column], first: Sequence[Sequence[Cell]], head: Format
) -> None:
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        lengths = [len(column.name) + 3, *(_width(row[place]) for row in first)]
        sheet.set_column(place, place, min(max(*lengths, NARROWEST), WIDEST))
        sheet.write_string(0, place, column.name, head)


def _width(cell: Cell) -> int:
    """About as many places as the text takes; Chinese letters are twice as wide."""
    text = str(cell or "")[:WIDEST]
    return sum(2 if letter > "\u2e80" else 1 for letter in text) + 2


def _write_row(sheet: Worksheet, line: int, row: Sequence[Cell], numbers: Sequence[bool]) -> None:
    for place, (cell, is_number) in enumerate(zip(row, numbers, strict=True)):
        if cell is None or cell == "":
            continue
        if is_number and NUMBER.fullmatch(str(cell)):
            sheet.write_number(line, place, float(cell))
        else:
            sheet.write_string(line, place, UNWRITABLE.sub("\ufffd", safe(str(cell)))[:LONGEST])
