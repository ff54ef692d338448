"""Compare the stored deadlines with today's calendar of holidays."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from accounts import calendars
from orders import audit


class Command(BaseCommand):
    """Reports deadlines that would be counted otherwise today and moves none: what was promised holds."""

    help = "Report deadlines of open orders that today's calendar would place elsewhere; change nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(audit.moved_deadlines())
        if options["json"]:
            report = {"calendar": calendars.VERSION, "moved": [asdict(each) for each in found]}
            self.stdout.write(json.dumps(report, default=str))
            return
        for each in found:
            self.stdout.write(
                f"{each.order_number}: {each.deadline} is {each.stored} by {each.calendar or 'no calendar'}, "
                f"would be {each.today} by {calendars.VERSION}."
            )
        self.stdout.write(f"Deadlines that would be counted otherwise today: {len(found)}; none was moved.")
