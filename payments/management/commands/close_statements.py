"""Open and close statements."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import clock
from payments import statements
from payments.models import Statement


class Command(BaseCommand):
    """The periodic job of the same name, by hand: says in one line what it did, or would do."""

    help = "Pay out what is available: close the statements whose last day is over, and open new ones (P1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what is due and change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        now, is_dry = clock.now(), bool(options["dry_run"])
        if is_dry:
            opened, closed = len(statements.without_statement()), Statement.objects.due(now).count()
        else:
            done = statements.sweep(now)
            opened, closed = done.opened, len(done.closed)
        if options["json"]:
            self.stdout.write(json.dumps({"opened": opened, "closed": closed, "dry_run": is_dry}))
        else:
            would = " to be done, nothing was changed" if is_dry else ""
            self.stdout.write(f"First statements opened: {opened}, statements closed: {closed}{would}.")
