"""A raw mail taken apart, with limits on all that a hostile one could make large (I1 of the reliability list).

What is counted is counted on the bytes, before the parser builds anything; the parser itself is Python's older,
lenient one, which reads headers as they are.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message as Mail
from email.utils import getaddresses
from itertools import islice
from typing import TypeVar

import structlog

from messaging import mail_text, plain
from messaging.attachments import Upload

LARGEST = 15 * 1024 * 1024
"""10 MB of files as base64, and what is around them."""

MOST_LINES = 400_000
MOST_HEADERS = 500
LONGEST_HEADERS = 128 * 1024
MOST_PARTS = 60
DEEPEST = 12
MOST_FROM = 3
LONGEST_PART_HEADERS = 16 * 1024
"""Bytes of what says kinds and names of files, all parts together: Python reads these in quadratic time."""

BOUNDARY = re.compile(rb"boundary\s*+\*?\d*+\*?\s*+=", re.IGNORECASE)
PART_HEADER = re.compile(
    rb"content-(type|disposition)[ \t]*+:(?:[^\r\n]|\r?\n[ \t]|\r[ \t])*+", re.IGNORECASE
)
MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,240}>")
SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")

Read = TypeVar("Read")

logger = structlog.get_logger(__name__)


class Unreadable(Exception):
    """Not a mail, or one that is built to hurt."""


@dataclass(frozen=True)
class Head:
    """Whom a mail says it is from, and what its headers say of it."""

    senders: tuple[str, ...]
    message_id: str
    headers: dict[str, str]
    is_report: bool = False
    authentication: tuple[str, ...] = ()
    """Every Authentication-Results header, whoever wrote it."""


@dataclass(frozen=True)
class Letter:
    """What a mail says, and what it brings."""

    text: str
    uploads: list[Upload] = field(default_factory=list)


def read_head(raw: bytes) -> Head:
    """Return what the headers say; nothing of the content is parsed. Raises: Unreadable, and nothing else."""
    check_limits(raw)
    return _or_unreadable(_read_head, _head(raw))


def read(raw: bytes) -> Letter:
    """Return the mail taken apart. Raises: Unreadable, and nothing else, whatever the bytes are."""
    check_limits(raw)
    return _or_unreadable(_read, raw)


def _or_unreadable(reads: Callable[[Mail], Read], raw: bytes) -> Read:
    try:
        return reads(message_from_bytes(raw, policy=policy.compat32))
    except Unreadable:
        raise
    except Exception as error:
        # The parser meets bytes that its authors did not think of; the mail is at fault, never the one after it.
        logger.warning("mail_unreadable", error=type(error).__name__, size=len(raw))
        raise Unreadable from None


def envelope_headers(raw: bytes) -> dict[str, str]:
    """The headers that an MTA put on top of a delivered mail, by their lower-case names, the first of each."""
    try:
        check_limits(raw)
        return _headers(message_from_bytes(_head(raw), policy=policy.compat32))
    except Exception:
        return {}


def check_limits(raw: bytes) -> None:
    """Raise Unreadable for too many headers, lines, parts or levels."""
    head = _head(raw)
    is_long = len(head) > LONGEST_HEADERS or head.count(b"\n") + head.count(b"\r") > 2 * MOST_HEADERS
    if is_long or raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n") > MOST_LINES:
        raise Unreadable
    if sum(1 for _found in BOUNDARY.finditer(raw)) > MOST_PARTS:
        raise Unreadable
    lengths: dict[bytes, list[int]] = {b"type": [], b"disposition": []}
    for found in PART_HEADER.finditer(raw):
        if raw[found.start() - 1 : found.start()] not in (b"", b"\r", b"\n"):
            continue
        lengths[found[1].lower()].append(len(found[0]))
        if len(lengths[b"type"]) > MOST_PARTS or sum(map(sum, lengths.values())) > LONGEST_PART_HEADERS:
            raise Unreadable


def _head(raw: bytes) -> bytes:
    ends = [place for place in (raw.find(b"\n\n"), raw.find(b"\r\n\r\n"), raw.find(b"\r\r")) if place >= 0]
    return raw[: min(ends)] if ends else raw


def _read_head(mail: Mail) -> Head:
    headers = _headers(mail)
    if not headers:
        raise Unreadable
    return Head(
        senders=_senders(mail),
        message_id=_message_id(headers.get("message-id", "")),
        headers=headers,
        is_report=mail.get_content_type() == "multipart/report",
        authentication=tuple(str(value) for value in mail.get_all("Authentication-Results", [])),
    )


def _read(mail: Mail) -> Letter:
    texts: dict[str, str] = {}
    uploads: list[Upload] = []
    parts = list(islice(_leaves(mail, 0), MOST_PARTS + 1))
    if len(parts) > MOST_PARTS:
        raise Unreadable
    for part in parts:
        kind = part.get_content_type()
        name = part.get_filename()
        if kind in ("text/plain", "text/html") and not _is_file(part, name):
            text = mail_text.decode(_content(part), _charset(part))[: mail_text.LONGEST]
            texts[kind] = f"{texts.get(kind, '')}{text}\n"[: mail_text.LONGEST_HTML]
        elif kind not in SIGNATURES:
            uploads.append(Upload(words(str(name or "")), _content(part)))
    text = texts.get("text/plain", "").strip() or mail_text.from_html(texts.get("text/html", ""))
    return Letter(text=mail_text.own_words(text), uploads=uploads)


def _leaves(mail: Mail, depth: int) -> Iterator[Mail]:
    """The parts that hold something; what an enclosed mail holds is the enclosed mail's."""
    if depth > DEEPEST:
        raise Unreadable
    content = mail.get_payload()
    if mail.is_multipart() and mail.get_content_maintype() == "multipart" and isinstance(content, list):
        for part in content:
            if isinstance(part, Mail):
                yield from _leaves(part, depth + 1)
    else:
        yield mail


def _is_file(part: Mail, name: str | None) -> bool:
    return bool(name) or part.get_content_disposition() == "attachment"


def _content(part: Mail) -> bytes:
    """The bytes of a part; of an enclosed mail none, since it names the addresses of others: no kind of file (C1)."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) and part.get_content_maintype() != "message" else b""


def _charset(part: Mail) -> str | None:
    named = part.get_param("charset")
    return named[2] if isinstance(named, tuple) else named


def _headers(mail: Mail) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in mail.items()[: MOST_HEADERS * 2]:
        found.setdefault(name.lower(), plain.one_line(str(value)))
    return found


def _senders(mail: Mail) -> tuple[str, ...]:
    """The addresses of all From headers, in small letters."""
    values = [str(value)[:1000] for value in mail.get_all("From", [])[:MOST_FROM]]
    return tuple(address.strip().lower() for _name, address in getaddresses(values) if address.strip())


def _message_id(value: str) -> str:
    found = MESSAGE_ID.search(value)
    return found[0] if found else ""


def words(value: str) -> str:
    """A header's encoded words, as a reader sees them."""
    try:
        pieces = decode_header(value[:1000])
        shown = [
            mail_text.decode(piece, charset) if isinstance(piece, bytes) else piece
            for piece, charset in pieces
        ]
        return plain.one_line("".join(shown))
    except (MessageError, ValueError, LookupError, AssertionError):
        return plain.one_line(value)
