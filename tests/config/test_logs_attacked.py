"""Needles planted where logs could pick them up: in addresses, in tokens, in rows that the database refuses."""

import io
import logging
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from gunicorn.config import Config
from structlog import get_logger

from config import logs
from config.gunicorn import PortalLogger
from config.logs import HIDDEN, scrub
from orders.models import Order
from tests.factories import ListingFactory
from tests.helpers import authorised

NEEDLE = "Zebediah Needle"
TOKEN = "needle-token-that-opens-a-door"
KEYS = {"token", "key"}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the portal's own handler writes, at the most talkative level."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(settings.LOGGING))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def needles(text: str) -> list[str]:
    words = ("Zebediah", "Needle", TOKEN, "Haystack")
    return [line for line in text.splitlines() if any(word in line for word in words)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/orders/?q=Zebediah+Needle",
        "/?q=Zebediah%20Needle",
        f"/accounts/login/?next=/buyer/{TOKEN}/",
        f"/accounts/login/?next=%2Fteam%2Finvitation%2F{TOKEN}%2F",
        f"/buyer/{TOKEN}/?language=en",
        f"/buyer/{TOKEN}/cancel/",
        f"/team/invitation/{TOKEN}/",
        f"/notifications/unsubscribe/{TOKEN}/",
        f"/notifications/confirm/{TOKEN}/",
        f"/accounts/password/reset/key/3-{TOKEN}/",
        f"/accounts/confirm-email/{TOKEN}/",
        f"/nowhere/?token={TOKEN}",
        f"/buyer/{TOKEN}",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_request_leaves_neither_words_nor_tokens(address: str, method: str, written: io.StringIO) -> None:
    csrf = Client(enforce_csrf_checks=True, raise_request_exception=False)
    getattr(csrf, method)(address, headers={"Referer": f"https://x.example/?q={NEEDLE}"})
    assert "request_finished" in written.getvalue()
    assert needles(written.getvalue()) == []


def token_patterns(found: URLResolver, before: str = "/") -> Iterator[tuple[str, str]]:
    """All addresses that carry a token, as an example of each, and what is secret in it."""
    for each in found.url_patterns:
        if isinstance(each, URLResolver):
            yield from token_patterns(each, before + str(each.pattern))
        elif isinstance(each, URLPattern) and KEYS & set(names := each.pattern.regex.groupindex):
            yield before + str(each.pattern), "|".join(sorted(KEYS & set(names)))


def test_all_addresses_that_carry_a_token_are_known_to_the_log() -> None:
    """A new one fails here until its path is in BEARER_LINK. A batch's uuid opens nothing without a sign-in."""
    addresses = [address for address, _names in token_patterns(get_resolver()) if "<uuid:key>" not in address]
    assert len(addresses) >= 9
    for address in addresses:
        head = address.split("<")[0].split("(?P")[0].replace("^", "")
        assert scrub(None, "info", {"event": f"GET {head}{TOKEN}/x/"}) == {
            "event": f"GET {head}{HIDDEN}/x/"
        }, f"{head} carries a token"


def refused(statement: str, *values: object) -> None:
    """Log, with its traceback, what the database says of a statement."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError as error:
        get_logger("portal").exception("broke", error=str(error))
        logging.getLogger("portal").exception("Broke: %s", error)
    else:
        pytest.fail("The database took it.")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "values"),
    [
        # Failing row contains (…)
        ("UPDATE orders_order SET recipient = %s, total = -1", [f"{NEEDLE}\nof 9 Haystack Lane"]),
        ("UPDATE orders_order SET currency = NULL, city = %s", ["Haystack"]),
        # Key (…)=(…) already exists
        (
            "INSERT INTO accounts_heartbeat (name, seen_at) VALUES (%s, now()), (%s, now())",
            [NEEDLE, NEEDLE],
        ),
        # LINE 1: … and the value itself
        (f"SELECT '{NEEDLE}'::integer", []),
        (f"SELECT '{NEEDLE}' FROM haystack", []),
        (f"SELECT * FROM \"haystack\" WHERE name = '{NEEDLE}'", []),
        (f"SELECT '{NEEDLE}' || nothing('Haystack')", []),
        ("SELECT %s::timestamptz", [NEEDLE]),
        ("SELECT %s::inet", [NEEDLE]),
        ("SELECT %s::jsonb", ['{"name": "Zebediah Needle" "Haystack"}']),
        # CONTEXT: SQL statement …
        ("DO $$ BEGIN EXECUTE format('SELECT %%L::integer', 'Zebediah Needle'); END $$", []),
    ],
)
def test_refused_row_leaves_nothing_of_itself(
    statement: str, values: list[object], written: io.StringIO
) -> None:
    authorised((ListingFactory(), 1), recipient=NEEDLE, city="Haystack")
    assert Order.objects.filter(recipient=NEEDLE).exists()
    before = len(written.getvalue())
    refused(statement, *values)
    text = written.getvalue()[before:]
    assert text.count("Traceback") >= 2
    assert "Error" in text or "Violation" in text
    assert needles(text.replace(statement, "")) == []


def test_lines_of_gunicorn_leave_neither_words_nor_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    log = PortalLogger(Config())
    log.warning("Invalid request from ip=%s: Invalid HTTP request line: 'GET /?q=%s'", "::1", TOKEN)
    log.error("Error handling request %s", f"/buyer/{TOKEN}/?next=/")
    said = capsys.readouterr().err
    assert "Invalid request from ip=::1" in said
    assert "Error handling request /buyer/" in said
    assert needles(said) == []
