"""Feeds' files lie where each test leaves them; the clock stands at NOON."""

import pytest

from tests.factories import NOON


@pytest.fixture(autouse=True)
def _kept_apart(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("accounts.nudge._publish", lambda *_args: None)
    monkeypatch.setattr("batches.stints.PAUSES", (0,) * 4)


@pytest.fixture
def noon(monkeypatch):
    """The database's clock stands still."""
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)
    return NOON
