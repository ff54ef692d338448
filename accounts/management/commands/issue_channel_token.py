"""Give a sales channel a token to hand in orders with."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.models import ChannelToken, SalesChannel

YEAR = 365


class Command(BaseCommand):
    """Prints the secret once; only its digest is stored. Earlier tokens go on working until they expire."""

    help = "Issue a bearer token for a sales channel; it is shown once and cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("channel", help="slug of the sales channel")
        parser.add_argument("--days", type=int, default=YEAR, help=f"how long it works, {YEAR} by default")
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        channel = SalesChannel.objects.filter(slug=options["channel"]).first()
        if channel is None:
            raise CommandError(f"There is no sales channel “{options['channel']}”.")
        if not 1 <= options["days"] <= 10 * YEAR:
            raise CommandError("A token works for at least one day and at most ten years.")
        token, secret = ChannelToken.issue(channel, now=clock.now(), days=options["days"])
        expires_at = f"{token.expires_at:%Y-%m-%d %H:%M} UTC"
        if options["json"]:
            told = {"channel": channel.slug, "token": secret, "expires_at": token.expires_at.isoformat()}
            self.stdout.write(json.dumps(told))
        else:
            self.stdout.write(f"Token of {channel.slug}, until {expires_at}, shown this once: {secret}")
