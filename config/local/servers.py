"""The door to the local servers: they start when the first of us needs them, stop when the last one ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.local import notes, postgres, redis
from config.local.notes import locked

ROOT = Path(__file__).resolve().parents[2] / "var"


@dataclass(frozen=True)
class Addresses:
    """Where the local servers are, whether or not they run, and the secret key of this folder."""

    app: str
    owner: str
    redis: str
    secret_key: str


def addresses(root: Path = ROOT) -> Addresses:
    """Read from var/, made there at the first call; touches no network."""
    known = notes.read(root)
    return Addresses(
        app=postgres.address(known, postgres.APP),
        owner=postgres.address(known, postgres.OWNER),
        redis=redis.address(known),
        secret_key=known.secret_key,
    )


def wanted() -> frozenset[str]:
    """The servers for which the environment names no address."""
    names = {"DATABASE_URL": "postgres", "REDIS_URL": "redis"}
    return frozenset(server for name, server in names.items() if not os.environ.get(name, "").strip())


@contextmanager
def running(
    root: Path = ROOT, *, durable: bool = True, servers: frozenset[str] | None = None
) -> Iterator[Addresses]:
    """The wanted servers run inside this block; whoever leaves last stops them.

    Raises ServerRefused when one cannot be started.
    """
    chosen = wanted() if servers is None else servers
    with locked(root / "changing.lock"):
        in_use = _hold(root / "in-use.lock")
        if "postgres" in chosen:
            postgres.start(root, durable=durable)
        if "redis" in chosen:
            redis.start(root)
    try:
        yield addresses(root)
    finally:
        with locked(root / "changing.lock"):
            if _alone(in_use):
                postgres.stop(root)
                redis.stop(root)
            os.close(in_use)


def _hold(file: Path) -> int:
    """Count ourselves among the users; the kernel forgets us when we end, however we end."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _alone(descriptor: int) -> bool:
    """Whether nobody else uses the servers. The caller holds changing.lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
