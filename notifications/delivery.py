"""Sending what is owed by mail (N4).

A sender takes one notice at a time: it marks the row, and holds it for a while by `next_try_at`, so that no lock is
kept during a talk with the server. A sender that dies leaves a row that falls due again when its time is over. A
crash exactly between "accepted by the server" and "written down" sends that one mail again, with the same
Message-ID; nothing else is ever sent twice.
"""

import re
import smtplib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from accounts import clock
from notifications import envelope
from notifications.models import Notice
from notifications.states import Kind, State

LEASE = timedelta(minutes=5)
"""How long a sender has for one mail: more than its time limits together."""

FAULTS = 5
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
AWAY_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=2)
ROUND_SECONDS = 40
BROKEN_IN_A_ROW = 3
ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")

logger = structlog.get_logger(__name__)


class Fate(Enum):
    """What became of one try."""

    SENT = "sent"
    AWAY = "away"  # no server, or one that takes nothing from us: not this mail's fault
    LATER = "later"  # the server asks for patience with this mail (4xx)
    REFUSED = "refused"  # for good (5xx)
    BROKEN = "broken"  # nobody knows: the talk broke off, or the mail could not be made
    NOT_WANTED = "not wanted"


@dataclass(frozen=True)
class Try:
    """A try's outcome, and the server's words about it."""

    fate: Fate
    error: str = ""


@dataclass
class Line:
    """The connection to the server, kept from mail to mail; opened anew after any trouble."""

    backend: BaseEmailBackend | None = None
    sent: int = 0

    def send(self, message: EmailMultiAlternatives) -> Try:
        """Hand one message over. Raises nothing that a server or a network can cause.

        A server may only have had enough of this connection: it is called again before it counts as away.
        """
        was_used = self.sent > 0
        outcome = self._send(message)
        return self._send(message) if outcome.fate == Fate.AWAY and was_used else outcome

    def _send(self, message: EmailMultiAlternatives) -> Try:
        try:
            backend = self.backend or self._open()
        except (smtplib.SMTPException, OSError) as error:
            return Try(Fate.AWAY, _words(error))
        try:
            backend.send_messages([message])
        except (smtplib.SMTPException, OSError) as error:
            if not isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
                self.close()
            return Try(_fate(error), _words(error))
        self.sent += 1
        return Try(Fate.SENT)

    def close(self) -> None:
        """Say goodbye, if the server still listens."""
        if self.backend:
            try:
                self.backend.close()
            except (smtplib.SMTPException, OSError) as error:
                logger.info("mail_server_left", error=type(error).__name__)
        self.backend, self.sent = None, 0

    def _open(self) -> BaseEmailBackend:
        backend = get_connection()
        backend.open()
        self.backend = backend
        return backend


def send_due(seconds: float = ROUND_SECONDS) -> int:
    """Send what is due, longest waiting first, for so long at most; returns how many left."""
    until, line, sent, broken = time.monotonic() + seconds, Line(), 0, 0
    try:
        for notice in _taken(until):
            outcome = _try(notice, line)
            _record(notice, outcome, clock.now())
            sent += outcome.fate == Fate.SENT
            broken = broken + 1 if outcome.fate == Fate.BROKEN else 0
            # A server that is away is away for the others too.
            if outcome.fate == Fate.AWAY or broken >= BROKEN_IN_A_ROW:
                break
    finally:
        line.close()
    return sent


def _taken(until: float) -> Iterator[Notice]:
    """Take notices one by one while there is time."""
    while time.monotonic() < until:
        notice = _take(clock.now())
        if notice is None:
            return
        if notice.state == State.SENDING:
            yield notice


@transaction.atomic(durable=True)
def _take(now: datetime) -> Notice | None:
    """Mark one due notice as being sent, or as failed where its senders died again and again.

    None when nothing is due, or others hold it all.
    """
    notice = Notice.objects.due(now).select_for_update(no_key=True, skip_locked=True).first()
    if notice is None:
        return None
    if notice.state == State.SENDING and notice.faults >= FAULTS:
        logger.error("notice_failed", notice=notice.pk, kind=notice.kind, tries=notice.tries)
        _settle(notice, State.FAILED, now, error="Its senders ended in the middle, five times.")
        return notice
    notice.state, notice.claimed_at, notice.next_try_at = State.SENDING, now, now + LEASE
    notice.tries += 1
    notice.faults += 1
    notice.save(update_fields=["state", "claimed_at", "next_try_at", "tries", "faults"])
    notice.parts.exclude(state=State.SENDING).update(state=State.SENDING)
    return notice


