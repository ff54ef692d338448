"""Celery's way to the batches."""

from celery import shared_task

from accounts import clock
from batches import engine


@shared_task
def work(pk: int) -> None:
    """See `engine.work`; the sweep finds what got no hint."""
    engine.work(pk)


@shared_task
def sweep() -> int:
    """See `engine.sweep`."""
    return engine.sweep()


@shared_task
def forget() -> int:
    """See `engine.forget`."""
    return engine.forget(clock.now())
