"""Celery's way to the sweeps of the access log."""

from celery import shared_task

from access_log import sweeps
from accounts import clock


@shared_task
def find_unusual() -> int:
    """See `sweeps.find_unusual`."""
    return sweeps.find_unusual(clock.now())


@shared_task
def keep_partitions() -> int:
    """See `sweeps.keep_partitions`."""
    return sweeps.keep_partitions()
