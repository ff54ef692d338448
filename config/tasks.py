"""Tasks of the house itself."""

from celery import shared_task

from accounts import clock, throttles
from accounts.models import Heartbeat

JOBS = "jobs"


@shared_task
def heartbeat() -> None:
    """Note that beat, broker, a worker and the database reach each other; /healthz reads how long ago that was."""
    Heartbeat.objects.update_or_create(name=JOBS, defaults={"seen_at": clock.now()})


@shared_task
def forget_throttles() -> None:
    """Delete the counts whose window is over."""
    throttles.forget(clock.now())
