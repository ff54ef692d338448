"""Every periodic job, in one place. Times are UTC and intervals: a sweep asks the database what is due."""

from typing import Any

Entry = dict[str, Any]


def every(seconds: int, task: str) -> Entry:
    """Run the task so often; a tick that nobody took within its period is dropped, for the next one does its work."""
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}


SCHEDULE: dict[str, Entry] = {
    "heartbeat": every(30, "config.tasks.heartbeat"),
}
