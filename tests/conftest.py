"""Servers and database of the suite: they start by themselves, and the tests act as the app's role."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation

from config.local import servers
from config.local.refusal import ServerRefused
from tests.settings import APP_LIMITS, APP_ROLE, ROOT

SERVERS = {"DATABASE_URL": "postgres", "REDIS_URL": "redis"}
held = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start what the environment names no address of; once, before xdist makes its workers."""
    if hasattr(config, "workerinput"):
        return
    local = frozenset(server for name, server in SERVERS.items() if f"{name}_IS_LOCAL" in os.environ)
    try:
        if local:
            held.enter_context(servers.running(ROOT, durable=False, servers=local))
    except ServerRefused as refusal:
        pytest.exit(f"The suite needs its servers: {refusal}", returncode=4)
    _drop_abandoned_databases()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last run that uses the servers stops them."""
    held.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The owner has made the tables; from here on every session of the suite acts as the app's role.

    So a test meets the rights that production gives: no TRUNCATE, no switching off of triggers.
    """
    options = connection.settings_dict["OPTIONS"]
    as_owner = options["options"]
    options["options"] = " ".join(
        f"-c {name}={value}" for name, value in {**APP_LIMITS, "role": APP_ROLE}.items()
    )
    with django_db_blocker.unblock():
        connection.close()
    yield
    options["options"] = as_owner


@pytest.fixture(scope="session", autouse=True)
def _flush_as_owner() -> Iterator[None]:
    """Emptying the tables after a transactional test is the owner's work."""
    flush = DatabaseOperations.execute_sql_flush

    def flush_as_owner(self: DatabaseOperations, sql_list: list[str]) -> None:
        flush(self, ["SET ROLE NONE;", *sql_list, f"SET ROLE {self.quote_name(APP_ROLE)};"])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_as_owner)
        yield


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A page asked for in Chinese leaves its thread in Chinese; the next test begins in English again."""
    with translation.override("en"):
        yield


def _drop_abandoned_databases() -> None:
    """What a killed run left behind; its name ends with the number of a process that is gone."""
    known = settings.DATABASES["default"]
    session = psycopg2.connect(
        host=known["HOST"],
        port=known["PORT"],
        user=known["USER"],
        password=known["PASSWORD"],
        dbname=known["NAME"],
    )
    session.autocommit = True
    with session.cursor() as cursor:
        cursor.execute(r"SELECT datname FROM pg_database WHERE datname ~ '^test_shipby_\d+(_gw\d+)?$'")
        for (name,) in cursor.fetchall():
            if not os.path.exists(f"/proc/{name.split('_')[2]}") and os.path.exists("/proc/self"):
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    session.close()
