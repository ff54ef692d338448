"""Beat sends each periodic job once: a job that still waits in the queue isn't sent again.

So nothing piles up while no worker takes jobs, for hours or for days, and no message carries a moment at which it
expires: that would be judged by the clock of the worker's host, and one that is ahead would drop every job unseen.
"""

from typing import Any

import redis
from celery import beat
from django.conf import settings

SECONDS = 2
NEWEST = 1_000
"""How many messages to search: behind more than these, a second message of the same job does no harm."""


class Scheduler(beat.Scheduler):
    """Celery's own scheduler, in memory, that leaves out what waits already."""

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **options: Any) -> Any:
        """Send the job of an entry, or nothing where one of it waits. Raises what the broker raises."""
        if is_waiting(entry.task, entry.options.get("queue") or self.app.conf.task_default_queue):
            return self.reserve(entry) if advance else None
        return super().apply_async(entry, producer=producer, advance=advance, **options)


def is_waiting(task: str, queue: str) -> bool:
    """Whether a message for this task is in the queue and no worker has taken it yet."""
    mark = f'"task": "{task}"'.encode()
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
    ) as client:
        return any(mark in message for message in client.lrange(queue, 0, NEWEST - 1))
