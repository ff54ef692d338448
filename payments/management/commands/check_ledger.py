"""Check the ledger of every order."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from payments import audit
from payments.models import Payment


class Command(BaseCommand):
    """Prints each order whose money does not add up (P2); exits with 1 if there is one."""

    help = "Prove for every order: charges - refunds - fees = paid out + due, as its payment says."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        checked = Payment.objects.count()
        found = list(audit.faults())
        if options["json"]:
            report = {"orders": checked, "faults": [asdict(fault) for fault in found]}
            self.stdout.write(json.dumps(report))
        else:
            for fault in found:
                self.stdout.write(f"{fault.order_number}: {', '.join(fault.faults)}")
            self.stdout.write(f"{checked} orders checked, {len(found)} do not hold.")
        if found:
            sys.exit(1)
