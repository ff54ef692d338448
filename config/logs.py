"""Structured logs: JSON in production, lines to read locally, and no word of a person in either."""

import logging
import re
from collections.abc import Mapping, MutableMapping
from logging.config import DictConfigurator
from typing import Any

import structlog

HIDDEN = "[hidden]"
PERSONAL_KEYS = frozenset({
    "address", "address_1", "address_2", "address_3", "authorization", "buyer", "buyer_company",
    "buyer_email", "buyer_name", "buyer_phone", "card", "city", "cookie", "delivery_instructions", "email",
    "first_name", "full_name", "gift_message", "last_name", "memo", "name", "password", "phone",
    "phone_number", "postal_code", "recipient", "recipient_name", "relay_phone", "secret", "ship_to",
    "street", "to", "token", "username",
})  # fmt: skip
EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(
    r"\+\d[\d\s().-]{6,}\d"
    r"|\(\d{2,4}\)\s?\d[\d\s.-]{5,}\d"
    r"|(?<![\d-])\d{3}[-. ]\d{3}[-. ]\d{4}(?![\d-])"
    r"|(?<![\d-])0\d{1,3}-\d{2,4}-\d{3,4}(?![\d-])"
    r"|(?<!\d)1[3-9]\d{9}(?!\d)"
)
# Links and keys that open a door on their own. tests/config/test_logs.py knows all addresses that carry one.
BEARER_LINK = re.compile(
    r"((?:/|%2F)(?:buyer|invitations?|reset(?:/|%2F)key|confirm-email|unsubscribe|notifications(?:/|%2F)confirm)"
    r"(?:/|%2F))(?:(?!%2F)[^/\s\"'?])+",
    re.IGNORECASE,
)
API_KEY = re.compile(r"\b(?:sk|rk|whsec)_[A-Za-z0-9_]{8,}")
# What follows the question mark of an address: words searched for, addresses to go to next.
QUERY = re.compile(r"((?:\b[a-z]+:/|(?<![\w/<]))/[^\s?\"'<>]*)\?[^\s\"'<>]+")
# A value that PostgreSQL could not read, quoted in the message itself.
ODD_VALUE = re.compile(r"(invalid (?:input|byte|value)[^:\n]*: )[^\n]+")
# What PostgreSQL adds to an error: the row, the value, the statement. Up to the next part of a traceback.
DATABASE_DETAIL = re.compile(
    r"^[ \t]*(?:DETAIL|CONTEXT|QUERY|STATEMENT|WHERE|LINE \d+):.*?"
    r"(?=^[ \t]*HINT:|\n\n(?:The above exception|During handling)|^Traceback |\Z)",
    re.MULTILINE | re.DOTALL,
)

Event = MutableMapping[str, Any]


def scrub(_logger: Any, _method: str, event: Event) -> Event:
    """Hide what belongs to a person: by the key's name; e-mail addresses and phone numbers in any text."""
    return {key: _scrubbed(key, value) for key, value in event.items()}


def _scrubbed(key: str, value: Any) -> Any:
    if key.lower() in PERSONAL_KEYS:
        return HIDDEN
    if isinstance(value, str):
        return _without_people(value)
    if isinstance(value, dict):
        return {inner: _scrubbed(str(inner), part) for inner, part in value.items()}
    if isinstance(value, list | tuple | set):
        return [_scrubbed("", part) for part in value]
    return value if isinstance(value, int | float | bool | None) else _without_people(str(value))


def _without_people(text: str) -> str:
    text = ODD_VALUE.sub(rf"\1{HIDDEN}", DATABASE_DETAIL.sub(HIDDEN, text))
    text = BEARER_LINK.sub(rf"\1{HIDDEN}", text)
    text = QUERY.sub(rf"\1?{HIDDEN}", text)
    text = API_KEY.sub(HIDDEN, text)
    return PHONE.sub(HIDDEN, EMAIL.sub(HIDDEN, text))


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def formatter(described: Mapping[str, Any]) -> logging.Formatter:
    """Return the formatter of a LOGGING, for a handler that Django didn't make."""
    made: logging.Formatter = DictConfigurator({}).configure_formatter(
        dict(described["formatters"]["events"])
    )
    return made


def configure(*, readable: bool, level: str) -> dict[str, Any]:
    """Set structlog up and answer Django's LOGGING, so that both speak through one handler."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if readable:
        renderer = structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "events": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    # As text before the scrubbing: a traceback quotes values.
                    structlog.processors.format_exc_info,
                    scrub,
                    renderer,
                ],
            }
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "events"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["out"], "level": level, "propagate": False},
            # Every refused guess at a host name would be an error mail otherwise.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            # Each task is logged once already, with its id.
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "weasyprint": {"level": "WARNING"},
        },
    }
