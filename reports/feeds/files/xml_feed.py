"""Feeds as XML: the envelope names its message, and each message becomes the rows that text would have (F5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from accounts import text_files
from accounts.echoes import shown
from reports.feeds.files import codes, columns, xml_messages, xml_stream
from reports.feeds.files.kinds import FeedFormat
from reports.feeds.files.rows import FeedFile, FeedRow, Unreadable
from reports.feeds.files.text import CODES, MOST_ROWS

is_xml = xml_stream.is_xml


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
    message_type, total = "", 0
    for message_type, message in xml_stream.messages(path, encoding):
        total += _row_count(message_type, message)
        if total > MOST_ROWS:
            sentence = _("The file has more than %(limit)d rows. Send it in parts.")
            raise Unreadable(sentence % {"limit": MOST_ROWS}, codes.TOO_MANY_ROWS)
    if not total:
        raise Unreadable(_("The envelope holds no message."), codes.NO_ROWS)
    kind = xml_messages.SHAPES[message_type].kind
    names = columns.OF_KIND[kind].read
    return XmlFeed(path, kind, FeedFormat.XML, encoding, names, total, (), message_type)


def _row_count(message_type: str, message: xml_stream.Node) -> int:
    """How many rows a message gives. Raises Unreadable where nobody knows such messages."""
    if message_type not in xml_messages.SHAPES:
        words = {"text": shown(message_type), "names": ", ".join(xml_messages.SHAPES)}
        sentence = _("MessageType is “%(text)s”, before the first message; feeds are %(names)s.") % words
        raise Unreadable(sentence, codes.UNKNOWN_MESSAGE)
    return xml_messages.count(message_type, message)
