"""What the commands share that do by hand what a periodic job does."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.core.management.base import BaseCommand
from django.db.models import QuerySet

from accounts import clock
from accounts.actors import Actor, Source
from orders import sweeps


@dataclass(frozen=True)
class Job:
    """A sweep, the rows that it would take, and what was done with them."""

    sweep: sweeps.Sweep
    due: Callable[[datetime], QuerySet[Any]]
    done: str


class SweepCommand(BaseCommand):
    """Runs a sweep until nothing is due, and says in one line how much there was."""

    job: ClassVar[Job]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what is due and change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        if options["dry_run"]:
            count = self.job.due(now).count()
        else:
            count = sweeps.run(self.job.sweep, now=now, actor=Actor.system(Source.COMMAND))
        if options["json"]:
            self.stdout.write(json.dumps({"count": count, "dry_run": options["dry_run"]}))
        else:
            would = " to be done, nothing was changed" if options["dry_run"] else ""
            self.stdout.write(f"{self.job.done}: {count}{would}.")
