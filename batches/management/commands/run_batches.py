"""Do what is left of open batches (ADR 13)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import clock
from batches import engine
from batches.models import Batch
from batches.states import OPEN


class Command(BaseCommand):
    help = "Do the rows of all batches that no worker holds, until none is left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what is open and change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        due = list(engine.due(clock.now()).values_list("pk", flat=True))
        if not options["dry_run"]:
            for pk in due:
                engine.finish(pk)
        left = Batch.objects.filter(pk__in=due, state__in=OPEN).count()
        if options["json"]:
            told = {"count": len(due), "left": left, "dry_run": options["dry_run"]}
            self.stdout.write(json.dumps(told))
        elif options["dry_run"]:
            self.stdout.write(f"Open batches: {len(due)} to be done, nothing was changed.")
        else:
            self.stdout.write(f"Open batches: {len(due)}, of which {left} are still open.")
