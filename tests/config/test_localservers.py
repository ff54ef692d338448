"""The local PostgreSQL and Redis: they start, stop, find their data again, and say what is in their way."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest
import redis as redis_client

from config.local import notes, postgres, programs, redis, servers
from config.local.refusal import ServerRefused

BOTH = frozenset({"postgres", "redis"})


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder like var/, beside nobody's."""
    folder = Path(tempfile.mkdtemp(prefix="shipby-servers-"))
    yield folder
    postgres.stop(folder)
    with suppress(ServerRefused):
        redis.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


def query(address: str, statement: str) -> list[tuple[object, ...]]:
    session = psycopg2.connect(address)
    session.autocommit = True
    with session.cursor() as cursor:
        cursor.execute(statement)
        rows = list(cursor.fetchall()) if cursor.description else []
    session.close()
    return rows


def test_the_second_start_finds_the_data_of_the_first(root: Path) -> None:
    with servers.running(root, durable=False, servers=BOTH) as first:
        query(first.owner, "CREATE TABLE kept AS SELECT 7 AS figure")
        redis_client.Redis.from_url(first.redis).set("kept", "seven")
    assert not postgres.answers(root, notes.read(root))
    assert not redis.answers(root, notes.read(root))
    with servers.running(root, durable=False, servers=BOTH) as second:
        assert second == first
        assert query(second.app, "SELECT figure FROM kept") == [(7,)]
        assert redis_client.Redis.from_url(second.redis).get("kept") == b"seven"


def test_redis_keeps_an_append_only_file_and_never_evicts(root: Path) -> None:
    with servers.running(root, durable=False, servers=frozenset({"redis"})) as addresses:
        client = redis_client.Redis.from_url(addresses.redis, decode_responses=True)
        told = {name: client.config_get(name)[name] for name in ("appendonly", "maxmemory-policy", "bind")}
    assert told == {"appendonly": "yes", "maxmemory-policy": "noeviction", "bind": "127.0.0.1"}


def test_secrets_are_made_once_and_are_for_our_eyes_only(root: Path) -> None:
    first = servers.addresses(root)
    assert servers.addresses(root) == first
    assert (root / "local.json").stat().st_mode & 0o777 == 0o600
    assert len(first.secret_key) >= 50


def test_spoiled_notes_are_a_sentence(root: Path) -> None:
    servers.addresses(root)
    (root / "local.json").write_text("{")
    with pytest.raises(ServerRefused, match="cannot be read"):
        servers.addresses(root)


def test_who_leaves_first_does_not_stop_the_servers_of_the_other(root: Path) -> None:
    only = frozenset({"redis"})
    with servers.running(root, servers=only):
        with servers.running(root, servers=only):
            pass
        assert redis.answers(root, notes.read(root))
    assert not redis.answers(root, notes.read(root))


def test_a_stranger_on_the_port_is_reported_and_another_is_taken(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as first, socket.socket() as second:
        for stranger in (first, second):
            stranger.bind((notes.LOOPBACK, 0))
            stranger.listen()
        known = replace(
            notes.read(root), postgres_port=first.getsockname()[1], redis_port=second.getsockname()[1]
        )
        notes.write(root, known)
        with servers.running(root, durable=False, servers=BOTH) as addresses:
            assert query(addresses.app, "SELECT 1") == [(1,)]
            assert redis_client.Redis.from_url(addresses.redis).ping()
    said = capsys.readouterr().err
    assert f"Port {known.postgres_port} is taken by another program: the local PostgreSQL listens on" in said
    assert f"Port {known.redis_port} is taken by another program: the local Redis listens on" in said


def test_a_stale_pid_is_removed_with_a_sentence(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    only = frozenset({"postgres"})
    with servers.running(root, durable=False, servers=only):
        pass
    # The number of a process that lives and is no PostgreSQL, as after a restart of the machine.
    (root / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{root}\n")
    with servers.running(root, durable=False, servers=only) as addresses:
        assert query(addresses.app, "SELECT 1") == [(1,)]
    assert f"Removed a stale PostgreSQL pid file: process {os.getpid()} is gone." in capsys.readouterr().err


def test_servers_left_by_a_killed_run_are_taken_over_and_stopped(root: Path) -> None:
    code = (
        "import os; from pathlib import Path; from config.local import servers\n"
        f"root, only = Path({str(root)!r}), frozenset({{'redis'}})\n"
        "with servers.running(root, servers=only): os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert redis.answers(root, notes.read(root))
    with servers.running(root, servers=frozenset({"redis"})):
        pass
    assert not redis.answers(root, notes.read(root))


def test_a_server_that_fell_runs_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "wanted", lambda: frozenset({"redis"}))
    with servers.running(root, servers=frozenset({"redis"})) as addresses:
        assert servers.revive(root) == []
        os.kill(redis_client.Redis.from_url(addresses.redis).info()["process_id"], signal.SIGKILL)
        assert servers.revive(root) == ["Redis"]
        assert redis.answers(root, notes.read(root))


def test_without_a_program_one_reads_what_to_install(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_package_folder", lambda name: None)
    monkeypatch.setattr(programs, "DEBIAN_POSTGRES", root / "none")
    monkeypatch.setenv("PATH", str(root))
    with pytest.raises(ServerRefused, match="apt-get install postgresql"):
        programs.postgres(programs.Account())
    with pytest.raises(ServerRefused, match="apt-get install redis-server"):
        programs.redis()


def test_a_program_of_the_machine_serves_where_no_wheel_fits(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = programs.postgres(programs.Account())
    monkeypatch.setattr(programs, "_package_folder", lambda name: None)
    monkeypatch.setattr(programs, "DEBIAN_POSTGRES", root / "none")
    monkeypatch.setenv("PATH", str(folder))
    assert programs.postgres(programs.Account()) == folder.resolve()


def test_data_of_another_version_is_not_touched(root: Path) -> None:
    with servers.running(root, durable=False, servers=frozenset({"postgres"})):
        pass
    (root / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(ServerRefused, match=r"was made by PostgreSQL 9, and only \d+ is here"):
        postgres.start(root, durable=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user cannot try to be another one")
def test_postgresql_runs_under_a_powerless_account_when_we_are_root(root: Path) -> None:
    with servers.running(root, durable=False, servers=frozenset({"postgres"})):
        assert (root / "postgres").stat().st_uid != 0
