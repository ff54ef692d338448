"""A tab-delimited report as people have it on disk: its encoding, its header, its rows (docs/channels.md).

Whatever is wrong with the file as a whole is found before its first row is given out, and the memory needed does not
grow with the file.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from accounts import formulas, text_files
from accounts.text_files import Record, Unreadable

COLUMNS_AT_MOST = 300
HEADER_WITHIN = 3
ALIASES = {"amazon-order-id": "order-id", "quantity": "quantity-purchased"}


@dataclass(frozen=True)
class Row:
    """One row: its line in the file, its cells by column, and what is wrong with the row itself."""

    line: int
    cells: Mapping[str, str]
    problem: str = ""

    def __getitem__(self, column: str) -> str:
        """The cell; empty where the file has no such column."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class ReportFile:
    """A file whose header was found. `columns` stand as in the file, in lower case, with - for _ and spaces."""

    path: Path
    encoding: str
    columns: list[str]
    header_line: int
    quoted: bool = False

    @classmethod
    def open(cls, path: Path, *, country: str = "", encoding: str = "") -> "ReportFile":
        """Find out how to read a file. Raises Unreadable."""
        if not path.is_file():
            raise Unreadable(_("There is no such file."))
        encoding = text_files.checked(path, encoding) if encoding else text_files.guessed(path, country)
        quoted = text_files.is_quoted(path, encoding)
        for record in text_files.records(path, encoding, quoted=quoted, within=HEADER_WITHIN):
            columns = [_column(cell) for cell in record.cells]
            if "order-id" in columns:
                _check_columns(columns, record.cells)
                return cls(path, encoding, columns, record.line, quoted)
        raise Unreadable(_no_header(path, encoding))

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank. Raises Unreadable for a line that no report has."""
        for record in text_files.records(self.path, self.encoding, quoted=self.quoted):
            if record.line > self.header_line:
                yield self._row(record)

    def _row(self, record: Record) -> Row:
        # A text that a spreadsheet would calculate has an apostrophe in the portal's own files.
        cells = [formulas.plain(cell.strip()) for cell in record.cells]
        problem = ""
        if any(cells[len(self.columns) :]):
            problem = _("The row has more cells than the header has columns.")
        elif len(cells) < len(self.columns) and not record.is_ended:
            problem = _("The file ends in the middle of this row.")
        return Row(record.line, dict(zip(self.columns, cells, strict=False)), problem)


def _column(cell: str) -> str:
    """The column's name, whichever of the report's generations wrote it."""
    name = re.sub(r"[_\s]+", "-", cell.strip().strip('"').lower())
    return ALIASES.get(name, name)


def _check_columns(columns: list[str], cells: list[str]) -> None:
    if any("\r" in cell for cell in cells):
        raise Unreadable(_("The lines end as no report's do. Save the report as tab-delimited text."))
    if len(columns) > COLUMNS_AT_MOST:
        words = {"figure": len(columns), "limit": COLUMNS_AT_MOST}
        raise Unreadable(_("The header has %(figure)d columns; at most %(limit)d are read.") % words)
    named = [name for name in columns if name]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise Unreadable(_("The header has a column twice: %(names)s.") % {"names": ", ".join(twice)})


def _no_header(path: Path, encoding: str) -> str:
    """Why there is no header; the usual reasons by name."""
    first = next(text_files.lines(path, encoding), "")
    if not first:
        return _("The file is empty.")
    if "order" in first.lower() and "\t" not in first:
        return _("The columns are not separated by tabs. Save the report as tab-delimited text.")
    return _("None of the first three lines is a header with a column order-id.")
