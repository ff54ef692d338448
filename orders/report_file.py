"""A tab-delimited report as people have it on disk: its encoding, its header, its rows (docs/channels.md).

Whatever is wrong with the file as a whole is found before its first row is given out, and the memory needed does not
grow with the file.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

LINE_AT_MOST = 65_536
COLUMNS_AT_MOST = 300
HEADER_WITHIN = 3
PIECE = 1024 * 1024

BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
OF_COUNTRY = {"CN": "gb18030", "HK": "big5hkscs", "JP": "cp932", "KR": "cp949", "TW": "big5"}
HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
PAIRED_ENOUGH = 0.9
ALIASES = {"amazon-order-id": "order-id", "quantity": "quantity-purchased"}


class Unreadable(Exception):
    """The file is no such report; `str()` says why."""


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

    @classmethod
    def open(cls, path: Path, *, country: str = "", encoding: str = "") -> "ReportFile":
        """Find out how to read a file. Raises Unreadable."""
        if not path.is_file():
            raise Unreadable(_("There is no such file."))
        encoding = _checked(path, encoding) if encoding else _guessed(path, country)
        for line, text in enumerate(_lines(path, encoding), start=1):
            columns = [_column(cell) for cell in text.split("\t")]
            if "order-id" in columns:
                _check_columns(columns, text)
                return cls(path, encoding, columns, line)
            if line == HEADER_WITHIN:
                break
        raise Unreadable(_no_header(path, encoding))

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank. Raises Unreadable for a line that no report has."""
        for line, text in enumerate(_lines(self.path, self.encoding), start=1):
            if line > self.header_line and text.strip():
                yield self._row(line, text)

    def _row(self, line: int, text: str) -> Row:
        whole = text.endswith("\n")
        cells = [cell.strip() for cell in text.rstrip("\r\n").split("\t")]
        problem = ""
        if any(cells[len(self.columns) :]):
            problem = _("The row has more cells than the header has columns.")
        elif len(cells) < len(self.columns) and not whole:
            problem = _("The file ends in the middle of this row.")
        return Row(line, dict(zip(self.columns, cells, strict=False)), problem)


def _column(cell: str) -> str:
    """The column's name, whichever of the report's generations wrote it."""
    name = re.sub(r"[_\s]+", "-", cell.strip().strip('"').lower())
    return ALIASES.get(name, name)


def _check_columns(columns: list[str], text: str) -> None:
    if "\r" in text.rstrip("\r\n"):
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
    first = next(_lines(path, encoding), "")
    if not first:
        return _("The file is empty.")
    if "order" in first.lower() and "\t" not in first:
        return _("The columns are not separated by tabs. Save the report as tab-delimited text.")
    return _("None of the first three lines is a header with a column order-id.")


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """The lines with their ends. Raises Unreadable for a line longer than any report has."""
    with path.open(encoding=encoding, newline="\n") as file:
        number = 0
        while text := file.readline(LINE_AT_MOST + 1):
            number += 1
            if len(text) > LINE_AT_MOST:
                raise Unreadable(_("Line %(line)d is far too long for a report.") % {"line": number})
            yield text


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _guessed(path: Path, country: str) -> str:
    """The encoding by its mark, else UTF-8, else what the marketplace's country or the bytes speak for."""
    with path.open("rb") as file:
        start = file.read(3)
    for mark, encoding in BOMS.items():
        if start.startswith(mark):
            return _checked(path, encoding)
    if any(b"\0" in piece for piece in _pieces(path)):
        raise Unreadable(_("This is not a text file. Save the report as tab-delimited text."))
    likely = ["utf-8", OF_COUNTRY.get(country) or ("gb18030" if _is_paired(path) else ""), "cp1252"]
    return next((each for each in likely if each and _decodes(path, each)), "latin-1")


def _checked(path: Path, encoding: str) -> str:
    """The same encoding, when the whole file can be read by it and is text."""
    try:
        if not _decodes(path, encoding):
            raise Unreadable(_("The file is not in the encoding %(name)s.") % {"name": encoding})
    except LookupError:
        raise Unreadable(_("%(name)s is not a known encoding.") % {"name": encoding}) from None
    if any("\0" in line for line in _lines(path, encoding)):
        raise Unreadable(_("This is not a text file. Save the report as tab-delimited text."))
    return encoding


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while file.read(PIECE):
                pass
    except UnicodeError:
        return False
    return True


def _is_paired(path: Path) -> bool:
    """Whether bytes beyond ASCII come in pairs, as in Chinese text; in western text most stand alone."""
    paired = total = 0
    for piece in _pieces(path):
        for run in HIGH_BYTES.findall(piece):
            total += len(run)
            paired += len(run) if len(run) % 2 == 0 else 0
    return total > 0 and paired >= PAIRED_ENOUGH * total
