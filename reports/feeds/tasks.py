"""Celery's way to the feeds."""

from celery import shared_task

from accounts import clock
from reports.feeds import operations, reading


@shared_task(soft_time_limit=240, time_limit=300)
def read(pk: int) -> None:
    """See `reading.read`; the sweep finds what got no hint."""
    reading.read(pk)


@shared_task(soft_time_limit=240, time_limit=300)
def sweep() -> int:
    """See `operations.sweep`."""
    return operations.sweep(clock.now())


@shared_task
def forget() -> int:
    """See `operations.forget`."""
    return operations.forget(clock.now())
