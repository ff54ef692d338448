"""Delete one buyer's personal data before its time, as they asked (D3)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import clock
from accounts.actors import Actor, Source
from orders import buyer_data
from orders.management import choosing_buyer
from orders.refusals import Refused


class Command(BaseCommand):
    """Says of each order whether its data is deleted, and else why not. Ends with 1 where some of it is left."""

    help = "Delete one buyer's personal data before its time, as they asked (D3)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choosing_buyer.add_arguments(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be deleted, change nothing"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        actor, left = Actor.system(Source.COMMAND), {}
        orders = choosing_buyer.chosen(options)
        for order in orders:
            try:
                if options["dry_run"]:
                    left[order.number] = buyer_data.why_not_erased(order)
                else:
                    buyer_data.erase(order, actor=actor, now=clock.now())
            except Refused as refusal:
                left[order.number] = str(refusal)
        left = {number: why for number, why in left.items() if why}
        done = [order.number for order in orders if order.number not in left]
        self._tell(done, left, options)
        if left:
            raise SystemExit(1)

    def _tell(self, done: list[str], left: dict[str, str], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps({"erased": done, "left": left, "dry_run": options["dry_run"]}))
            return
        what = "To be erased" if options["dry_run"] else "Erased"
        for number in done:
            self.stdout.write(f"{what}: {number}")
        for number, why in left.items():
            self.stdout.write(f"Not erased: {number}: {why}")