def _try(notice: Notice, line: Line) -> Try:
    """One try. Whatever breaks while the mail is made is its own fault, and no other's."""
    try:
        message = envelope.message(notice)
        message.message()
    except envelope.NotWanted as reason:
        return Try(Fate.NOT_WANTED, str(reason))
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        logger.exception("mail_not_made", notice=notice.pk, kind=notice.kind)
        return Try(Fate.BROKEN, type(error).__name__)
    try:
        return line.send(message)
    except (UnicodeError, ValueError) as error:  # an address that no server could be told
        line.close()
        return Try(Fate.BROKEN, type(error).__name__)


@transaction.atomic(durable=True)
def _record(notice: Notice, outcome: Try, now: datetime) -> None:
    """Write down what became of a try; not where another sender has taken the notice over meanwhile."""
    held = Notice.objects.filter(pk=notice.pk, state=State.SENDING, claimed_at=notice.claimed_at)
    row = held.select_for_update(no_key=True).first()
    if row is None:
        logger.warning("notice_taken_over", notice=notice.pk)
        return
    if outcome.fate in (Fate.AWAY, Fate.LATER):
        row.faults -= 1
    state = _state_after(row, outcome.fate, now)
    if outcome.fate == Fate.AWAY:
        logger.warning("mail_server_away", error=outcome.error)
    if state == State.FAILED:
        logger.error("notice_failed", notice=row.pk, kind=row.kind, tries=row.tries, error=outcome.error)
    _settle(row, state, now, error=outcome.error, pause=_pause(row, outcome.fate, now))


def _settle(
    row: Notice, state: State, now: datetime, *, error: str = "", pause: timedelta = timedelta()
) -> None:
    row.state, row.last_error = state, error[:300]
    row.next_try_at = now + pause
    row.sent_at = now if state == State.SENT else None
    row.save(update_fields=["state", "last_error", "next_try_at", "sent_at", "faults"])
    row.parts.exclude(state=state).update(state=state, sent_at=row.sent_at)


def _state_after(row: Notice, fate: Fate, now: datetime) -> State:
    if fate == Fate.SENT:
        return State.SENT
    if fate == Fate.NOT_WANTED:
        return State.DROPPED
    is_too_old = fate == Fate.LATER and now - row.created_at > GIVE_UP_AFTER
    is_worn_out = fate == Fate.BROKEN and row.faults >= FAULTS
    return State.FAILED if fate == Fate.REFUSED or is_too_old or is_worn_out else State.RETRY


def _pause(row: Notice, fate: Fate, now: datetime) -> timedelta:
    """How long until the next try: as long as it has waited already, an hour at most, where the server asks for it."""
    if fate == Fate.BROKEN:
        return PAUSES[min(row.faults, len(PAUSES)) - 1]
    if fate == Fate.LATER:
        return min(max(now - row.created_at, PAUSES[0]), LONGEST_PAUSE)
    return AWAY_PAUSE if fate == Fate.AWAY else timedelta()


def _fate(error: Exception) -> Fate:
    """What a failed talk with the server means for the mail."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _answer in error.recipients.values()]
        return _by_code(codes[0] if codes else 0)
    if isinstance(error, smtplib.SMTPDataError):
        return _by_code(error.smtp_code)
    # The sender is the same for all mails, so a server that refuses it refuses us.
    is_ours = isinstance(
        error, smtplib.SMTPSenderRefused | smtplib.SMTPHeloError | smtplib.SMTPAuthenticationError
    )
    return Fate.AWAY if is_ours else Fate.BROKEN


def _by_code(code: int) -> Fate:
    if code == 421:  # the server is going away
        return Fate.AWAY
    return Fate.REFUSED if 500 <= code <= 599 else Fate.LATER


def _words(error: Exception) -> str:
    """The server's answer, without anybody's address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = [f"{code} {_decoded(answer)}" for code, answer in error.recipients.values()]
        words = "; ".join(answers)
    elif isinstance(error, smtplib.SMTPResponseException):
        words = f"{error.smtp_code} {_decoded(error.smtp_error)}"
    else:
        words = f"{type(error).__name__}: {error}"
    return ADDRESS.sub("…", words)[:300]


def _decoded(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


@transaction.atomic
def resend(notice: Notice, now: datetime) -> bool:
    """Put a failed or bounced notice back into the queue, as new; False when it is there already."""
    found = Notice.objects.missed().filter(pk=notice.pk).select_for_update(no_key=True).first()
    if found is None:
        return False
    found.state, found.faults, found.next_try_at = State.QUEUED, 0, now
    found.save(update_fields=["state", "faults", "next_try_at"])
    if found.kind == Kind.DIGEST:
        found.parts.update(state=State.QUEUED)
    return True
