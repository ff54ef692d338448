"""Celery's way to the sweep over statements. A message is a hint to look now; what is owed is in the rows."""

from celery import shared_task

from accounts import clock
from payments import statements


@shared_task(soft_time_limit=240, time_limit=300)
def close_statements() -> int:
    """See `statements.sweep`; one that is broken off leaves the rest to the next."""
    return len(statements.sweep(clock.now()).closed)
