"""Odd values in every field of forms: no error of ours, nothing half done (the others: tests/test_bad_input.py)."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.access import GUARDED, World, visitor
from tests.factories import NOON

pytestmark = pytest.mark.django_db
ODD = (
    "",
    "\0",
    "-1",
    "1e309",
    "x" * 100_000,
    "<script>alert(1)</script>",
    "a@example.com\r\nBcc: all@example.com",
    ["1", "2"],
)
THEIRS = ("refunds:", "notifications:", "reports:", "orders:view", "orders:note")
TRIED = {name for name, page in GUARDED.items() if page.post != 405 and name.startswith(THEIRS)}


@pytest.fixture(autouse=True)
def _noon(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)


def forms(world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each address with what its page sends, one of the fields odd; and with nothing at all."""
    for name in sorted(TRIED):
        address, good = world.address(name), GUARDED[name].data(world)
        yield address, {}
        for field in good:
            yield from ((address, {**good, field: odd}) for odd in ODD)


def test_odd_fields_break_nothing_and_what_is_refused_changes_nothing():
    world = World()
    owner = visitor("owner", world)
    wrong = []
    for address, data in forms(world):
        response, rows = owner.ask("post", address, data)
        is_refused = 400 <= response.status_code < 500
        if response.status_code >= 500 or (is_refused and rows):
            wrong.append((address, ascii(data)[:120], response.status_code, rows))
    assert wrong == []
