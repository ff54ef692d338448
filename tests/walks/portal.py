"""The portal as `make run` runs it, web, worker and beat, on a database of its own, for a person at a browser."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection

from config.local import notes
from config.run import LOOPBACK, programs
from config.supervisor import Program

HOME = Path(__file__).resolve().parents[2]
OWN_REDIS_DATABASE = 7
# Playwright keeps an event loop in the thread of the tests, where Django would else refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@dataclass
class Portal:
    """A running portal. `python` runs code inside it, as its own process would."""

    address: str
    environment: dict[str, str]
    programs: dict[str, Program] = field(default_factory=dict)

    def python(self, code: str) -> str:
        """Run code in a process with the portal's settings, and return what it printed."""
        start = "import django; django.setup(); "
        command = [sys.executable, "-c", start + code]
        done = subprocess.run(
            command, cwd=HOME, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def pause(self, name: str) -> None:
        """The program and its children stand still."""
        os.killpg(self._process(name).pid, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        os.killpg(self._process(name).pid, signal.SIGCONT)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/livez", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _process(self, name: str) -> "subprocess.Popen[str]":
        process = self.programs[name].process
        assert process is not None
        return process


def wait_until(holds: Callable[[], Any], *, seconds: float = 60) -> None:
    """Look again until it holds; fails the test when it never does."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.2)


@contextmanager
def running() -> Iterator[Portal]:
    """Web, worker and beat, started as `make run` starts them, and stopped by their ids."""
    known = settings.DATABASES["default"]
    name = f"{known['TEST']['NAME']}_walks_{os.getpid()}"
    source = _test_database()
    # A database is copied only while nobody is in it. Threads of the live server stay until they are sent away,
    # and come back by themselves.
    _as_owner(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{source}'")
    _as_owner(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    found = Portal("", {})
    try:
        port = notes.free_port()
        found.address, found.environment = f"http://{LOOPBACK}:{port}", _environment(port, name)
        _collect_files(found.environment)
        for program in programs(port):
            if program.name != "sales":
                program.environment |= found.environment
                found.programs[program.name] = program
                program.start()
        wait_until(found.answers)
        yield found
    finally:
        for program in found.programs.values():
            program.signal(signal.SIGCONT, whole_group=True)
            program.signal(signal.SIGKILL, whole_group=True)
        _as_owner(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _collect_files(environment: dict[str, str]) -> None:
    """Style sheet, script and icons stand where a served portal has them, also where `make run` never ran."""
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    with notes.locked(HOME / "var" / "assets.lock"):
        subprocess.run(command, cwd=HOME, env=environment, check=True)


def _environment(port: int, database: str) -> dict[str, str]:
    """All that production needs, said in the environment; Celery's messages apart from the suite's."""
    address = f"http://{LOOPBACK}:{port}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": _with_path(os.environ["DATABASE_URL"], database),
        "DATABASE_OWNER_URL": _with_path(os.environ["DATABASE_OWNER_URL"], database),
        "DATABASE_ROLE": "app",
        "REDIS_URL": _with_path(os.environ["REDIS_URL"], str(OWN_REDIS_DATABASE)),
        "PUBLIC_BASE_URL": address,
        "ALLOWED_HOSTS": LOOPBACK,
        "REQUIRE_MFA": "0",
        "LOG_LEVEL": "WARNING",
    }


def _with_path(url: str, path: str) -> str:
    head, _slash, _old = url.rpartition("/")
    return f"{head}/{path}"


def _test_database() -> str:
    """The suite's own database has every table; its copy begins with them."""
    connection.close()
    return str(connection.settings_dict["NAME"])


def _as_owner(statement: str) -> None:
    known = connection.settings_dict
    session = psycopg2.connect(
        host=known["HOST"],
        port=known["PORT"],
        user=known["USER"],
        password=known["PASSWORD"],
        dbname="postgres",
    )
    session.autocommit = True
    with session.cursor() as cursor:
        cursor.execute(statement)
    session.close()
