"""Tasks of the house itself."""

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

HEARTBEAT = "beat.heartbeat"


@shared_task
def heartbeat() -> None:
    """Notes that beat, broker and a worker reach each other; /healthz reads how long ago."""
    cache.set(HEARTBEAT, timezone.now().timestamp(), timeout=None)
