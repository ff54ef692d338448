"""django-oscar beside the portal: installed from its package at bench time, loaded, and asked the same way."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import house, load
from benchmarks.house import HOME
from benchmarks.pages import DETAIL, EXACT, FAR, FIRST, LAST, name
from benchmarks.timing import Figure, Probe, measure
from orders.states import Tab

PACKAGES = ("django-oscar[sorl-thumbnail]", "psycopg2-binary", "gunicorn")
INSTALL_SECONDS = 600
LOAD_SECONDS = 900
PAGE_SIZE = 20
# Its pages take seconds each.
ROUNDS = 10
WHO = "oscar"


class NotInstalled(Exception):
    """Oscar cannot be had here; the message says why."""


def figures(orders: int, root: Path, database: str) -> dict[str, Figure]:
    """What its pages take, by the portal's page that they stand beside. Raises NotInstalled."""
    environment = {"OSCAR_DATABASE_URL": database, "PYTHONPATH": str(HOME)}
    python = _install(root / "oscar")
    with load.owner() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS oscar CASCADE")
        cursor.execute("CREATE SCHEMA oscar")
    known = _load(python, orders, environment)
    settings, port = "benchmarks.oscar_site.settings", house.free_port()
    application = "django.core.wsgi:get_wsgi_application()"
    with house.web(application, settings, port, python=str(python), **environment) as site:
        probes = list(_probes(site, known["cookie"], known["numbers"], orders))
        return {work: figure for (work, _who), figure in measure(probes, ROUNDS).items()}


def _probes(site: str, cookie: str, numbers: list[str], orders: int) -> Iterator[Probe]:
    """Its one list stands beside the longest of ours; a search for a number leads to the order by a redirect."""
    address, pages = "/dashboard/orders/", max(orders // PAGE_SIZE, 1)
    far = min(1_000, pages)
    for place, path in ((FIRST, address), (FAR, f"{address}?page={far}"), (LAST, f"{address}?page={pages}")):
        yield Probe(name(Tab.SHIPPED, place), WHO, site, cookie, [path])
    found = [f"{address}?order_number={number}" for number in numbers]
    yield Probe(EXACT, WHO, site, cookie, found, status=302)
    yield Probe(DETAIL, WHO, site, cookie, [f"{address}{number}/" for number in numbers], shows="Enamel mug")


def _install(folder: Path) -> Path:
    """The Python of an environment that has Oscar; made at the first time. Raises NotInstalled."""
    python = folder / "bin" / "python"
    if _has_oscar(python):
        return python
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        said = [line for line in str(getattr(error, "stderr", "") or error).splitlines() if line.strip()]
        raise NotInstalled(said[-1] if said else "pip did not say why.") from error
    return python


def _has_oscar(python: Path) -> bool:
    if not python.exists():
        return False
    probe = "import oscar, sorl, psycopg2, gunicorn"
    return subprocess.run([str(python), "-c", probe], capture_output=True).returncode == 0


def _load(python: Path, orders: int, environment: dict[str, str]) -> dict[str, object]:
    """Fill its tables; answers the cookie of its session and some order numbers. Raises NotInstalled."""
    command = [str(python), "-m", "benchmarks.oscar_site.load", str(orders)]
    wanted = {**os.environ, **environment}
    done = subprocess.run(command, cwd=HOME, env=wanted, capture_output=True, text=True, timeout=LOAD_SECONDS)
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise NotInstalled(f"its tables were not filled: {said[-1] if said else 'it did not say why'}")
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer
