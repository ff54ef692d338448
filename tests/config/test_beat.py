"""Beat and workers on hosts whose clocks differ, and hours without a worker: jobs run, and none of them piles up."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from celery import beat
from celery.beat import ScheduleEntry
from django.conf import settings

from config.beat import Scheduler
from config.celery import app
from config.schedule import SCHEDULE

HOURS = 12


@pytest.fixture
def client() -> Iterator[redis.Redis]:
    with redis.Redis.from_url(settings.REDIS_URL) as found:
        yield found


@pytest.fixture
def queue(client: redis.Redis) -> Iterator[str]:
    """A queue that no worker listens to."""
    name = f"test-{uuid.uuid4()}"
    yield name
    client.delete(name, f"_kombu.binding.{name}")


def entries(queue: str) -> list[ScheduleEntry]:
    """Every job of the schedule, sent to this queue."""
    app.loader.import_default_modules()
    return [
        ScheduleEntry(
            name, each["task"], schedule=each["schedule"], options={**each.get("options", {}), "queue": queue}
        )
        for name, each in SCHEDULE.items()
    ]


def ticked(scheduler: type[beat.Scheduler], queue: str, times: int) -> None:
    """Every job falls due so many times while nobody takes any."""
    sender = scheduler(app=app, lazy=True)
    for entry in entries(queue) * times:
        sender.apply_entry(entry, producer=sender.producer)


def messages(client: redis.Redis, queue: str) -> list[dict[str, Any]]:
    return [json.loads(each)["headers"] for each in client.lrange(queue, 0, -1)]


def test_no_job_expires_by_the_clock_of_another_host(client: redis.Redis, queue: str) -> None:
    ticked(Scheduler, queue, 1)
    sent = messages(client, queue)
    assert {each["task"] for each in sent} == {each["task"] for each in SCHEDULE.values()}
    assert {(each["expires"], each["eta"]) for each in sent} == {(None, None)}


def test_without_a_worker_for_hours_each_job_waits_once(client: redis.Redis, queue: str) -> None:
    ticked(Scheduler, queue, HOURS)
    sent = [each["task"] for each in messages(client, queue)]
    assert sorted(sent) == sorted(each["task"] for each in SCHEDULE.values())


def test_a_job_that_a_worker_took_is_sent_again(client: redis.Redis, queue: str) -> None:
    ticked(Scheduler, queue, 1)
    client.rpop(queue, 2)
    ticked(Scheduler, queue, 1)
    assert len(messages(client, queue)) == len(SCHEDULE)


def test_the_twin_that_does_not_look_into_the_queue_piles_up(client: redis.Redis, queue: str) -> None:
    ticked(beat.Scheduler, queue, HOURS)
    assert len(messages(client, queue)) == HOURS * len(SCHEDULE)
