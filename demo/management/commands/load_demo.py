"""Load the demo marketplace."""

import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.models import Marketplace
from demo import guard, load, sign_ins
from demo.load import Loaded

ORDERS = 400


class Command(BaseCommand):
    """Prints what was made and who can sign in; a second run adds nothing and says so."""

    told = 0
    help = "Make a marketplace to look at: sellers, channels, listings, and orders of the last 90 days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--orders", type=int, default=ORDERS, help="orders of the demo seller, about")
        parser.add_argument("--seed", type=int, default=load.SEED, help="another seed, another history")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where a marketplace exists")
        parser.add_argument("--force", action="store_true", help="also on a database of one's own")
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and Marketplace.objects.exists():
            self._say_nothing_done("There is a marketplace already; nothing was loaded.", options)
        elif load.is_complete():
            self._say_nothing_done("The demo is loaded already; nothing was added.", options)
        else:
            self._check(options)
            self._load(options)

    def _load(self, options: dict[str, Any]) -> None:
        started, now, password = time.monotonic(), clock.now(), sign_ins.new_password()
        opened = load.open_market(password=password, now=now)
        # Before the history, which takes a minute: a load that is broken off can be signed in to.
        people, tokens = sign_ins.write_sign_ins(password), sign_ins.write_tokens(opened.secrets)
        orders, seed = options["orders"], options["seed"]
        loaded = load.play(opened, orders=orders, now=now, seed=seed, progress=self._progress)
        seconds = round(time.monotonic() - started, 1)
        if options["json"]:
            files = {"sign_ins": str(people), "channel_tokens": str(tokens)}
            self.stdout.write(json.dumps({"loaded": True, "seconds": seconds, **asdict(loaded), **files}))
        else:
            self._tell(loaded, seconds)
            self.stdout.write(f"The channels' tokens are in {tokens}, the sign-ins in {people}:")
            self.stdout.write(people.read_text())

    def _check(self, options: dict[str, Any]) -> None:
        """Raise CommandError where a demo does not belong."""
        guard.check(force=options["force"])
        if load.is_begun():
            raise CommandError(
                "An earlier load was broken off and its orders are incomplete: "
                "empty the database (locally: remove var/postgres), migrate, and load again."
            )
        if options["orders"] < 0:
            raise CommandError("--orders cannot be negative.")

    def _say_nothing_done(self, sentence: str, options: dict[str, Any]) -> None:
        self.stdout.write(json.dumps({"loaded": False, "why": sentence}) if options["json"] else sentence)

    def _progress(self, done: int, total: int) -> None:
        """How far it is: for someone who watches a line that rewrites itself, else one now and then."""
        watched = self.stderr.isatty()
        step = done // (10 if watched else 100)
        if step > self.told:
            self.told = step
            line = f"Loading the demo: {done} of {total} orders"
            self.stderr.write(f"\r{line}" if watched else line, str, "" if watched else None)

    def _tell(self, loaded: Loaded, seconds: float) -> None:
        if self.stderr.isatty():
            self.stderr.write("")
        self.stdout.write(f"Loaded {loaded.total} orders of the last 90 days in {seconds} s.")
        for slug, statuses in loaded.orders.items():
            told = ", ".join(f"{count} {status}" for status, count in statuses.items()) or "no orders"
            self.stdout.write(f"  {slug}: {told}")
