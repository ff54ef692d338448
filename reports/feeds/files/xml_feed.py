"""Feeds as XML: the envelope names its message, and each message becomes the rows that text would have (F5)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from accounts import text_files
from accounts.echoes import shown
from reports.feeds.files import codes, columns, xml_messages, xml_stream
from reports.feeds.files.kinds import FeedFormat
from reports.feeds.files.rows import FeedFile, FeedRow, Unreadable
from reports.feeds.files.text import CODES, MOST_ROWS
from reports.feeds.files.xml_stream import Node

is_xml = xml_stream.is_xml
HEADER = ("DocumentVersion", "MerchantIdentifier")


@dataclass(frozen=True)
class XmlFeed(FeedFile):
    """An envelope of messages of one type."""

    message_type: str = ""

    def rows(self) -> Iterator[FeedRow]:
        number = 0
        for _type, message in xml_stream.messages(self.path, self.encoding):
            name = shown(message.value("MessageID"), xml_messages.MOST_ID_DIGITS)
            for cells, problems in xml_messages.rows(self.message_type, message):
                number += 1
                yield FeedRow(number, message.line, cells, name, problems)


def opened(path: Path, country: str) -> XmlFeed:
    """Read the file to its end once. Raises Unreadable; a fault in the middle refuses all of it."""
    with path.open("rb") as file:
        start = file.read(1024)
    try:
        encoding = xml_stream.encoding_of(path, start, country)
    except text_files.Unreadable as error:
        raise Unreadable(str(error), CODES[error.fault]) from None
    survey = Survey()
    for node in xml_stream.elements(path, encoding, depth=2):
        survey.see(node)
        if survey.total > MOST_ROWS:
            sentence = _("The file has more than %(limit)d rows. Send it in parts.")
            raise Unreadable(sentence % {"limit": MOST_ROWS}, codes.TOO_MANY_ROWS)
    if not survey.total:
        raise Unreadable(_("The envelope holds no message."), codes.NO_ROWS)
    kind = xml_messages.SHAPES[survey.message_type].kind
    names, warnings = columns.OF_KIND[kind].read, columns.unused(list(survey.unused))
    return XmlFeed(path, kind, FeedFormat.XML, encoding, names, survey.total, warnings, survey.message_type)


@dataclass
class Survey:
    """What a file holds: its type of messages, how many rows they give, and the elements that are not read."""

    message_type: str = ""
    total: int = 0
    unused: dict[str, None] = field(default_factory=dict)

    def see(self, node: Node) -> None:
        """Take in one element of the envelope. Raises Unreadable for what would change the meaning of the others."""
        if node.name == "Message":
            self.total += _row_count(self.message_type, node)
            self._note(xml_messages.unused(self.message_type, node))
        elif node.name == "MessageType":
            self.message_type = node.text
        elif node.name == "PurgeAndReplace" and node.text.casefold() not in ("false", "0"):
            sentence = _(
                "PurgeAndReplace is not possible: a file changes only what it names. Remove the element."
            )
            raise Unreadable(sentence, codes.PURGE)
        elif node.name == "Header":
            self._note(child.name for child in node.children if child.name not in HEADER)
        elif node.name != "PurgeAndReplace":
            self._note([node.name])

    def _note(self, names: Iterable[str]) -> None:
        """Note elements that are not read, no more of them than a warning names."""
        for name in names:
            if len(self.unused) <= columns.NAMED_AT_MOST:
                self.unused[name] = None


def _row_count(message_type: str, message: xml_stream.Node) -> int:
    """How many rows a message gives. Raises Unreadable where nobody knows such messages."""
    if message_type not in xml_messages.SHAPES:
        words = {"text": shown(message_type), "names": ", ".join(xml_messages.SHAPES)}
        sentence = _("MessageType is “%(text)s”, before the first message; feeds are %(names)s.") % words
        raise Unreadable(sentence, codes.UNKNOWN_MESSAGE)
    return xml_messages.count(message_type, message)
