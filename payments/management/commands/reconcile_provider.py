"""Compare the provider's list of events with ours, and record what webhooks missed (P3)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from payments import news


class Command(BaseCommand):
    """The daily job, by hand: says in one line how many events were missed."""

    help = "Record the payment provider's events of the last days that no webhook brought (P3)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=news.RECONCILED_DAYS, help="how far back, at most 30")
        parser.add_argument("--dry-run", action="store_true", help="count what is missing and change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        provider, days, is_dry = settings.PAYMENT_PROVIDER, options["days"], bool(options["dry_run"])
        if not 1 <= days <= 30:
            raise CommandError("--days must be between 1 and 30: the provider keeps no older events.")
        is_known = provider in news.BY_NAME
        found = news.reconcile(provider, now=clock.now(), days=days, is_dry=is_dry) if is_known else 0
        if options["json"]:
            self.stdout.write(json.dumps({"missed": found, "dry_run": is_dry}))
        else:
            would = "; nothing was changed" if is_dry else ""
            self.stdout.write(f"Provider events missed: {found}{would}.")
