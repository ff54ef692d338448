"""Encrypt the secrets of second factors under the newest key."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import encryption


class Command(BaseCommand):
    """Each secret in a transaction of its own: the command can be stopped and started again."""

    help = "Encrypt the secrets of second factors under the first key of ENCRYPTION_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        outdated = list(encryption.outdated())
        if not options["dry_run"]:
            for pk in outdated:
                _rotate(pk)
        left = len(list(encryption.outdated()))
        done = {"rotated": len(outdated) - left, "outdated": left, "dry_run": options["dry_run"]}
        sentence = "Encrypted under the first key: {rotated}. Not under the first key: {outdated}."
        self.stdout.write(json.dumps(done) if options["json"] else sentence.format(**done))


def _rotate(pk: int) -> None:
    try:
        encryption.rotate(pk)
    except encryption.KeyMissing as refusal:
        raise CommandError(f"{refusal} Second factor {pk} was not changed.") from refusal
