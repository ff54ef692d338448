"""An AmazonEnvelope as a stream of messages: no DTD, no entities, nothing fetched, memory bounded (I2)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError
from django.utils.translation import gettext as _

from accounts import text_files
from accounts.echoes import shown
from reports.feeds.files import codes
from reports.feeds.files.rows import Unreadable

ENVELOPE = "AmazonEnvelope"
OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<AmazonEnvelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:noNamespaceSchemaLocation="amzn-envelope.xsd">\n'
)
MOST_DEPTH = 12
MOST_ELEMENTS = 5_000
MOST_TEXT = 256 * 1024
PIECE = 64 * 1024
DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
    "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252", "windows-1252": "cp1252",
    "cp1252": "cp1252", "iso-8859-15": "iso-8859-15", "shift_jis": "cp932", "shift-jis": "cp932",
    "sjis": "cp932", "windows-31j": "cp932", "cp932": "cp932", "euc-jp": "euc-jp", "gb18030": "gb18030",
    "gbk": "gb18030", "gb2312": "gb18030", "big5": "big5hkscs", "euc-kr": "cp949", "cp949": "cp949",
}  # fmt: skip


@dataclass
class Node:
    """An element of a message."""

    name: str
    currency: str = ""
    line: int = 0
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def all(self, name: str) -> list["Node"]:
        """The children of that name."""
        return [child for child in self.children if child.name == name]

    def value(self, name: str) -> str:
        """The text of the first child of that name; empty without one."""
        return next((child.text for child in self.all(name)), "")


def is_xml(start: bytes) -> bool:
    """Whether a file that begins so is XML, in whatever encoding."""
    plain = start.replace(b"\0", b"")
    for mark in text_files.BOMS:
        plain = plain.removeprefix(mark)
    return plain.lstrip().startswith(b"<")


def encoding_of(path: Path, start: bytes, country: str) -> str:
    """By the mark, else UTF-8, else what the file says of itself, else the country's. Raises Unreadable."""
    for bare, name in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if start.startswith(bare):
            return text_files.checked(path, name)
    found = DECLARED.match(start.removeprefix(b"\xef\xbb\xbf"))
    declared = found[1].decode().lower() if found else ""
    if declared and declared not in ENCODINGS:
        sentence = _("The encoding %(name)s is not read. Save the file in UTF-8.")
        raise Unreadable(sentence % {"name": shown(declared)}, codes.ENCODING)
    guessed = text_files.guessed(path, country)
    said = ENCODINGS.get(declared, "utf-8")
    if guessed.startswith("utf-") or said.startswith("utf-"):
        return guessed
    return text_files.checked(path, said)


def messages(path: Path, encoding: str) -> Iterator[tuple[str, Node]]:
    """The MessageType with each message, as soon as it is complete. Raises Unreadable."""
    message_type = ""
    for node in elements(path, encoding, depth=2):
        if node.name == "MessageType":
            message_type = node.text
        elif node.name == "Message":
            yield message_type, node


def elements(path: Path, encoding: str, depth: int) -> Iterator[Node]:
    """Every element at this depth (the envelope's is 1) as soon as it is complete. Raises Unreadable."""
    parser = DefusedXMLParser(target=object(), encoding="utf-8", forbid_dtd=True)
    target = _Target(parser.parser, depth)
    fed = 0
    for piece in _pieces(path, encoding):
        fed += len(piece)
        _feed(parser, piece)
        # A tag or a comment without an end would be read again and again with every piece.
        if fed - parser.parser.CurrentByteIndex > MOST_TEXT:
            raise _too_long(target.line)
        yield from target.taken()
    _feed(parser, None)
    yield from target.taken()


def _pieces(path: Path, encoding: str) -> Iterator[bytes]:
    with path.open(encoding=encoding, newline="") as file:
        while text := file.read(PIECE):
            yield text.encode()


def _feed(parser: DefusedXMLParser, piece: bytes | None) -> None:
    """A piece, or with None the end."""
    try:
        if piece is None:
            parser.close()
        else:
            parser.feed(piece)
    except DefusedXmlException:
        sentence = _(
            "The XML has a document type or entities of its own, which are never read. Leave them out."
        )
        raise Unreadable(sentence, codes.DTD) from None
    except ParseError as error:
        line, column = error.position
        sentence = _("The XML is not well-formed: look at line %(line)d, character %(column)d.")
        raise Unreadable(sentence % {"line": line, "column": column + 1}, codes.ILL_FORMED) from None


def _too_long(line: int) -> Unreadable:
    return Unreadable(_("Line %(line)d is far too long.") % {"line": line}, codes.LONG_LINE)


class _Target:
    """Takes expat's events straight, twice as fast; keeps the elements of one unit at a time."""

    def __init__(self, expat: Any, unit: int) -> None:
        self.expat, self.unit = expat, unit
        expat.ordered_attributes = False
        expat.StartElementHandler, expat.EndElementHandler = self.start, self.end
        expat.CharacterDataHandler = self.data
        expat.DefaultHandlerExpand = expat.CommentHandler = expat.ProcessingInstructionHandler = None
        self.done: list[Node] = []
        self.path: list[Node] = []
        self.depth = self.count = self.length = 0

    @property
    def line(self) -> int:
        return int(self.expat.CurrentLineNumber)

    def taken(self) -> list[Node]:
        """What is complete by now, once."""
        done, self.done = self.done, []
        return done

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        self.depth += 1
        self.count += 1
        if self.depth == 1 and name != ENVELOPE:
            sentence = _("The XML begins with <%(name)s>; a feed begins with <AmazonEnvelope>.")
            raise Unreadable(sentence % {"name": shown(name)}, codes.NOT_AN_ENVELOPE)
        if self.depth > MOST_DEPTH or self.count > MOST_ELEMENTS:
            sentence = _("Line %(line)d: no message has so many elements.")
            raise Unreadable(sentence % {"line": self.line}, codes.XML_TOO_DEEP)
        if self.depth == self.unit:
            self.path = [Node(name, line=self.line)]
        elif self.depth > self.unit:
            node = Node(name, attributes.get("currency", ""))
            self.path[-1].children.append(node)
            self.path.append(node)

    def data(self, text: str) -> None:
        self.length += len(text)
        if self.length > MOST_TEXT:
            raise _too_long(self.line)
        if self.path:
            self.path[-1].text += text

    def end(self, _tag: str) -> None:
        self.depth -= 1
        if not self.path:
            return
        node = self.path.pop()
        node.text = "" if node.children else node.text.strip()
        if not self.path:
            self.done.append(node)
            self.count = self.length = 0
