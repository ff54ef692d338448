"""The portal in one terminal: servers, web, worker and beat. `make run` calls `python -m config.run`."""

import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg2
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.local import notes, servers
from config.local.refusal import ServerRefused
from config.supervisor import Program, Supervisor, say

HOME = Path(__file__).resolve().parent.parent
LOOPBACK = notes.LOOPBACK
# Written by load_demo: who can sign in, and with which password.
SIGN_INS = HOME / "var" / "demo.txt"
READY_SECONDS = 60
LOOK_SECONDS = 5


class Refused(Exception):
    """The portal cannot be brought up; the message is a sentence."""


def main() -> int:
    """Serve until Ctrl-C. Whatever is wrong is a sentence, and nothing is left running."""
    try:
        port = settings.PORT
        if notes.port_taken(port, LOOPBACK):
            other = f"PORT={port + 1} make run"
            raise Refused(f"port {port} is taken, perhaps by another `make run`. To use another: {other}")
        with servers.as_needed():
            prepare()
            return serve(port)
    except (ImproperlyConfigured, ServerRefused, Refused) as refusal:
        print(f"The portal does not start: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def serve(port: int) -> int:
    """Web, worker and beat run until Ctrl-C; the local servers are looked after meanwhile."""
    over = threading.Event()
    watch = threading.Thread(target=keep_servers, args=[over])
    watch.start()
    try:
        return Supervisor(programs(port), when_started=lambda: announce(port)).run()
    finally:
        over.set()
        watch.join()


def keep_servers(over: threading.Event) -> None:
    """A local server that falls is reported and started again."""
    while not over.wait(LOOK_SECONDS):
        try:
            for name in servers.revive():
                say("shipby", f"{name} had ended; it runs again.")
        except ServerRefused as refusal:
            say("shipby", str(refusal))


def prepare() -> None:
    """Tables, cache and static files are up to date; an empty database gets the demo marketplace."""
    manage("migrate", "--no-input")
    manage("createcachetable")
    manage("collectstatic", "--no-input", "--clear")
    if has_demo() and not has_marketplace():
        say("shipby", "Loading the demo marketplace; it takes a minute …")
        manage("load_demo", shown=True)
    elif has_demo() and not SIGN_INS.exists():
        say("shipby", "An earlier load of the demo was broken off. To load it again, remove var/ first.")


def programs(port: int) -> list[Program]:
    """What runs, each by its name."""
    python = sys.executable
    celery = [python, "-m", "celery", "--quiet", "-A", "config"]
    # On a machine where one works as root Celery's warning is of no help: the messages are JSON.
    quiet = {"PYTHONWARNINGS": "ignore:You're running the worker"}
    if not env.given("LOG_LEVEL"):
        quiet["LOG_LEVEL"] = "WARNING"
    bound = ["--bind", f"{LOOPBACK}:{port}", "--workers", "2", "--config", "python:config.gunicorn"]
    chosen = [
        Program("web", [python, "-m", "gunicorn", "config.wsgi", *bound]),
        Program(
            "worker", [*celery, "worker", "--concurrency", "2", "--without-mingle", "--without-gossip"], quiet
        ),
        Program("beat", [*celery, "beat"], quiet),
    ]
    if has_demo() and settings.SIMULATE:
        chosen.append(Program("sales", [python, "manage.py", "simulate_sales"]))
    return chosen


def announce(port: int) -> None:
    """Say where the portal is once it answers, and who can sign in."""
    deadline = time.monotonic() + READY_SECONDS
    while not answers(port):
        if time.monotonic() > deadline:
            say("shipby", "The web does not answer; its lines above say why.")
            return
        time.sleep(0.2)
    say("shipby", f"The portal is open at http://localhost:{port}/ – Ctrl-C stops it.")
    if folder := getattr(settings, "EMAIL_FILE_PATH", None):
        say("shipby", f"No mail leaves: it is written to {folder}. EMAIL_URL names a server.")
    if SIGN_INS.exists():
        for line in SIGN_INS.read_text().splitlines():
            say("shipby", line)


def answers(port: int) -> bool:
    """Whether a page can be had."""
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/livez", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def manage(*command: str, shown: bool = False) -> None:
    """Run a command of manage.py. Raises Refused with its last line when it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=HOME, text=True, capture_output=not shown, check=False
    )
    if done.returncode != 0:
        said = [line for line in (done.stderr or "").splitlines() if line.strip()]
        raise Refused(f"`manage.py {' '.join(command)}` failed: {said[-1] if said else 'see above'}")


def has_demo() -> bool:
    """The demo belongs on the local default alone, and only where no real money moves."""
    return settings.LOCAL and settings.PAYMENT_PROVIDER == "sandbox"


def has_marketplace() -> bool:
    """Whether somebody already lives here."""
    known = settings.DATABASES["default"]
    session = psycopg2.connect(
        dbname=known["NAME"], **{name: known[name.upper()] for name in ("user", "password", "host", "port")}
    )
    with session, session.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM accounts_marketplace)")
        (found,) = cursor.fetchone() or (False,)
    session.close()
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
