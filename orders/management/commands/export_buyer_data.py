"""Hand out what the portal knows of one buyer, as they asked: JSON and their files in a ZIP (D3)."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orders import buyer_data
from orders.management import choosing_buyer

PRIVATE = 0o600


class Command(BaseCommand):
    """Writes a file that only the account that runs it can read; never over another file."""

    help = "Write what the portal knows of one buyer into a ZIP: data.json, and their attachments (D3)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choosing_buyer.add_arguments(parser)
        parser.add_argument("--output", required=True, type=Path, help="the ZIP to write; must not exist yet")

    def handle(self, *args: Any, **options: Any) -> None:
        orders, path = choosing_buyer.chosen(options), options["output"]
        try:
            opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        except OSError as error:
            raise CommandError(f"{path} can't be written: {error.strerror}.") from None
        with os.fdopen(opened, "wb") as file:
            buyer_data.export(orders, file)
        self.stdout.write(f"{path}: {len(orders)} orders.")
