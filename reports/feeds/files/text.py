"""Feeds as tab-delimited text: where the header is, how the lines end, and the rows below (formats of the trade).

Whatever is wrong with the file as a whole is found before its first row is given out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from accounts import text_files
from accounts.text_files import Fault, Record
from reports.feeds.files import codes, columns
from reports.feeds.files.formulas import plain
from reports.feeds.files.kinds import FeedFormat, FeedKind
from reports.feeds.files.rows import FeedFile, FeedRow, Problem, Unreadable

MOST_ROWS = 100_000
HEADER_WITHIN = 4
CODES = {
    Fault.NOT_TEXT: codes.NOT_TEXT,
    Fault.ENCODING: codes.ENCODING,
    Fault.LONG_LINE: codes.LONG_LINE,
    Fault.OTHER: codes.NOT_TEXT,
}


@dataclass(frozen=True)
class Shape:
    """How the text is laid out: what ends its lines, and whether a spreadsheet program put quotes around cells."""

    end: str = "\n"
    quoted: bool = False

    @classmethod
    def of(cls, path: Path, encoding: str) -> "Shape":
        """Return the layout of a file. Raises text_files.Unreadable."""
        end = _end(path, encoding)
        return cls(end, text_files.is_quoted(path, encoding, end=end))

    def records(self, path: Path, encoding: str, *, within: int = 0) -> Iterator[Record]:
        """Yield the rows of the file, the header and the lines above it included."""
        return text_files.records(path, encoding, end=self.end, quoted=self.quoted, within=within)


@dataclass(frozen=True)
class TextFeed(FeedFile):
    """A file with a header; `columns` are its headings, in our spelling."""

    header_line: int = 1
    shape: Shape = Shape()

    def rows(self) -> Iterator[FeedRow]:
        read = set(columns.OF_KIND[self.kind].read)
        number = 0
        for record in self.shape.records(self.path, self.encoding):
            if record.line > self.header_line:
                number += 1
                yield self._row(number, record, read)

    def _row(self, number: int, record: Record, read: set[str]) -> FeedRow:
        cells = [plain(cell.strip()) for cell in record.cells]
        problems: tuple[Problem, ...] = ()
        if any(cells[len(self.columns) :]):
            sentence = _("The row has more cells than the header has columns.")
            problems = (Problem(codes.ROW_TOO_WIDE, "", sentence),)
        elif len(cells) < len(self.columns) and not record.is_ended:
            problems = (Problem(codes.ROW_CUT, "", _("The file ends in the middle of this row.")),)
        named = zip(self.columns, cells, strict=False)
        return FeedRow(
            number, record.line, {name: cell for name, cell in named if name in read}, problems=problems
        )


def opened(path: Path, country: str) -> TextFeed:
    """Find out how to read a file. Raises Unreadable."""
    try:
        encoding = text_files.guessed(path, country)
        return _opened(path, encoding, Shape.of(path, encoding))
    except text_files.Unreadable as error:
        raise Unreadable(str(error), CODES[error.fault]) from None


def _opened(path: Path, encoding: str, shape: Shape) -> TextFeed:
    line, names, kind = _header(path, encoding, shape)
    columns.check(kind, names)
    total, nameless = _totals(path, encoding, shape, line, names)
    warnings = columns.warnings(kind, names) + columns.without_heading(nameless)
    return TextFeed(path, kind, FeedFormat.TEXT, encoding, tuple(names), total, warnings, line, shape)


def _end(path: Path, encoding: str) -> str:
    """How lines end: LF, with or without CR before it, or CR alone as on an old Macintosh."""
    start = next(text_files.texts(path, encoding), "")
    return "\r" if "\r" in start and "\n" not in start else "\n"


def _header(path: Path, encoding: str, shape: Shape) -> tuple[int, list[str], FeedKind]:
    """Where the header is, its names, and the feed that they make."""
    template = None
    for record in shape.records(path, encoding, within=HEADER_WITHIN):
        if len(record.cells) > columns.MOST:
            words = {"figure": len(record.cells), "limit": columns.MOST}
            sentence = _("Line %(line)d has %(figure)d columns; at most %(limit)d are read.")
            raise Unreadable(sentence % {**words, "line": record.line}, codes.TOO_MANY_COLUMNS)
        names = [columns.name(cell) for cell in record.cells]
        if columns.is_header(names):
            while names and not names[-1]:
                names.pop()
            return record.line, names, columns.kind_of(names, template)
        template = template or columns.of_template("\t".join(record.cells))
    raise _no_header(path, encoding, shape)


def _no_header(path: Path, encoding: str, shape: Shape) -> Unreadable:
    """Why there is no header; the usual reasons by name."""
    lines = text_files.lines(path, encoding, end=shape.end)
    start = [text for _line, text in zip(range(HEADER_WITHIN), lines, strict=False)]
    if not any(text.strip() for text in start):
        return Unreadable(_("The file is empty."), codes.EMPTY)
    for text in start:
        for mark in (",", ";", "|"):
            if columns.is_header([columns.name(cell) for cell in text.split(mark)]) and mark in text:
                sentence = _("The columns are separated by “%(mark)s”. Save the file as tab-delimited text.")
                return Unreadable(sentence % {"mark": mark}, codes.DELIMITER)
    if any(("order-id" in text.lower() or "sku" in text.lower()) and "\t" not in text for text in start):
        sentence = _("The columns are not separated by tabs. Save the file as tab-delimited text.")
        return Unreadable(sentence, codes.DELIMITER)
    sentence = _("None of the first lines is a header with a column order-id or sku.")
    return Unreadable(sentence, codes.NO_HEADER)


def _totals(
    path: Path, encoding: str, shape: Shape, header_line: int, names: list[str]
) -> tuple[int, list[int]]:
    """Return how many rows there are, and which columns without a heading hold something.

    Raises Unreadable for no row and for too many.
    """
    total, places, held = 0, [place for place, name in enumerate(names) if not name], set[int]()
    for record in shape.records(path, encoding):
        if record.line > header_line:
            total += 1
            held.update(place for place in places if "".join(record.cells[place : place + 1]).strip())
        if total > MOST_ROWS:
            sentence = _("The file has more than %(limit)d rows. Send it in parts.")
            raise Unreadable(sentence % {"limit": MOST_ROWS}, codes.TOO_MANY_ROWS)
    if not total:
        raise Unreadable(_("Below the header there is no row."), codes.NO_ROWS)
    return total, sorted(held)
