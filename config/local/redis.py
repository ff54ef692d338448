"""The local Redis: append-only file under var/redis, on a loopback port of its own, never evicting."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.local import notes, programs
from config.local.notes import LOOPBACK, Notes
from config.local.refusal import ServerRefused

START_SECONDS = 15
ANSWER_SECONDS = 2
SETTINGS = """\
bind {host}
port {port}
requirepass {password}
dir {folder}
pidfile {folder}/redis.pid
logfile {folder}/server.log
daemonize yes
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
save ""
"""


def start(root: Path) -> None:
    """Redis answers on the noted port when this returns. Raises ServerRefused when it does not start."""
    known = notes.read(root)
    if answers(root, known):
        return
    program = programs.redis()
    if notes.port_taken(known.redis_port):
        known = _move_port(root, known)
    settings = _write_settings(root, known)
    started = subprocess.run([str(program), str(settings)], capture_output=True, text=True, cwd="/")
    deadline = time.monotonic() + START_SECONDS
    while not answers(root, known):
        if started.returncode != 0 or time.monotonic() > deadline:
            raise ServerRefused(f"Redis does not start; see {root / 'redis' / 'server.log'}.")
        time.sleep(0.05)


def stop(root: Path) -> None:
    """Redis has written its file and ended when this returns."""
    known = notes.read(root)
    if not answers(root, known):
        return
    with _client(known) as client:
        client.shutdown()
    deadline = time.monotonic() + START_SECONDS
    while notes.port_taken(known.redis_port) and time.monotonic() < deadline:
        time.sleep(0.02)


def answers(root: Path, known: Notes) -> bool:
    """Whether our own Redis listens on the noted port: nobody else knows the password."""
    try:
        with _client(known) as client:
            return Path(client.config_get("dir")["dir"]).resolve() == (root / "redis").resolve()
    except redis.RedisError:
        return False


def address(known: Notes) -> str:
    """The broker's address."""
    return f"redis://:{known.redis_password}@{LOOPBACK}:{known.redis_port}/0"


def _client(known: Notes) -> redis.Redis:
    return redis.Redis(
        host=LOOPBACK,
        port=known.redis_port,
        password=known.redis_password,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )


def _write_settings(root: Path, known: Notes) -> Path:
    folder = root / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "redis.conf"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(
            SETTINGS.format(
                host=LOOPBACK, port=known.redis_port, password=known.redis_password, folder=folder.resolve()
            )
        )
    return file


def _move_port(root: Path, known: Notes) -> Notes:
    moved = replace(known, redis_port=notes.free_port())
    notes.write(root, moved)
    print(
        f"Port {known.redis_port} is taken by another program: "
        f"the local Redis listens on {moved.redis_port} from now on.",
        file=sys.stderr,
    )
    return moved
