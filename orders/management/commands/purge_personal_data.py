"""Delete the personal data whose time is over, of orders and elsewhere (D1)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import clock
from accounts import personal_data_register as register
from accounts.actors import Actor, Source
from orders import personal_data_end


class Command(BaseCommand):
    """The periodic job by hand, until nothing is due."""

    help = "Delete the personal data whose time is over, of orders and elsewhere (D1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what is due and change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        now, is_trial = clock.now(), options["dry_run"]
        counts = {
            each.name: each.count(now) if is_trial else personal_data_end.delete_elsewhere(each, now)
            for each in register.clocks()
        }
        if is_trial:
            counts["orders"] = personal_data_end.due(now).count()
        else:
            counts["orders"] = personal_data_end.delete_due(now, Actor.system(Source.COMMAND))
        if options["json"]:
            self.stdout.write(json.dumps({**counts, "dry_run": is_trial}))
            return
        told = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items())
        would = " to be deleted, nothing was changed" if is_trial else ""
        self.stdout.write(f"Personal data deleted: {told}{would}.")
