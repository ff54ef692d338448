"""The fast way to a task: a hint, after the commit, that there is work. A sweep does what got no hint."""

import time
from dataclasses import dataclass

import structlog
from celery import current_app
from django.db import transaction

QUIET_SECONDS = 30
logger = structlog.get_logger(__name__)

Argument = str | int | bool | None


@dataclass
class Breaker:
    """Stays open for a while after one failure: a hung broker may cost each call seconds, once is enough."""

    open_until: float = 0.0

    def is_open(self) -> bool:
        return time.monotonic() < self.open_until

    def trip(self) -> None:
        self.open_until = time.monotonic() + QUIET_SECONDS


breaker = Breaker()


def nudge(task_name: str, *args: Argument) -> None:
    """Send the task once this transaction has committed; never raises, silent while the broker is away."""

    # A function and not a partial: Django 5.2 fails on the name of a partial when robust.
    def publish() -> None:
        _publish(task_name, args)

    transaction.on_commit(publish, robust=True)


def _publish(task_name: str, args: tuple[Argument, ...]) -> None:
    if breaker.is_open():
        return
    try:
        current_app.send_task(task_name, args=args)
    except Exception as error:
        # Whatever the broker's client raises: the row is committed, and the sweep finds it within its period.
        breaker.trip()
        logger.warning(
            "nudge_failed", task=task_name, error=type(error).__name__, quiet_seconds=QUIET_SECONDS
        )
