"""Celery's way to the sweeps of payments. A message is a hint to look now; what is owed is in the rows."""

from celery import shared_task

from accounts import clock
from accounts.actors import Actor
from payments import news, statements


@shared_task(soft_time_limit=240, time_limit=300)
def close_statements() -> int:
    """See `statements.sweep`; one that is broken off leaves the rest to the next."""
    return len(statements.sweep(clock.now()).closed)


@shared_task(soft_time_limit=240, time_limit=300)
def follow_events() -> int:
    """See `news.follow_due`; repeated until nothing waits."""
    total, now, actor = 0, clock.now(), Actor.system()
    while followed := news.follow_due(now, actor):
        total += followed
    return total


@shared_task(soft_time_limit=240, time_limit=300)
def reconcile() -> int | None:
    """See `news.reconcile_once_a_day`."""
    return news.reconcile_once_a_day(clock.now())
