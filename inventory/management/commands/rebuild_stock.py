"""Compare every listing's figures with the stock ledger, and put them right where asked to."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from inventory import rebuild
from inventory.models import Listing
from inventory.rebuild import Difference


class Command(BaseCommand):
    """Prints each listing that differs from its ledger (I5); exits with 1 if one is left as it is."""

    help = (
        "Recompute every listing's figures from the stock ledger and report differences; --fix corrects them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument("--fix", action="store_true", help="set the figures to what the ledger adds up to")
        mode.add_argument("--dry-run", action="store_true", help="report and change nothing, as without it")
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        checked = Listing.objects.count()
        found = list(rebuild.differences())
        if options["fix"]:
            # What was seen without a lock may have been a moment's; the answer under the lock counts.
            found = [each for each in map(rebuild.fix, [each.listing_id for each in found]) if each]
        fixed = [each for each in found if options["fix"] and each.is_possible]
        if options["json"]:
            report = {"listings": checked, "different": [asdict(each) for each in found], "fixed": len(fixed)}
            self.stdout.write(json.dumps(report))
        else:
            self._tell(found)
            self.stdout.write(f"Listings checked: {checked}, different: {len(found)}, fixed: {len(fixed)}.")
        if len(fixed) < len(found):
            sys.exit(1)

    def _tell(self, found: Iterable[Difference]) -> None:
        for each in found:
            wrong = "" if each.is_possible else " The ledger itself is wrong: nothing can be below zero."
            self.stdout.write(
                f"{each.seller} {each.sku}: on hand {each.on_hand}, by the ledger {each.ledger_on_hand}; "
                f"reserved {each.reserved}, by the ledger {each.ledger_reserved}.{wrong}"
            )
