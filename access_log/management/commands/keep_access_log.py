"""Make the access log's partitions of the next months, and drop what is older than 12 months."""

from typing import Any

from django.core.management.base import BaseCommand

from access_log import sweeps


class Command(BaseCommand):
    """The periodic job, by hand."""

    help = "Make the access log's partitions of the next months, and drop those that ended 12 months ago."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Partitions made or dropped: {sweeps.keep_partitions()}.")
