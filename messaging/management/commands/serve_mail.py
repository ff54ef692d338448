"""Serve the relay's mail on this machine, for trying things out (C1)."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

try:
    from messaging import listener
except ModuleNotFoundError as missing:
    if missing.name != "aiosmtpd":
        raise
    listener = None  # type: ignore[assignment]


class Command(BaseCommand):
    """Listens on the loopback until it is told to end."""

    help = "Take mail of the relay's addresses by SMTP, on the loopback alone. For local use; needs aiosmtpd."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=2525)

    def handle(self, *args: Any, **options: Any) -> None:
        if listener is None:
            raise CommandError("This needs aiosmtpd, which is one of the development's packages.")
        over = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_signal: over.set())
        server = listener.controller(options["port"])
        server.start()
        self.stdout.write(f"Mail for @{settings.RELAY_DOMAIN} is taken at {listener.HOST}:{options['port']}.")
        try:
            over.wait()
        finally:
            server.stop()
