"""Take a mail that came back, from standard input: the notice that it is about is marked as bounced."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from notifications import bounces


class Command(BaseCommand):
    """For an MTA's pipe: ends well whatever the mail is, so that nothing bounces back and forth."""

    help = "Mark the notice as bounced that a delivery report on standard input is about."

    def handle(self, *args: Any, **options: Any) -> None:
        notice = bounces.take(sys.stdin.buffer.read(bounces.LARGEST))
        said = (
            f"Notice {notice.pk} is marked as bounced."
            if notice
            else "Not a report about a notice; left alone."
        )
        self.stdout.write(said)
