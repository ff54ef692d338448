"""Who can sign in to the demo, and the channels' secrets: kept in files that only their owner can read."""

import os
import secrets
from pathlib import Path

from django.conf import settings

from demo.market import PEOPLE, STAFF

SIGN_INS, TOKENS = "demo.txt", "demo-channel-tokens.txt"


def new_password() -> str:
    """The one that the settings give, or one that nobody can guess."""
    return settings.DEMO_PASSWORD or secrets.token_urlsafe(12)


def write_sign_ins(password: str) -> Path:
    """Who they are, what each may do, and the password of all."""
    people = [f"  {person.email:24} {person.name}: {person.does}" for person in (*PEOPLE, STAFF)]
    lines = [f"Sign in at {settings.PUBLIC_BASE_URL} with the password {password} as", *people]
    return _write(SIGN_INS, lines)


def write_tokens(tokens: dict[str, str]) -> Path:
    """A channel and its bearer token on each line."""
    return _write(TOKENS, [f"{slug} {secret}" for slug, secret in tokens.items()])


def _write(name: str, lines: list[str]) -> Path:
    path = Path(settings.VAR) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join([*lines, ""]))
    return path
