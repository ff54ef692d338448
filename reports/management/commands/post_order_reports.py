"""Post the daily order reports, and make what waits to be made."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import clock
from accounts.actors import Source
from reports import chain, work
from reports.models import Report


class Command(BaseCommand):
    """The periodic jobs of reports, by hand: says in one line what they did, or would do."""

    help = "Post the daily order reports that are due, and make every report that waits (F1, F2)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what is due and change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        now, is_dry = clock.now(), bool(options["dry_run"])
        if is_dry:
            posted = len(list(chain.due_reports(now)))
            made = Report.objects.due(now).count() + posted
        else:
            posted, made = chain.post_due(now, Source.COMMAND), 0
            while looked := work.sweep():
                made += looked
        if options["json"]:
            self.stdout.write(json.dumps({"posted": posted, "made": made, "dry_run": is_dry}))
        else:
            would = " to be done, nothing was changed" if is_dry else ""
            self.stdout.write(f"Daily reports posted: {posted}, reports made: {made}{would}.")
