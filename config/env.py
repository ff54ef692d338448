"""The only readers of the environment: each answers a checked value or refuses to start, in one sentence."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
SECRET_LENGTH = 50
MAIL_SCHEMES = ("smtp", "smtps", "file", "console")


class SettingRefused(ImproperlyConfigured):
    """A setting is missing or makes no sense; the message is a sentence for whoever starts the portal."""


def given(name: str) -> bool:
    """Whether the setting stands in the environment; an empty one counts as absent."""
    return bool(os.environ.get(name, "").strip())


def text(name: str, default: str | None = None) -> str:
    """The setting as it stands. Raises SettingRefused where it is missing and has no default."""
    if given(name):
        return os.environ[name].strip()
    if default is None:
        raise SettingRefused(f"{name} is not set; the portal cannot start without it.")
    return default


def secret(name: str, default: str | None = None) -> str:
    """A secret of at least 50 characters, of at least five different ones."""
    value = text(name, default)
    _check_secret(name, value)
    return value


def secrets(name: str, default: str | None = "") -> list[str]:
    """Return secrets as `secret` accepts them, separated by commas; without a default, one at least must be given."""
    values = [value.strip() for value in text(name, default).split(",") if value.strip()]
    if default is None and not values:
        raise SettingRefused(f"{name} has no key; the portal cannot start without one.")
    for value in values:
        _check_secret(name, value)
    return values


def flag(name: str, default: bool = False) -> bool:
    """A yes or no."""
    value = text(name, "yes" if default else "no").lower()
    if value not in TRUE | FALSE:
        raise SettingRefused(f"{name} is “{value}”; it must be yes or no.")
    return value in TRUE


def integer(name: str, default: int | None = None, *, least: int = 0, most: int = 2**31 - 1) -> int:
    """A whole number between the bounds, both allowed."""
    value = text(name, None if default is None else str(default))
    try:
        number = int(value)
    except ValueError:
        raise SettingRefused(f"{name} is “{value}”; it must be a whole number.") from None
    if not least <= number <= most:
        raise SettingRefused(f"{name} is {number}; it must be between {least} and {most}.")
    return number


def choice(name: str, choices: Sequence[str], default: str | None = None) -> str:
    """One of the named values."""
    value = text(name, default)
    if value not in choices:
        raise SettingRefused(f"{name} is “{value}”; it must be one of: {', '.join(choices)}.")
    return value


def readable_file(name: str) -> str:
    """Return the path of a file that can be read; empty where the setting is absent."""
    path = text(name, "")
    if path and not (Path(path).is_file() and os.access(path, os.R_OK)):
        raise SettingRefused(f"{name} names no file that the portal can read.")
    return path


def words(name: str, default: Sequence[str] = ()) -> list[str]:
    """A list, separated by commas."""
    value = text(name, ",".join(default))
    return [word.strip() for word in value.split(",") if word.strip()]


def stripe_secrets(name: str, *, needed: bool) -> list[str]:
    """The signing secrets of a webhook, separated by commas."""
    secrets = [part.strip() for part in text(name, None if needed else "").split(",") if part.strip()]
    if not all(part.startswith("whsec_") for part in secrets):
        raise SettingRefused(f"{name} must be signing secrets that start with whsec_, separated by commas.")
    return secrets


def url(name: str, schemes: Sequence[str], default: str | None = None) -> str:
    """An address with one of the schemes and a host, without a slash at its end."""
    value = text(name, default)
    _split(name, value, schemes)
    return value.rstrip("/")


def database(name: str, default: str | None = None) -> dict[str, Any]:
    """A PostgreSQL address as Django's settings of one database.

    What follows the question mark is handed to libpq (sslmode, target_session_attrs, …).
    """
    parts = _split(name, text(name, default), ("postgres", "postgresql"))
    path = unquote(parts.path.lstrip("/"))
    if not path or "/" in path or not parts.username:
        raise SettingRefused(f"{name} must look like postgresql://user:password@host:5432/database.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": path,
        "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def email(name: str, default: str | None = None) -> dict[str, Any]:
    """Where mail goes, as Django's settings: smtp[s]://user:password@host:port, file:///folder, console:."""
    value = text(name, default)
    parts = _split(name, value, MAIL_SCHEMES, host_needed=False)
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme == "file":
        if not parts.path.startswith("/") or parts.netloc:
            raise SettingRefused(f"{name} must name a whole path, as in file:///var/mail.")
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": unquote(parts.path),
        }
    if not parts.hostname:
        raise SettingRefused(f"{name} names no mail server; it must look like smtp://user:password@host:587.")
    return _smtp(parts)


def redis(name: str, default: str | None = None) -> str:
    """A Redis address. With rediss:// the server's certificate and name are checked unless the address says not to.

    What is assumed is written into the address, since kombu checks nothing that isn't there.
    """
    value = text(name, default).rstrip("/")
    parts = _split(name, value, ("redis", "rediss", "unix"), host_needed=not value.startswith("unix:"))
    if parts.scheme != "rediss":
        return value
    asked = {"ssl_cert_reqs": "required", "ssl_check_hostname": "true"} | dict(parse_qsl(parts.query))
    return parts._replace(query=urlencode(asked)).geturl()


def scanner(name: str) -> str:
    """A socket of clamd: tcp://host:3310 or unix:///run/clamav/clamd.ctl; empty where the setting is absent."""
    value = text(name, "")
    if value:
        parts = _split(name, value, ("tcp", "unix"), host_needed=value.startswith("tcp:"))
        if parts.scheme == "unix" and (not parts.path.startswith("/") or parts.netloc):
            raise SettingRefused(f"{name} must name a whole path, as in unix:///run/clamav/clamd.ctl.")
    return value


def _smtp(parts: SplitResult) -> dict[str, Any]:
    """Plain smtp is upgraded by STARTTLS unless ?tls=no says that the server stands on this machine."""
    wrapped = parts.scheme == "smtps"
    upgraded = not wrapped and dict(parse_qsl(parts.query)).get("tls") != "no"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if wrapped else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": wrapped,
        "EMAIL_USE_TLS": upgraded,
    }


def _split(name: str, value: str, schemes: Sequence[str], *, host_needed: bool = True) -> SplitResult:
    """The parts of an address. The refusal never repeats the value: it may hold a password."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise SettingRefused(f"{name} is not an address (its host or port makes no sense).") from None
    if parts.scheme not in schemes or port == 0:
        raise SettingRefused(f"{name} must be an address that starts with {' or '.join(schemes)}.")
    if host_needed and not parts.hostname:
        raise SettingRefused(f"{name} must name a host, as in {schemes[0]}://host.")
    return parts


def _check_secret(name: str, value: str) -> None:
    if len(value) < SECRET_LENGTH or len(set(value)) < 5:
        raise SettingRefused(f"{name} is too easy to guess: it needs {SECRET_LENGTH} random characters.")
