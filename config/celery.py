"""The Celery app. A message is a hint to look now; what is owed stands in the database and is swept.

The values are those that were measured to hold: nothing is acknowledged late and nothing is prefetched, for
the row's own lease brings work back; publishing gives up within seconds.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

from config.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("config", set_as_current=True)
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_acks_late=False,
    task_reject_on_worker_lost=False,
    task_publish_retry=False,
    # Of a sweep. A task that makes a document or a report says its own 240/300.
    task_soft_time_limit=45,
    task_time_limit=60,
    task_serializer="json",
    accept_content=["json"],
    worker_disable_prefetch=True,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        # Longer than the longest hard limit, or a running task is given out again.
        "visibility_timeout": 3600,
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
        "max_retries": 1,
        "retry_on_timeout": False,
    },
    timezone="UTC",
    enable_utc=True,
    # In memory: two beats that share a schedule file stop each other; two in memory only tick twice.
    beat_scheduler="config.beat:Scheduler",
    beat_max_loop_interval=5,
    beat_schedule=SCHEDULE,
)
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()
app.autodiscover_tasks(["config", "reports.feeds"])


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Being connected is enough: Celery then leaves the logging that Django has set up."""
