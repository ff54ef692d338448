"""With DATABASE_URL set, no command touches var/: containers run as another account, on a read-only file system."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.config.test_env import HOME, PRODUCTION

CODE = ("manage.py", "config", "templates", "static", "ops")
# Root ignores permissions. The other account may read everything, since Python may lie in root's own folder.
READING = "-all,+dac_read_search"
AS_ANOTHER_ACCOUNT = (
    ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    + [f"--{caps}={READING}" for caps in ("inh-caps", "ambient-caps", "bounding-set")]
    if os.geteuid() == 0
    else []
)
Manage = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the code that belongs to us, with a read-only var/."""
    home = tmp_path_factory.mktemp("portal")
    ignore = shutil.ignore_patterns("__pycache__", "node_modules", "dist")
    for source in HOME.iterdir():
        if source.name in CODE or (source / "apps.py").exists():
            (shutil.copytree if source.is_dir() else shutil.copy)(
                source, home / source.name, **({"ignore": ignore} if source.is_dir() else {})
            )
    (home / "var").mkdir(mode=0o555)
    yield home
    (home / "var").chmod(0o755)


@pytest.fixture
def manage(portal: Path) -> Manage:
    """Run a command of that copy. Where the suite runs as root, another account runs it, which can write nowhere."""
    known = connection.settings_dict
    at = f"{known['HOST']}:{known['PORT']}/{known['NAME']}"
    given = PRODUCTION | {
        "DATABASE_URL": f"postgresql://{known['USER']}:{known['PASSWORD']}@{at}",
        "PATH": os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def run(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*AS_ANOTHER_ACCOUNT, sys.executable, "manage.py", *command],
            cwd=portal,
            env=given | more,
            capture_output=True,
            text=True,
        )

    return run


@pytest.mark.django_db
@pytest.mark.parametrize(
    "command",
    [("migrate", "--no-input"), ("createcachetable",), ("send_notices", "--dry-run", "--json")],
    ids=" ".join,
)
def test_command_runs_where_var_is_read_only_and_belongs_to_somebody_else(
    command: tuple[str, ...], manage: Manage, portal: Path
) -> None:
    done = manage(*command)
    assert (done.returncode, done.stderr) == (0, "")
    assert list((portal / "var").iterdir()) == []


@pytest.mark.django_db
def test_missing_stripe_key_is_named_before_any_server_is_looked_for(manage: Manage) -> None:
    done = manage("migrate", PAYMENT_PROVIDER="stripe")
    sentence = "The portal does not start: STRIPE_API_KEY is not set; the portal cannot start without it.\n"
    assert (done.returncode, done.stderr) == (1, sentence)


@pytest.mark.django_db
def test_missing_redis_url_is_named_and_no_local_redis_is_started(manage: Manage) -> None:
    done = manage("migrate", REDIS_URL="")
    sentence = "The portal does not start: REDIS_URL is not set; the portal cannot start without it.\n"
    assert (done.returncode, done.stderr) == (1, sentence)


@pytest.mark.django_db
def test_writable_var_stays_empty_too(manage: Manage, portal: Path) -> None:
    var = portal / "var"
    var.chmod(0o777)
    try:
        assert manage("createcachetable").returncode == 0
        assert list(var.iterdir()) == []
    finally:
        var.chmod(0o555)
