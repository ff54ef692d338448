"""What production refuses to start with. ALLOW_INSECURE names the exceptions that an operator takes on."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs, urlsplit

from config.env import SettingRefused

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """A fault of the settings, the word in ALLOW_INSECURE that permits it, and the sentence that refuses it."""

    word: str
    is_broken: Callable[[Settings], bool]
    sentence: str


def check(settings: Settings, allowed: Iterable[str]) -> None:
    """Refuse to start with the first setting that opens a door.

    Raises:
        SettingRefused: the sentence names the setting, the danger, and the word that allows it.
    """
    words = set(allowed)
    known = {rule.word for rule in RULES}
    if unknown := sorted(words - known):
        raise SettingRefused(
            f"ALLOW_INSECURE has the word “{unknown[0]}”; it can have {', '.join(sorted(known))}."
        )
    for rule in RULES:
        if rule.word not in words and rule.is_broken(settings):
            raise SettingRefused(f"{rule.sentence} To accept that, add “{rule.word}” to ALLOW_INSECURE.")


def is_here(host: str) -> bool:
    """Whether the host is this machine: no network lies between. An empty one and a folder are a socket."""
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _mail_is_open(settings: Settings) -> bool:
    """Mail goes to another machine unencrypted, or into the log."""
    if settings["EMAIL_BACKEND"].endswith("console.EmailBackend"):
        return True
    encrypted = settings.get("EMAIL_USE_TLS") or settings.get("EMAIL_USE_SSL")
    return not encrypted and not is_here(settings.get("EMAIL_HOST", ""))


def _database_is_open(settings: Settings) -> bool:
    """Another machine's database is not asked who it is."""
    database = settings["DATABASES"]["default"]
    here = is_here(database["OPTIONS"].get("hostaddr") or database["HOST"])
    return not here and database["OPTIONS"].get("sslmode") != "verify-full"


def _redis_is_open(settings: Settings) -> bool:
    """Another machine's Redis is spoken to unencrypted, or not asked who it is."""
    parts = urlsplit(settings["REDIS_URL"])
    if parts.scheme == "unix" or is_here(parts.hostname or ""):
        return False
    asked = parse_qs(parts.query)
    verified = asked.get("ssl_cert_reqs") == ["required"] and asked.get("ssl_check_hostname") == ["true"]
    return parts.scheme != "rediss" or not verified


def _scanner_is_open(settings: Settings) -> bool:
    """Files cross the network to clamd, which speaks no TLS."""
    parts = urlsplit(settings["CLAMAV_URL"])
    return parts.scheme == "tcp" and not is_here(parts.hostname or "")


RULES = (
    Rule(
        "debug",
        lambda settings: settings["DEBUG"],
        "DEBUG is on: error pages would show settings and people's data to anyone.",
    ),
    Rule(
        "http",
        lambda settings: not settings["SECURE"],
        "PUBLIC_BASE_URL starts with http://: passwords would cross the network unencrypted. Use https://.",
    ),
    Rule(
        "no-mfa",
        lambda settings: not settings["REQUIRE_MFA"],
        "REQUIRE_MFA is off: a stolen password would be enough to sign in.",
    ),
    Rule(
        "mail",
        _mail_is_open,
        "EMAIL_URL sends mail unencrypted or prints it to the log. Use smtp:// without tls=no, or smtps://.",
    ),
    Rule(
        "stripe",
        lambda settings: settings["STRIPE_API_BASE"].startswith("http://"),
        "STRIPE_API_BASE starts with http://: the API key would cross the network unencrypted. Use https://.",
    ),
    Rule(
        "database",
        _database_is_open,
        "The database address names another machine without sslmode=verify-full: "
        "anyone in between could read and change everything.",
    ),
    Rule(
        "redis",
        _redis_is_open,
        "REDIS_URL names another machine without a verified connection: anyone in between could start jobs. "
        "Use rediss://.",
    ),
    Rule(
        "scanner",
        _scanner_is_open,
        "CLAMAV_URL names another machine: attachments would cross the network unencrypted. Use a socket of this one.",
    ),
)
