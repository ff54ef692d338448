"""What production gets: the settings that were measured to hold (reliability section 4), and no DEBUG."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from config.celery import app
from config.schedule import SCHEDULE
from tests.config.test_env import HOME, PRODUCTION


def production(expression: str, **more: str) -> str:
    """What the settings say in production."""
    code = f"from django.conf import settings; print(({expression}))"
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings",
        **PRODUCTION,
        **more,
    }
    return subprocess.run(
        [sys.executable, "-c", code], cwd=HOME, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_debug_is_off_unless_asked() -> None:
    assert production("settings.DEBUG, settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME") == (
        "(False, '__Host-session', '__Host-csrf')"
    )


@pytest.mark.parametrize(
    ("role", "user", "limits"),
    [
        (
            "app",
            "app",
            (
                "-c statement_timeout=120s -c lock_timeout=5s -c idle_in_transaction_session_timeout=10s "
                "-c pgtrigger.ignore={}"
            ),
        ),
        (
            "owner",
            "own",
            (
                "-c statement_timeout=0 -c lock_timeout=5s -c idle_in_transaction_session_timeout=0 "
                "-c pgtrigger.ignore={}"
            ),
        ),
    ],
)
def test_each_role_signs_in_with_its_own_name_and_limits(role: str, user: str, limits: str) -> None:
    database = "settings.DATABASES['default']"
    said = production(
        f"{database}['USER'], {database}['OPTIONS']['options'], {database}['CONN_MAX_AGE'], "
        f"{database}['CONN_HEALTH_CHECKS']",
        DATABASE_ROLE=role,
        DATABASE_OWNER_URL="postgresql://own:none@localhost/shipby",
    )
    assert said == str((user, limits, 600, True))


@pytest.mark.django_db
def test_the_limits_reach_the_server() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("5s", "2min")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("task_ignore_result", True),
        ("result_backend", None),
        ("task_acks_late", False),
        ("task_reject_on_worker_lost", False),
        ("worker_disable_prefetch", True),
        ("task_publish_retry", False),
        ("task_soft_time_limit", 45),
        ("task_time_limit", 60),
        ("enable_utc", True),
        ("timezone", "UTC"),
        ("beat_scheduler", "config.beat:Scheduler"),
        (
            "broker_transport_options",
            {
                "visibility_timeout": 3600,
                "socket_timeout": 2,
                "socket_connect_timeout": 2,
                "max_retries": 1,
                "retry_on_timeout": False,
            },
        ),
    ],
)
def test_celery_runs_as_it_was_measured_to_hold(name: str, value: Any) -> None:
    assert app.conf[name] == value


@pytest.mark.parametrize("name", SCHEDULE)
def test_each_periodic_job_exists_and_never_expires(name: str) -> None:
    app.loader.import_default_modules()
    entry = SCHEDULE[name]
    assert entry["task"] in app.tasks
    assert "options" not in entry


def test_mail_never_hangs_and_sessions_outlive_redis() -> None:
    assert settings.EMAIL_TIMEOUT == 10
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"


def test_a_page_may_ask_the_database_for_fifteen_seconds_and_no_longer() -> None:
    code = (
        "import config.wsgi; from django.conf import settings; "
        "print('statement_timeout=15s' in settings.DATABASES['default']['OPTIONS']['options'])"
    )
    environment = {"PATH": os.environ["PATH"], **PRODUCTION}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=HOME, env=environment, capture_output=True, text=True
    )
    assert done.stdout == "True\n", done.stderr


def test_earlier_secret_keys_come_from_the_environment() -> None:
    earlier = "abcdefghij" * 6
    assert production("settings.SECRET_KEY_FALLBACKS", SECRET_KEY_FALLBACKS=earlier) == str([earlier])
    assert production("settings.SECRET_KEY_FALLBACKS") == "[]"
