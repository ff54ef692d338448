"""A mail that came to an address of the relay: taken as a message of its thread, or refused and logged (C1, C5)."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actors import Actor, Source
from accounts.models import Membership, Right, User
from messaging import authentication, automatic, mail_parts, relay, threads
from messaging.mail_parts import LARGEST, Head, Letter, Unreadable
from messaging.models import Message, RefusedMail, Thread
from messaging.refusals import FilesRefused, ScannerAway, TextRefused
from messaging.relay import Line
from messaging.states import Way, Who, Why
from orders import languages
from orders.refusals import Refused

MOST_AN_HOUR = 20
HOUR = timedelta(hours=1)
KEYS = uuid.UUID("6d1b3bd4-52c5-4c9e-9d0a-4f2f6f1d6c53")

Read = TypeVar("Read")

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Taken:
    """The mail is this message now; `is_again` where it had been taken before."""

    message: Message
    is_again: bool = False


class _No(Exception):
    """Not taken; `thread` where it is known."""

    def __init__(self, why: Why, sentence: str = "", thread: Thread | None = None) -> None:
        super().__init__(sentence)
        self.why, self.sentence, self.thread = why, sentence, thread


@dataclass(frozen=True)
class _Post:
    """What the mail server says of a mail, and the mail."""

    raw: bytes
    mail_from: str
    rcpt_to: str


def take(raw: bytes, *, mail_from: str, rcpt_to: str, now: datetime) -> Taken | RefusedMail:
    """Take a mail as a message, or log why not; the same Message-ID twice is one message.

    Raises nothing that a mail can cause; what the database or the virus scanner cannot do at the moment it raises,
    so that the mail server tries again later.
    """
    post = _Post(raw, mail_from, rcpt_to)
    head: Head | None = None
    try:
        if len(raw) > LARGEST:
            raise _No(Why.TOO_LARGE, _("The mail is too large: files may have 10 MB together."))
        line = _line(rcpt_to, now)
        head = _read(mail_parts.read_head, raw, line.thread)
        # Whoever may not write here costs no more than their headers.
        actor = _writer(head, post, line, now)
        letter = _read(mail_parts.read, raw, line.thread)
        return _take(letter, _came_as(head, raw), line, actor, now)
    except _No as no:
        return _log(post, head, no, now)


def check_recipient(rcpt_to: str, now: datetime) -> RefusedMail | None:
    """Why mail to this address would be refused whatever it says, not logged; None where it may come."""
    try:
        _line(rcpt_to, now)
    except _No as no:
        return RefusedMail(at=now, why=no.why, sentence=no.sentence, size=0)
    return None


def _line(rcpt_to: str, now: datetime) -> Line:
    try:
        return relay.find(rcpt_to, now)
    except relay.NoSuchAddress:
        raise _No(Why.UNKNOWN, _("There is no such address.")) from None
    except relay.Expired as expired:
        sentence = _("This address has expired. Write on the page of the order.")
        raise _No(Why.EXPIRED, sentence, expired.thread) from None


def _read(reads: Callable[[bytes], Read], raw: bytes, thread: Thread | None) -> Read:
    try:
        return reads(raw)
    except Unreadable:
        raise _No(Why.UNREADABLE, _("The mail could not be read."), thread) from None


def _writer(head: Head, post: _Post, line: Line, now: datetime) -> Actor:
    """Who wrote it, once it is certain that a person did, and the one behind the address."""
    thread = line.thread
    if automatic.is_loop(head):
        raise _No(Why.LOOP, thread=thread)
    if automatic.is_automatic(head, post.mail_from):
        _report(head, post.raw)
        raise _No(Why.AUTOMATIC, thread=thread)
    actor = _behind(line, head.senders)
    if actor is None or authentication.is_failed(head):
        raise _No(Why.FORGED, thread=thread)
    talk = {"thread__order": line.order, "thread__reason": line.reason}
    earlier = Message.objects.filter(**talk, who=line.side, source=Way.MAIL, at__gt=now - HOUR)
    if (
        earlier.count() >= MOST_AN_HOUR
        and not Message.objects.filter(key=_key(line, _came_as(head, post.raw))).exists()
    ):
        raise _No(Why.TOO_MANY, _("Too many mails within an hour; try again later."), thread)
    return actor


def _behind(line: Line, senders: tuple[str, ...]) -> Actor | None:
    """The one person whose address the mail names as its only sender, if they may write here."""
    order = line.order
    if len(senders) != 1:
        return None
    if line.side == Who.BUYER:
        return Actor.buyer(Source.COMMAND) if senders[0] == order.buyer_email.lower() else None
    user = User.objects.filter(email__iexact=senders[0], is_active=True).first()
    member = user and Membership.objects.filter(user=user, seller=order.seller_id).first()
    return Actor.seller(user, Source.COMMAND) if user and member and member.may(Right.MESSAGE) else None


def _take(letter: Letter, came_as: str, line: Line, actor: Actor, now: datetime) -> Taken:
    thread = line.thread
    key = _key(line, came_as)
    if earlier := Message.objects.filter(key=key).first():
        return Taken(earlier, is_again=True)
    text = letter.text or (_("(Only files.)") if letter.uploads else "")
    language = languages.of_buyer(line.order) if line.side == Who.BUYER else settings.LANGUAGE_CODE
    try:
        with override(language):
            message = threads.write(
                line.order,
                text,
                reason=line.reason,
                files=letter.uploads,
                key=key,
                actor=actor,
                now=now,
                came_as=came_as,
            )
    except TextRefused as refusal:
        raise _No(Why.TEXT if text else Why.EMPTY, str(refusal), thread) from None
    except ScannerAway:
        raise
    except FilesRefused as refusal:
        raise _No(Why.FILES, str(refusal), thread) from None
    except Refused as refusal:
        raise _No(Why.ORDER, str(refusal), thread) from None
    return Taken(message, is_again=message.at != now)


def _key(line: Line, came_as: str) -> uuid.UUID:
    return uuid.uuid5(KEYS, f"{line.key} {line.side} {came_as}")


def _came_as(head: Head, raw: bytes) -> str:
    """The mail's Message-ID, or one made of the whole mail where it has none."""
    return head.message_id or f"<{hashlib.sha256(raw).hexdigest()}@{settings.RELAY_DOMAIN}>"


def _report(head: Head, raw: bytes) -> None:
    """Our mails leave under the relay's addresses, so what could not be delivered comes back to them."""
    if head.is_report:
        try:
            import_string(settings.MAIL_REPORTS)(raw)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            logger.warning("report_unreadable", error=type(error).__name__)


def _log(post: _Post, head: Head | None, no: _No, now: datetime) -> RefusedMail:
    senders = ", ".join(head.senders) if head else ""
    logger.info("mail_refused", why=no.why, size=len(post.raw), thread=no.thread and no.thread.pk)
    return RefusedMail.objects.create(
        at=now,
        why=no.why,
        sentence=no.sentence[:500],
        thread=no.thread,
        mail_from=_shown(post.mail_from),
        header_from=_shown(senders),
        rcpt_to=_shown(post.rcpt_to),
        message_id=head.message_id[:250] if head else "",
        size=len(post.raw),
    )


def _shown(value: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in value)[:254]
