"""A mail server for the relay's addresses on this machine alone, for trying things out and for tests.

In production an MTA stands before the relay, checks SPF, DKIM and DMARC, and pipes to `manage.py receive_mail`.
"""

import asyncio
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import DatabaseError, InterfaceError, close_old_connections

from accounts import clock
from messaging import inbound, mail_parts
from messaging.inbound import Taken
from messaging.models import RefusedMail
from messaging.refusals import ScannerAway
from messaging.states import Why

HOST = "127.0.0.1"
TAKEN = "250 Taken"
LATER = "451 Try again later"
MOST_RECIPIENTS = 10


class Handler:
    """Judges each recipient when it is named, and the mail when it has come."""

    async def handle_RCPT(  # noqa: N802 - the server calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 Too many recipients"
        try:
            refused = await _in_thread(inbound.check_recipient, address)
        except (DatabaseError, InterfaceError):
            return LATER
        if refused:
            return _no(refused)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the server calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        answers = [await self._take(raw, envelope.mail_from or "", to) for to in envelope.rcpt_tos]
        # One answer stands for all recipients; one that was taken is not taken twice when the mail comes again.
        return next((answer for answer in answers if answer != TAKEN), TAKEN)

    async def _take(self, raw: bytes, mail_from: str, rcpt_to: str) -> str:
        try:
            outcome = await _in_thread(inbound.take, raw, mail_from=mail_from, rcpt_to=rcpt_to)
        except (DatabaseError, InterfaceError, ScannerAway):
            return LATER
        return TAKEN if isinstance(outcome, Taken) else _no(outcome)


def controller(port: int, host: str = HOST) -> Controller:
    """The server, not yet started; what is larger than a mail may be it refuses by itself."""
    return Controller(Handler(), hostname=host, port=port, data_size_limit=mail_parts.LARGEST)


def _no(refused: RefusedMail) -> str:
    """The answer to the sending server; a machine hears no reason, and is not asked to try again."""
    sentence = refused.sentence or refused.get_why_display()
    code = 452 if refused.why == Why.TOO_MANY else 550
    return f"{code} {sentence.encode('ascii', 'replace').decode()[:400]}"


async def _in_thread(judge: Any, *args: Any, **named: Any) -> Any:
    def run() -> Any:
        close_old_connections()
        try:
            # `take` and `check_recipient` alike are told the database's time.
            return judge(*args, **named, now=clock.now())
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(None, run)
