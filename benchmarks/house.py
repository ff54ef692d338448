"""The servers that a benchmark runs on: its own PostgreSQL and Redis, and gunicorn, all on loopback."""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config.local import notes, servers
from config.local.notes import LOOPBACK

HOME = Path(__file__).resolve().parent.parent
READY_SECONDS = 60
STOP_SECONDS = 20
# As the portal in production: two workers; sync, so that each request has one to itself.
WORKERS = ["--workers", "2", "--worker-class", "sync", "--log-level", "warning"]


class NotReady(Exception):
    """Something that the benchmark stands on does not come up; the message is a sentence."""


@contextmanager
def databases(root: Path, *, keep: bool) -> Iterator[None]:
    """A durable PostgreSQL and a Redis run inside this block; their data is thrown away unless it is kept."""
    if not keep:
        _empty(root)
    with servers.running(root, durable=True, servers=frozenset({"postgres", "redis"})):
        yield
    if not keep:
        _empty(root)


def _empty(root: Path) -> None:
    for name in ("postgres", "redis", "assets"):
        shutil.rmtree(root / name, ignore_errors=True)


def manage(*command: str) -> str:
    """Run a command of manage.py on the benchmark's database. Raises NotReady with its last line."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=HOME,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"},
        text=True,
        capture_output=True,
    )
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise NotReady(
            f"`manage.py {' '.join(command)}` failed: {said[-1] if said else 'it did not say why'}"
        )
    return done.stdout


@contextmanager
def web(
    application: str, settings: str, port: int, *, python: str = sys.executable, **environment: str
) -> Iterator[str]:
    """Gunicorn serves the application inside this block; gives its address."""
    command = [python, "-m", "gunicorn", application, "--bind", f"{LOOPBACK}:{port}", *WORKERS]
    wanted = {**os.environ, "DJANGO_SETTINGS_MODULE": settings, **environment}
    address = f"http://{LOOPBACK}:{port}"
    with _process(command, wanted) as process:
        _wait(address, process)
        yield address


@contextmanager
def _process(command: list[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program that ends with this block, asked first and then made to."""
    process = subprocess.Popen(command, cwd=HOME, env=environment, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the address answers anything at all."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/livez", timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise NotReady(f"The web at {address} does not answer; its lines above say why.")


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    return notes.free_port()
