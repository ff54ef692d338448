"""All that `make check` asks of the code; each check runs, and the failed ones are named at the end."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
BIN = HOME / ".venv" / "bin"
PYTHON = str(BIN / "python")
# As in production; no check signs in anywhere.
PRODUCTION = {
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ENCRYPTION_KEYS": secrets.token_urlsafe(60),
    "PUBLIC_BASE_URL": "https://shipby.example",
    "DATABASE_URL": "postgresql://shipby_app:none@localhost/shipby",
    "DATABASE_OWNER_URL": "postgresql://shipby_owner:none@localhost/shipby",
    "REDIS_URL": "redis://localhost",
    "EMAIL_URL": "smtp://localhost",
    "PAYMENT_PROVIDER": "sandbox",
    "HSTS_WHOLE_DOMAIN": "yes",
}
CHECKS: dict[str, list[str]] = {
    "lint": [str(BIN / "ruff"), "check", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "types": [str(BIN / "mypy"), "."],
    "imports": [str(BIN / "lint-imports"), "--no-cache"],
    "deployment": [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "templates": [str(BIN / "djlint"), "templates", "--lint", "--quiet"],
    "sizes": [PYTHON, "ops/sizes.py"],
}


def main() -> int:
    """0 when all pass."""
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    print(f"Failed: {', '.join(failed)}" if failed else "All checks pass.")
    return 1 if failed else 0


def passes(name: str, command: list[str]) -> bool:
    print(f"── {name}", flush=True)
    environment = {**os.environ, "PYTHONPATH": str(HOME)}
    if name == "deployment":
        environment |= PRODUCTION
    return subprocess.run(command, cwd=HOME, env=environment, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
