"""The local PostgreSQL: one cluster under var/postgres, on a loopback port of its own."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812

from config.local import notes, programs
from config.local.notes import LOOPBACK, Notes
from config.local.programs import Account
from config.local.refusal import ServerRefused

DATABASE = "shipby"
OWNER, APP, SUPERUSER = "shipby_owner", "shipby_app", "postgres"
ROLES = Path(__file__).resolve().parents[2] / "ops" / "roles.sql"
FIRST_WITH_BUILT_IN_LOCALE = 17
START_SECONDS = 60
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    # Statements and rows hold names and streets; the log must not.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# A test cluster is thrown away, so it need not survive a power cut.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def start(root: Path, *, durable: bool) -> None:
    """PostgreSQL answers on the noted port when this returns, with its roles and database in place.

    Raises ServerRefused when there is no program for it, or it does not start.
    """
    known = notes.read(root)
    if answers(root, known):
        return
    who = programs.account()
    folder = programs.postgres(who)
    data = root / "postgres"
    if not (data / "PG_VERSION").exists():
        _initialise(folder, data, who, known)
    _check_owner(data, who)
    _check_version(folder, data)
    _clear_stale_pid(data)
    if notes.port_taken(known.postgres_port):
        known = _move_port(root, known)
    _launch(
        folder, data, who, {**SETTINGS, "port": str(known.postgres_port), **({} if durable else FORGETFUL)}
    )
    _set_up(known, durable=durable)


def stop(root: Path) -> None:
    """PostgreSQL has ended when this returns; sessions still open are cut off."""
    data = root / "postgres"
    pid = _pid(data)
    if pid is None or not _is_postgres(pid):
        return
    who = programs.account()
    folder = programs.postgres(who)
    command = [str(folder / "pg_ctl"), "stop", "-D", str(data), "-m", "fast", "-w", "-s"]
    if who.run(command, capture_output=True).returncode != 0 and _is_postgres(pid):
        raise ServerRefused(f"PostgreSQL (process {pid}) does not stop; end it by hand.")


def answers(root: Path, known: Notes) -> bool:
    """Whether our own cluster, and no other program, listens on the noted port."""
    try:
        with _session(known, "postgres") as cursor:
            cursor.execute("SHOW data_directory")
            (folder,) = cursor.fetchone() or ("",)
            return Path(folder).resolve() == (root / "postgres").resolve()
    except psycopg2.Error:
        return False


def address(known: Notes, role: str) -> str:
    """The database address of one of the two roles."""
    password = {OWNER: known.owner_password, APP: known.app_password}[role]
    return f"postgresql://{role}:{password}@{LOOPBACK}:{known.postgres_port}/{DATABASE}"


def _initialise(folder: Path, data: Path, who: Account, known: Notes) -> None:
    """Make the cluster beside its place and move it there when it is whole."""
    draft = data.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    programs.let_pass(draft, who)
    password = data.with_name("postgres.password")
    password.touch(mode=0o600)
    password.write_text(known.superuser_password)
    if who.uid is not None and who.gid is not None:
        os.chown(draft, who.uid, who.gid)
        os.chown(password, who.uid, who.gid)
    command = [
        str(folder / "initdb"),
        "-D",
        str(draft),
        "-U",
        SUPERUSER,
        "-E",
        "UTF8",
        "--auth=scram-sha-256",
    ]
    command += [f"--pwfile={password}", "--no-sync", *_locale(folder)]
    made = who.run(command, capture_output=True)
    password.unlink()
    if made.returncode != 0:
        raise ServerRefused(f"PostgreSQL could not make its data folder: {_last_line(made.stderr)}")
    draft.replace(data)


def _locale(folder: Path) -> list[str]:
    """Letters of all languages fold their case, words sort the same on every machine."""
    if _version(folder) >= FIRST_WITH_BUILT_IN_LOCALE:
        return ["--locale-provider=builtin", "--locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]


def _launch(folder: Path, data: Path, who: Account, settings: dict[str, str]) -> None:
    options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    log = data / "server.log"
    command = [str(folder / "pg_ctl"), "start", "-D", str(data), "-l", str(log), "-o", options]
    command += ["-w", "-s", "-t", str(START_SECONDS)]
    # Not captured by pipes: the server inherits them and would keep them open.
    started = who.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if started.returncode != 0:
        reason = _last_line(log.read_text(errors="replace")) if log.exists() else "it left no log"
        raise ServerRefused(f"PostgreSQL does not start: {reason} (see {log}).")


def _set_up(known: Notes, *, durable: bool) -> None:
    """Roles, passwords and the database, as ops/roles.sql has them; safe to repeat."""
    with _session(known, "postgres") as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not cursor.fetchone():
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    with _session(known, DATABASE) as cursor:
        cursor.execute(ROLES.read_text())
        for role, password in ((OWNER, known.owner_password), (APP, known.app_password)):
            cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(sql.Identifier(role)), [password])
    if not durable:
        _allow_tests(known)


def _allow_tests(known: Notes) -> None:
    """The owner may make test databases, which start with the same grants, and act as the app in them."""
    with _session(known, "template1") as cursor:
        cursor.execute(ROLES.read_text())
        cursor.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER)))
        cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP), sql.Identifier(OWNER)))


@contextmanager
def _session(known: Notes, database: str) -> Iterator[Cursor]:
    """A cursor of the superuser, outside any transaction block, closed at the end."""
    connection = psycopg2.connect(
        host=LOOPBACK,
        port=known.postgres_port,
        dbname=database,
        user=SUPERUSER,
        password=known.superuser_password,
        connect_timeout=2,
    )
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def _move_port(root: Path, known: Notes) -> Notes:
    """Note another port, because a stranger listens on ours."""
    moved = replace(known, postgres_port=notes.free_port())
    notes.write(root, moved)
    print(
        f"Port {known.postgres_port} is taken by another program: "
        f"the local PostgreSQL listens on {moved.postgres_port} from now on.",
        file=sys.stderr,
    )
    return moved


def _check_owner(data: Path, who: Account) -> None:
    ours = os.geteuid() if who.uid is None else who.uid
    if data.stat().st_uid != ours:
        raise ServerRefused(
            f"{data} was made under another account; start the portal under that one, "
            f"or remove {data} to begin without its data."
        )


def _check_version(folder: Path, data: Path) -> None:
    made_by, have = int((data / "PG_VERSION").read_text()), _version(folder)
    if made_by != have:
        raise ServerRefused(
            f"{data} was made by PostgreSQL {made_by}, and only {have} is here: install {made_by}, "
            f"or remove {data} to begin without its data."
        )


def _version(folder: Path) -> int:
    printed = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True).stdout
    found = re.search(r"(\d+)", printed)
    return int(found[1]) if found else 0


def _clear_stale_pid(data: Path) -> None:
    """After a crash the pid file may name a process that is something else by now."""
    pid = _pid(data)
    if pid is None:
        return
    if _is_postgres(pid):
        raise ServerRefused(
            f"PostgreSQL (process {pid}) already runs on {data} but does not answer; end it: kill -INT {pid}"
        )
    (data / "postmaster.pid").unlink()
    print(f"Removed a stale PostgreSQL pid file: process {pid} is gone.", file=sys.stderr)


def _pid(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None


def _is_postgres(pid: int) -> bool:
    """Whether the process lives and is a PostgreSQL."""
    try:
        os.kill(pid, signal.SIG_DFL)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    printed = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True)
    return "postgres" in printed.stdout


def _last_line(printed: str) -> str:
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    return lines[-1] if lines else "it did not say why"
