"""PostgreSQL's own log holds no statement and no row: it would be a second, forgotten place of names and streets."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from config.local import notes, postgres, servers
from config.local.servers import Addresses

NEEDLE = "Zebediah Needle, 9 Haystack Lane"
LOOSE = {"log_min_error_statement": "error", "log_error_verbosity": "default", "log_statement": "all"}


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="shipby-log-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[Addresses]:
    """A server whose administrator logs everything of everybody, with the two roles of ops/roles.sql."""
    with servers.running(root, durable=False, servers=frozenset({"postgres"})) as addresses:
        for name, value in LOOSE.items():
            statement(superuser(root), f"ALTER SYSTEM SET {name} = '{value}'")
        statement(superuser(root), "ALTER SYSTEM SET log_min_duration_statement = 0")
        statement(superuser(root), "SELECT pg_reload_conf()")
        statement(
            addresses.owner, "CREATE TABLE needles (name text UNIQUE CHECK (length(name) > 9), age int)"
        )
        yield addresses


def superuser(root: Path) -> str:
    known = notes.read(root)
    return (
        f"host={notes.LOOPBACK} port={known.postgres_port} dbname={postgres.DATABASE} "
        f"user={postgres.SUPERUSER} password={known.superuser_password}"
    )


def statement(address: str, sql: str, *values: object, options: str = "") -> None:
    session = psycopg2.connect(address, options=options)
    session.autocommit = True
    try:
        with session.cursor() as cursor:
            cursor.execute(sql, values)
    finally:
        session.close()


def log_of(root: Path, address: str, sql: str, *values: object, options: str = "") -> str:
    """What the server logs of a statement that fails."""
    log = root / "postgres" / "server.log"
    before = log.stat().st_size
    with pytest.raises(psycopg2.Error):
        statement(address, sql, *values, options=options)
    return log.read_bytes()[before:].decode()


FAILING = [
    ("INSERT INTO needles (name) VALUES (%s), (%s)", (NEEDLE, NEEDLE), "duplicate key"),
    ("INSERT INTO needles (name, age) VALUES (substr(%s, 1, 8), 1)", (NEEDLE,), "violates check constraint"),
    ("SELECT 1 / 0 AS nothing, %s", (NEEDLE,), "division by zero"),
    ("SELECT nothing FROM needles WHERE name = %s", (NEEDLE,), "does not exist"),
]


@pytest.mark.parametrize(("sql", "values", "says"), FAILING)
@pytest.mark.parametrize("role", ["app", "owner"])
def test_log_says_that_a_statement_failed_and_nothing_of_it(
    sql: str, values: tuple[str, ...], says: str, role: str, server: Addresses, root: Path
) -> None:
    logged = log_of(root, getattr(server, role), sql, *values)
    assert says in logged
    assert "Zebediah" not in logged
    assert "STATEMENT" not in logged


@pytest.mark.parametrize(("sql", "values", "says"), FAILING)
def test_without_the_settings_of_the_roles_the_log_has_all_of_it(
    sql: str, values: tuple[str, ...], says: str, server: Addresses, root: Path
) -> None:
    """The twin: the same statements by a role that ops/roles.sql says nothing about."""
    logged = log_of(root, superuser(root), sql, *values)
    assert says in logged
    assert "Zebediah" in logged


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"), [("log_min_error_statement", "panic"), ("log_error_verbosity", "terse")]
)
def test_app_can_not_make_the_log_talk(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        assert cursor.fetchone() == (value,)
        with pytest.raises(Exception, match="permission denied to set parameter"):
            cursor.execute(f"SET {name} = 'default'")
