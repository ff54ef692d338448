"""Check that nobody changed the history of an order."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from orders import audit
from orders.models import Order


class Command(BaseCommand):
    """Prints for each broken history its first broken link; exits with 1 if there is one."""

    help = "Prove by the chain of digests that no event of an order was changed or taken away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(audit.broken_histories())
        checked = Order.objects.count()
        if options["json"]:
            self.stdout.write(json.dumps({"orders": checked, "broken": [asdict(each) for each in found]}))
        else:
            for each in found:
                self.stdout.write(f"{each.order_number}: {_sentence(each)}")
            self.stdout.write(f"Histories checked: {checked}, broken: {len(found)}.")
        if found:
            sys.exit(1)


def _sentence(broken: audit.BrokenHistory) -> str:
    if broken.event_id is None:
        return f"the history does not lead to the status “{broken.what}”: its end is missing."
    return f"event {broken.event_id} ({broken.what}) does not follow from the one before it."
