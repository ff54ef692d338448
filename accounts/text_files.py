"""Text files as people have them on disk: which encoding one is in, and its lines, in memory that does not grow."""

import codecs
import re
from collections.abc import Iterator
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

LINE_AT_MOST = 65_536
PIECE = 1024 * 1024

BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
OF_COUNTRY = {"CN": "gb18030", "HK": "big5hkscs", "JP": "cp932", "KR": "cp949", "TW": "big5"}
HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
PAIRED_ENOUGH = 0.9
EVERYDAY_FROM, EVERYDAY_TO = 0xB0, 0xD7
EVERYDAY_ENOUGH = 0.5
QUOTE = '"'
QUOTED_CELL = r'"(?:[^"\t]|"")*+"'
QUOTED_LINE = re.compile(rf'(?:{QUOTED_CELL}|[^"\t]*+)(?:\t(?:{QUOTED_CELL}|[^"\t]*+))*+[\r\n]*')
LINE_ENDS = re.compile(r"[ ]*[\r\n]+[ ]*")


class Record(NamedTuple):
    """A row of a tab-delimited file: its first line, its cells, and whether a line end follows."""

    line: int
    cells: list[str]
    is_ended: bool


class Fault(Enum):
    """Why a file cannot be read as text."""

    NOT_TEXT = auto()
    ENCODING = auto()
    LONG_LINE = auto()
    OTHER = auto()


class Unreadable(Exception):
    """The file is not what it should be; `str()` says why."""

    def __init__(self, sentence: str, fault: Fault = Fault.OTHER) -> None:
        super().__init__(sentence)
        self.fault = fault


def guessed(path: Path, country: str = "") -> str:
    """The encoding by its mark, else UTF-8, else what the marketplace's country or the bytes speak for.

    Raises Unreadable for a file that is no text.
    """
    with path.open("rb") as file:
        start = file.read(3)
    for mark, encoding in BOMS.items():
        if start.startswith(mark):
            return checked(path, encoding)
    if any(b"\0" in piece for piece in _pieces(path)):
        raise _not_text()
    likely = ["utf-8", OF_COUNTRY.get(country) or ("gb18030" if _is_paired(path) else ""), "cp1252"]
    return next((each for each in likely if each and _decodes(path, each)), "latin-1")


def checked(path: Path, encoding: str) -> str:
    """The same encoding, when the whole file can be read by it and is text. Raises Unreadable."""
    try:
        if not _decodes(path, encoding):
            sentence = _("The file is not in the encoding %(name)s.") % {"name": encoding}
            raise Unreadable(sentence, Fault.ENCODING)
    except LookupError:
        sentence = _("%(name)s is not a known encoding.") % {"name": encoding}
        raise Unreadable(sentence, Fault.ENCODING) from None
    if any("\0" in text for text in texts(path, encoding)):
        raise _not_text()
    return encoding


def lines(path: Path, encoding: str, *, end: str = "\n") -> Iterator[str]:
    """The lines with their ends. Raises Unreadable for one that is longer than any row."""
    with path.open(encoding=encoding, newline=end) as file:
        number = 0
        while text := file.readline(LINE_AT_MOST + 1):
            number += 1
            if len(text) > LINE_AT_MOST:
                raise Unreadable(_("Line %(line)d is far too long.") % {"line": number}, Fault.LONG_LINE)
            yield text


def is_quoted(path: Path, encoding: str, *, end: str = "\n") -> bool:
    """Return whether a spreadsheet program wrote the file, with quotes around cells as in RFC 4180.

    Such a program quotes every cell that holds a quote, and doubles it. So one cell with a bare quote, as in
    `1/2" BOLT`, says that quotes are plain characters in all of the file. A tab inside quotes says so as well: no
    sheet has one in a cell, and a stray quote would otherwise swallow the rows up to the next one.
    """
    if not any(QUOTE in text for text in texts(path, encoding)):
        return False
    logical = _logical_lines(path, encoding, end)
    return all(QUOTE not in text or QUOTED_LINE.fullmatch(text) for text in logical)


def records(
    path: Path, encoding: str, *, end: str = "\n", quoted: bool = False, within: int = 0
) -> Iterator[Record]:
    """Yield the rows of a tab-delimited file that are not blank; `quoted` is what `is_quoted` said of it.

    With `within`, only those that begin in that many first lines. A line end inside quotes becomes a blank.
    Raises Unreadable for a line that is longer than any row.
    """
    number = 1
    for text in _logical_lines(path, encoding, end) if quoted else lines(path, encoding, end=end):
        if within and number > within:
            return
        if not text.isspace():
            cells = text.rstrip("\r\n").split("\t")
            yield Record(number, [_unquoted(cell) for cell in cells] if quoted else cells, text.endswith(end))
        number += text.count(end) if quoted else 1


def _logical_lines(path: Path, encoding: str, end: str) -> Iterator[str]:
    """Yield lines, joined while a quote is open; one that nothing closes is given back as it is."""
    held = ""
    for text in lines(path, encoding, end=end):
        if not held and QUOTE not in text:
            yield text
            continue
        held += text
        if held.count(QUOTE) % 2 == 0 or len(held) > LINE_AT_MOST:
            yield held
            held = ""
    if held:
        yield held


def _unquoted(cell: str) -> str:
    """Return what the sheet showed in the cell."""
    if not cell.startswith(QUOTE):
        return cell
    return LINE_ENDS.sub(" ", cell[1:-1].replace(QUOTE * 2, QUOTE))


def texts(path: Path, encoding: str) -> Iterator[str]:
    """The whole text in pieces, its line ends as they are."""
    with path.open(encoding=encoding, newline="") as file:
        while piece := file.read(PIECE):
            yield piece


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _not_text() -> Unreadable:
    return Unreadable(_("This is not a text file. Save it as tab-delimited text."), Fault.NOT_TEXT)


def _decodes(path: Path, encoding: str) -> bool:
    try:
        for _piece in texts(path, encoding):
            pass
    except UnicodeError:
        return False
    return True


def _is_paired(path: Path) -> bool:
    """Whether bytes beyond ASCII come in pairs, most of them everyday Chinese characters.

    In western text most stand alone; two together, as in “Größe”, are seldom such a character.
    """
    paired = total = everyday = 0
    for piece in _pieces(path):
        for run in HIGH_BYTES.findall(piece):
            total += len(run)
            if len(run) % 2 == 0:
                paired += len(run)
                everyday += 2 * sum(EVERYDAY_FROM <= lead <= EVERYDAY_TO for lead in run[::2])
    return total > 0 and paired >= PAIRED_ENOUGH * total and everyday >= EVERYDAY_ENOUGH * total
