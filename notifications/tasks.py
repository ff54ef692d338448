"""Celery's way to the notices. A message is a hint to look now; what is owed is in the rows."""

from celery import shared_task

from accounts import clock
from notifications import delivery, forgetting, notices, watch


@shared_task
def send() -> None:
    """Make the notices that are owed, and send what is due; see `notices` and `delivery`."""
    while notices.write_due(clock.now()):
        pass
    delivery.send_due()


@shared_task
def look() -> None:
    """See `watch.look`."""
    while watch.look(clock.now()):
        pass


@shared_task
def forget() -> None:
    """See `forgetting.forget`."""
    while forgetting.forget(clock.now()):
        pass
