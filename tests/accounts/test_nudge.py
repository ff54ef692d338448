"""A nudge never fails a request; after one failure it stays quiet for half a minute (D6, P8, J4)."""

import time
from collections.abc import Iterator

import pytest
from celery import current_app
from django.db import transaction

from accounts import nudge
from config.celery import app

REFUSING = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _closed_breaker() -> Iterator[None]:
    nudge.breaker.open_until = 0.0
    yield
    nudge.breaker.open_until = 0.0


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[object, ...]]]:
    calls: list[tuple[str, tuple[object, ...]]] = []
    monkeypatch.setattr(app, "send_task", lambda name, args: calls.append((name, args)))
    return calls


def test_the_portal_s_app_is_the_current_one() -> None:
    assert current_app.main == "config"


@pytest.mark.django_db(transaction=True)
def test_it_goes_out_after_the_commit_and_not_before(sent: list[tuple[str, tuple[object, ...]]]) -> None:
    with transaction.atomic():
        nudge.nudge("orders.tasks.authorise", 7)
        assert sent == []
    assert sent == [("orders.tasks.authorise", (7,))]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_sends_nothing(sent: list[tuple[str, tuple[object, ...]]]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        nudge.nudge("orders.tasks.authorise", 7)
        raise RuntimeError
    assert sent == []


@pytest.mark.django_db(transaction=True)
def test_with_redis_refused_nothing_fails_and_the_second_costs_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []
    with app.connection_for_write(REFUSING) as refusing:
        send = app.send_task

        def send_to_nobody(name: str, args: tuple[object, ...]) -> object:
            tried.append(name)
            return send(name, args=args, connection=refusing)

        monkeypatch.setattr(app, "send_task", send_to_nobody)
        began = time.monotonic()
        nudge.nudge("config.tasks.heartbeat")
        first = time.monotonic() - began
        assert nudge.breaker.is_open()
        began = time.monotonic()
        for _ in range(20):
            nudge.nudge("config.tasks.heartbeat")
    assert time.monotonic() - began < 0.5
    assert first < 8
    assert tried == ["config.tasks.heartbeat"]


def test_after_half_a_minute_it_tries_again() -> None:
    nudge.breaker.trip()
    assert nudge.breaker.is_open()
    nudge.breaker.open_until -= nudge.QUIET_SECONDS
    assert not nudge.breaker.is_open()
