"""The door to the local servers: they start when the first of us needs them, stop when the last one ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from config import env
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
    """Return the servers to start here. None where DATABASE_URL is set: that is production, with its own servers."""
    if env.given("DATABASE_URL"):
        return frozenset()
    return frozenset({"postgres"} if env.given("REDIS_URL") else {"postgres", "redis"})


@contextmanager
def as_needed() -> Iterator[None]:
    """Run the wanted servers inside this block. In production, read and write nothing under var/.

    Raises:
        ServerRefused: a server can't be started.
    """
    with running() if wanted() else nullcontext():
        yield


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


def revive(root: Path = ROOT) -> list[str]:
    """Start again what has fallen; answers the names of those. The caller is inside `as_needed`."""
    if not wanted():
        return []
    known = notes.read(root)
    fallen = []
    with locked(root / "changing.lock"):
        if "postgres" in wanted() and not postgres.answers(root, known):
            postgres.start(root, durable=True)
            fallen.append("PostgreSQL")
        if "redis" in wanted() and not redis.answers(root, known):
            redis.start(root)
            fallen.append("Redis")
    return fallen


def _hold(file: Path) -> int:
    """Count ourselves among the users; the kernel forgets us when we end, however we end."""
    descriptor = notes.open_lock(file)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _alone(descriptor: int) -> bool:
    """Whether nobody else uses the servers. The caller holds changing.lock."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
