"""Limits on sending: counted for all web servers at once, with a sentence that says how long to wait."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils.translation import override

from accounts import throttles
from accounts.models import Throttle
from accounts.throttles import LIMITS, Limit, Throttled
from config.tasks import forget_throttles
from tests.factories import NOON
from tests.helpers import at_once, meet

pytestmark = pytest.mark.django_db
MOST, AT_ONCE = 3, 20
WINDOW = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def _few(monkeypatch):
    monkeypatch.setitem(LIMITS, "support_case", Limit(MOST, WINDOW))


def is_counted(subject="north", now=NOON, amount=1) -> bool:
    try:
        throttles.count("support_case", subject, now=now, amount=amount)
    except Throttled:
        return False
    return True


def test_attempts_past_the_limit_are_refused_until_the_window_ends():
    assert [is_counted() for _attempt in range(MOST + 2)] == [True] * MOST + [False] * 2
    assert is_counted("south")
    assert not is_counted(now=NOON + WINDOW - timedelta(microseconds=1))
    after = [is_counted(now=NOON + WINDOW) for _attempt in range(MOST + 1)]
    assert after == [True] * MOST + [False]


def test_refused_amount_is_not_counted():
    assert [is_counted(amount=each) for each in (2, 2, 1, 1)] == [True, False, True, False]


def test_refusal_names_the_time_that_is_left():
    for _attempt in range(MOST):
        is_counted()
    with pytest.raises(Throttled) as refused:
        throttles.count("support_case", "north", now=NOON + timedelta(minutes=4))
    assert refused.value.seconds == 360


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(0), "1 minute."),
        (timedelta(seconds=61), "2 minutes."),
        (timedelta(minutes=90), "90 minutes."),
        (timedelta(minutes=91), "2 hours."),
        (timedelta(hours=24), "24 hours."),
    ],
)
def test_refusal_says_how_long_to_wait(wait, words):
    with override("en"):
        assert str(Throttled(wait)) == (
            f"You have sent too much in a short time. Nothing was changed. Try again in {words}"
        )


def test_no_subject_is_kept_and_the_job_deletes_what_is_over(monkeypatch):
    is_counted("eve@example.com")
    is_counted("ada@example.com", now=NOON + WINDOW)
    assert "@" not in str(list(Throttle.objects.values()))
    monkeypatch.setattr("accounts.clock.now", lambda: NOON + WINDOW)
    forget_throttles()
    assert [row.ends_at for row in Throttle.objects.all()] == [NOON + 2 * WINDOW]


@pytest.mark.django_db(transaction=True)
def test_twenty_attempts_at_once_let_exactly_the_limit_through():
    assert at_once(*[is_counted] * AT_ONCE).count(True) == MOST


@pytest.mark.django_db(transaction=True)
def test_twin_that_reads_first_and_writes_later_lets_all_through(monkeypatch):
    def read_and_write(name, subject, *, now, amount):
        counted = Throttle.objects.filter(key="twin").values_list("count", flat=True).first() or 0
        meet()
        if counted + amount > LIMITS[name].most:
            raise Throttled(WINDOW)
        Throttle.objects.update_or_create(key="twin", defaults={"count": counted + amount, "ends_at": now})

    monkeypatch.setattr(throttles, "count", read_and_write)
    assert at_once(*[is_counted] * (MOST + 1)).count(True) == MOST + 1


def test_operators_read_the_same_limits():
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (\d+) (?:MB )?in (\d+) (minute|hour)", text, re.MULTILINE)
    told = {name: (int(most), timedelta(**{f"{unit}s": int(count)})) for name, most, count, unit in rows}
    limits = LIMITS | {"support_case": Limit(10, timedelta(hours=1))}
    megabytes = {"message_files": Limit(30, timedelta(hours=1))}
    assert limits["message_files"].most == 30 * throttles.MEGABYTE
    assert told == {name: (limit.most, limit.window) for name, limit in (limits | megabytes).items()}
