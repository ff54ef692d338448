"""Take mail of the relay's addresses: one from standard input, or all of a maildir (C1)."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from accounts import clock
from messaging import inbound, mail_parts, maildir
from messaging.inbound import Taken
from messaging.models import RefusedMail
from messaging.refusals import ScannerAway
from messaging.states import Why

CODES = {Why.UNKNOWN: os.EX_NOUSER, Why.EXPIRED: os.EX_NOUSER}


class Command(BaseCommand):
    """For an MTA's pipe, which reads the exit code: 0 taken or to be forgotten, 65 and 67 to be sent back with
    the sentence on standard error, 75 to be tried again."""

    help = "Take a mail from standard input as a message of its thread, or all mails of a maildir."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mail-from", help="sender of the envelope; else Return-Path says it")
        parser.add_argument("--rcpt-to", help="recipient; else X-Original-To or Delivered-To says it")
        parser.add_argument("--maildir", type=Path, help="take what is in its new/ and move it to cur/")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["maildir"]:
                self._take_all(options["maildir"])
            else:
                self._take_one(options["mail_from"], options["rcpt_to"])
        except (OperationalError, InterfaceError, ScannerAway) as error:
            raise CommandError(
                f"Try again later: {type(error).__name__}", returncode=os.EX_TEMPFAIL
            ) from None

    def _take_all(self, directory: Path) -> None:
        if not (directory / "new").is_dir():
            raise CommandError(f"{directory} is not a maildir: it has no new/.")
        outcomes = list(maildir.take(directory))
        refused = sum(isinstance(outcome, RefusedMail) for outcome in outcomes)
        self.stdout.write(f"Mails taken: {len(outcomes) - refused}. Refused: {refused}.")

    def _take_one(self, mail_from: str | None, rcpt_to: str | None) -> None:
        raw = sys.stdin.buffer.read(mail_parts.LARGEST + 1)
        told_from, told_to = maildir.envelope(raw)
        sender = told_from if mail_from is None else mail_from
        outcome = inbound.take(raw, mail_from=sender, rcpt_to=rcpt_to or told_to, now=clock.now())
        if isinstance(outcome, Taken):
            self.stdout.write(f"Message {outcome.message.pk}{' again' if outcome.is_again else ''}.")
        elif outcome.is_told or outcome.why in CODES:
            code = CODES.get(Why(outcome.why), os.EX_DATAERR)
            raise CommandError(outcome.sentence, returncode=code)
        else:
            self.stdout.write(f"Refused: {outcome.why}.")
