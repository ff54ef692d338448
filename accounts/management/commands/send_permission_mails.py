"""Send the mails about changed permissions that are due (N4)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import clock, permission_mail
from accounts.models import PermissionMail


class Command(BaseCommand):
    """The periodic job, by hand."""

    help = "Send the mails about changed permissions that are due (N4)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what is due and send nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        sent = 0 if options["dry_run"] else permission_mail.send_due(clock.now())
        due = PermissionMail.objects.due(clock.now()).count()
        done = {"sent": sent, "waiting": due, "dry_run": options["dry_run"]}
        sentence = "Mails sent: {sent}. Due and still waiting: {waiting}."
        self.stdout.write(json.dumps(done) if options["json"] else sentence.format(**done))
