"""Make the notices that are owed and send what is due (N4)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import clock
from notifications import delivery, notices, watch
from notifications.models import Notice, Owed

MINUTES = 30


class Command(BaseCommand):
    """The periodic jobs of notices, by hand."""

    help = "Make the notices that are owed and send what is due (N4)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what is due and send nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        sent = 0 if options["dry_run"] else _send()
        waiting = Notice.objects.due(clock.now()).count()
        done = {"sent": sent, "waiting": waiting, "owed": Owed.objects.count(), "dry_run": options["dry_run"]}
        if options["json"]:
            self.stdout.write(json.dumps(done))
        else:
            sentence = "Mails sent: {sent}. Due and still waiting: {waiting}; events not yet told: {owed}."
            self.stdout.write(sentence.format(**done))


def _send() -> int:
    while watch.look(clock.now()):
        pass
    while notices.write_due(clock.now()):
        pass
    return delivery.send_due(seconds=MINUTES * 60)
