"""Workbooks (XLSX) of any length in flat memory. A text is a text cell, which no program calculates (I3)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from os import PathLike
from typing import Protocol

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576 - 1  # what a sheet holds, less its line of names
LONGEST = 32_767  # characters that a cell holds
NARROWEST, WIDEST = 9, 48
LOOKED_AT = 100
"""Rows that are read for the widths of their columns before the first is written."""

# What XML cannot hold, and what xlsxwriter would turn into an escape of its own.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2})?")
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
    """A name in the first line; amounts and counts are numbers, moments and days are dates, all else is text."""

    @property
    def name(self) -> str: ...

    @property
    def is_number(self) -> bool: ...

    @property
    def is_moment(self) -> bool: ...

    @property
    def is_day(self) -> bool: ...


class TooManyRows(Exception):
    """A sheet cannot hold them; `str()` is the sentence to show."""

    def __str__(self) -> str:
        words = {"most": f"{MOST_ROWS:,}"}
        return _("A spreadsheet holds at most %(most)s rows. Ask for fewer days, or for CSV.") % words


@dataclass(frozen=True)
class Looks:
    """The formats of a workbook."""

    head: Format
    moment: Format
    day: Format

    @classmethod
    def of(cls, book: xlsxwriter.Workbook) -> "Looks":
        """Dates are shown alike in every country."""
        return cls(
            book.add_format({"bold": True, "bottom": 1}),
            book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            book.add_format({"num_format": "yyyy-mm-dd"}),
        )


def write(path: str | PathLike[str], columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> int:
    """The rows as a workbook at the path, each as soon as it comes; returns how many there were.

    Identifiers keep their leading zeros. Raises TooManyRows beyond what a sheet holds.
    """
    book = xlsxwriter.Workbook(path, OPTIONS)
    try:
        sheet = book.add_worksheet()
        return _fill(sheet, columns, iter(rows), Looks.of(book))
    finally:
        book.close()


def _fill(sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], looks: Looks) -> int:
    """The line of names, which stays in sight, then the rows."""
    first: list[Sequence[Cell]] = []
    for row in rows:
        first.append(row)
        if len(first) == LOOKED_AT:
            break
    _set_up(sheet, columns, first, looks.head)
    done = 0
    for part in (first, rows):
        for row in part:
            done += 1
            if done > MOST_ROWS:
                raise TooManyRows
            _write_row(sheet, done, row, columns, looks)
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


def _write_row(
    sheet: Worksheet, line: int, row: Sequence[Cell], columns: Sequence[Column], looks: Looks
) -> None:
    for place, (cell, column) in enumerate(zip(row, columns, strict=True)):
        text = "" if cell is None else str(cell)
        if column.is_number and NUMBER.fullmatch(text):
            sheet.write_number(line, place, float(text))
        elif (column.is_moment or column.is_day) and DATE.fullmatch(text):
            look = looks.moment if column.is_moment else looks.day
            sheet.write_datetime(line, place, datetime.fromisoformat(text), look)
        elif text:
            sheet.write_string(line, place, UNWRITABLE.sub("\ufffd", text)[:LONGEST])
