"""Settings come from the environment; each missing or odd one stops the start with a sentence."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config import env
from config.env import SettingRefused

HOME = Path(__file__).resolve().parents[2]
READERS: dict[str, Callable[[str], object]] = {
    "text": env.text,
    "secret": env.secret,
    "integer": lambda name: env.integer(name, least=1, most=65_535),
    "flag": env.flag,
    "choice": lambda name: env.choice(name, ("sandbox", "stripe")),
    "url": lambda name: env.url(name, ("http", "https")),
    "database": env.database,
    "email": env.email,
}


@pytest.mark.parametrize(
    ("reader", "value", "sentence"),
    [
        ("text", None, "ODD is not set; the portal cannot start without it."),
        ("text", "  ", "ODD is not set; the portal cannot start without it."),
        ("secret", "short", "ODD is too easy to guess: it needs 50 random characters."),
        ("secret", "a" * 80, "ODD is too easy to guess: it needs 50 random characters."),
        ("integer", "8000x", "ODD is “8000x”; it must be a whole number."),
        ("integer", "1e3", "ODD is “1e3”; it must be a whole number."),
        ("integer", "0", "ODD is 0; it must be between 1 and 65535."),
        ("integer", "65536", "ODD is 65536; it must be between 1 and 65535."),
        ("flag", "maybe", "ODD is “maybe”; it must be yes or no."),
        ("choice", "paypal", "ODD is “paypal”; it must be one of: sandbox, stripe."),
        ("choice", None, "ODD is not set; the portal cannot start without it."),
        ("url", "portal.example", "ODD must be an address that starts with http or https."),
        ("url", "ftp://portal.example", "ODD must be an address that starts with http or https."),
        ("url", "https://", "ODD must name a host, as in http://host."),
        ("url", "https://portal:99999", "ODD is not an address (its host or port makes no sense)."),
        ("url", "https://portal:0", "ODD must be an address that starts with http or https."),
        (
            "database",
            "mysql://u:p@host/db",
            "ODD must be an address that starts with postgres or postgresql.",
        ),
        (
            "database",
            "postgresql://u:p@host",
            "ODD must look like postgresql://user:password@host:5432/database.",
        ),
        (
            "database",
            "postgresql://host/db",
            "ODD must look like postgresql://user:password@host:5432/database.",
        ),
        (
            "email",
            "mail.example.com",
            "ODD must be an address that starts with smtp or smtps or file or console.",
        ),
        ("email", "smtp:", "ODD names no mail server; it must look like smtp://user:password@host:587."),
        ("email", "file://var/mail", "ODD must name a whole path, as in file:///var/mail."),
    ],
)
def test_an_odd_value_is_refused_with_a_sentence(
    reader: str, value: str | None, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ODD", raising=False)
    if value is not None:
        monkeypatch.setenv("ODD", value)
    with pytest.raises(SettingRefused) as refusal:
        if reader == "flag" and value is None:
            env.flag("ODD")
        READERS[reader]("ODD")
    assert str(refusal.value) == sentence


def test_a_refused_address_is_not_repeated_for_it_may_hold_a_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ODD", "postgresql://u:hunter2@host:port/db")
    with pytest.raises(SettingRefused) as refusal:
        env.database("ODD")
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("value", "read"), [("yes", True), ("1", True), ("On", True), ("no", False), ("0", False)]
)
def test_a_flag_is_yes_or_no(value: str, read: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAG", value)
    assert env.flag("FLAG") is read


def test_a_database_address_keeps_what_is_for_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB", "postgres://shop%40x:p%2Fw@db.example:6432/shipby?sslmode=require")
    assert env.database("DB") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shipby",
        "USER": "shop@x",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize(
    ("value", "port", "ssl", "tls"),
    [
        ("smtp://u:p@host", 587, False, True),
        ("smtps://u:p@host", 465, True, False),
        ("smtp://host:25?tls=no", 25, False, False),
    ],
)
def test_mail_is_encrypted_unless_one_says_no(
    value: str, port: int, ssl: bool, tls: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL", value)
    read = env.email("MAIL")
    assert (read["EMAIL_PORT"], read["EMAIL_USE_SSL"], read["EMAIL_USE_TLS"]) == (port, ssl, tls)


PRODUCTION = {
    "SECRET_KEY": "0123456789" * 6,
    "ENCRYPTION_KEYS": "9876543210" * 6,
    "PUBLIC_BASE_URL": "https://shipby.example",
    "DATABASE_URL": "postgresql://app:none@localhost/shipby",
    "REDIS_URL": "redis://localhost",
    "EMAIL_URL": "smtp://localhost",
    "PAYMENT_PROVIDER": "sandbox",
}


def manage(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """manage.py in an environment of its own."""
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(HOME)}
    return subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=HOME,
        env=kept | environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("missing", sorted(PRODUCTION.keys() - {"DATABASE_URL"}))
def test_production_does_not_start_without(missing: str) -> None:
    done = manage("check", **{name: value for name, value in PRODUCTION.items() if name != missing})
    sentence = f"The portal does not start: {missing} is not set; the portal cannot start without it.\n"
    assert (done.returncode, done.stderr) == (1, sentence)


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        ({"DEBUG": "perhaps"}, "DEBUG is “perhaps”; it must be yes or no."),
        ({"PORT": "99999"}, "PORT is 99999; it must be between 1 and 65535."),
        ({"PAYMENT_PROVIDER": "stripe"}, "STRIPE_API_KEY is not set; the portal cannot start without it."),
        (
            {"PAYMENT_PROVIDER": "stripe", "STRIPE_API_KEY": "sk_1"},
            "STRIPE_WEBHOOK_SECRET is not set; the portal cannot start without it.",
        ),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL is “LOUD”; it must be one of: DEBUG, INFO, WARNING, ERROR."),
    ],
)
def test_nonsense_stops_the_start_without_a_traceback(odd: dict[str, str], says: str) -> None:
    done = manage("check", **PRODUCTION | odd)
    assert (done.returncode, done.stderr) == (1, f"The portal does not start: {says}\n")
