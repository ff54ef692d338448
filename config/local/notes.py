"""What the local default remembers under var/: its secrets and its ports, made at the first run."""

import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from config.local.refusal import ServerRefused

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Notes:
    """Made once and kept, mode 600: whoever reads this file owns the local data."""

    secret_key: str
    superuser_password: str
    owner_password: str
    app_password: str
    redis_password: str
    postgres_port: int
    redis_port: int


def read(root: Path) -> Notes:
    """The notes of this folder; made now when there are none. No network, no server."""
    file = root / "local.json"
    with locked(root / "local.lock"):
        if not file.exists():
            write(root, _fresh())
        try:
            return Notes(**json.loads(file.read_text()))
        except (ValueError, TypeError):
            raise ServerRefused(
                f"{file} cannot be read: put it back, or remove {root} to start over without its data."
            ) from None


def write(root: Path, notes: Notes) -> None:
    """Replace the notes in one step."""
    draft = root / "local.json.new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(asdict(notes), stream, indent=1)
    draft.replace(root / "local.json")


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def port_taken(port: int, host: str = LOOPBACK) -> bool:
    """Whether listening on the port would fail."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


@contextmanager
def locked(file: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock file; the kernel frees it when we end, however we end."""
    descriptor = open_lock(file)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def open_lock(file: Path) -> int:
    """A descriptor of the lock file. Raises ServerRefused where the folder is another account's."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError:
        raise ServerRefused(
            f"{file.parent} belongs to another account; start the portal under that one, or remove the folder."
        ) from None


def _fresh() -> Notes:
    return Notes(
        secret_key=secrets.token_urlsafe(60),
        superuser_password=secrets.token_urlsafe(24),
        owner_password=secrets.token_urlsafe(24),
        app_password=secrets.token_urlsafe(24),
        redis_password=secrets.token_urlsafe(24),
        postgres_port=free_port(),
        redis_port=free_port(),
    )
