"""Tasks of the house itself."""

from celery import shared_task
from django.core.cache import cache

from accounts import clock

HEARTBEAT = "beat.heartbeat"


@shared_task
def heartbeat() -> None:
    """Note that beat, broker and a worker reach each other; /healthz reads how long ago."""
    cache.set(HEARTBEAT, clock.now().timestamp(), timeout=None)
