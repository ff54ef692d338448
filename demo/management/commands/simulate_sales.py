"""Keep orders coming to the demo sellers."""

import signal
import time
from argparse import ArgumentParser
from random import Random
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, connection

from accounts import clock
from demo import guard
from demo.sales import Sales

PER_MINUTE = 2.0
DATABASE_PAUSE_SECONDS = 5.0


class Command(BaseCommand):
    """One line for each thing that happens, until SIGTERM, SIGINT or the end of `--for`."""

    help = "Let buyers order, cancel and ask at the demo sellers, as if the marketplace were open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--per-minute", type=float, default=PER_MINUTE, help="how much happens")
        parser.add_argument("--for", type=float, dest="seconds", metavar="SECONDS", help="end by itself")
        parser.add_argument("--seed", type=int, help="the same again")
        parser.add_argument("--force", action="store_true", help="also on a database of one's own")

    def handle(self, *args: Any, **options: Any) -> None:
        guard.check(force=options["force"])
        if not 0 < options["per_minute"] <= 6000:
            raise CommandError("--per-minute is above 0 and at most 6000.")
        stop = Event()
        before = {
            name: signal.signal(name, lambda *_: stop.set()) for name in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            self._simulate(stop, Random(options["seed"]), options["per_minute"], options["seconds"])
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    def _simulate(self, stop: Event, rng: Random, per_minute: float, seconds: float | None) -> None:
        sales, ends_at = Sales(rng), time.monotonic() + (seconds or float("inf"))
        while not stop.is_set():
            pause = rng.uniform(0.5, 1.5) * 60 / per_minute if self._step(sales) else DATABASE_PAUSE_SECONDS
            left = ends_at - time.monotonic()
            if left <= 0 or (stop.wait(min(pause, left)) or pause >= left):
                return

    def _step(self, sales: Sales) -> bool:
        """One thing happens; False while the database is away, which is waited for."""
        try:
            line = sales.step(clock.now())
        except (OperationalError, InterfaceError) as error:
            connection.close()
            reason = str(error).strip().partition("\n")[0]
            self.stdout.write(f"the database does not answer, trying again: {reason}")
            return False
        self.stdout.write(line)
        self.stdout.flush()
        return True
