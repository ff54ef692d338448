"""Celery's way to the reports. A message is a hint to look now; what is owed is in the rows."""

from celery import shared_task

from accounts import clock
from reports import chain, forgetting
from reports import work as works


# A worker has done with a report, or handed it on, well before these.
@shared_task(soft_time_limit=240, time_limit=300)
def work(pk: int) -> None:
    """See `work.work`; the sweep finds what got no hint."""
    works.work(pk)


@shared_task(soft_time_limit=240, time_limit=300)
def sweep() -> int:
    """See `work.sweep`."""
    return works.sweep()


@shared_task
def post() -> int:
    """See `chain.post_due`."""
    return chain.post_due(clock.now())


@shared_task
def forget() -> None:
    """See `forgetting.forget` and `forgetting.sweep_up`."""
    now = clock.now()
    while forgetting.forget(now):
        pass
    forgetting.sweep_up(now)
