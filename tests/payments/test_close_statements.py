"""The sweep over statements by hand and by the schedule (P1)."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from config.schedule import SCHEDULE
from payments import tasks
from tests.payments.helpers import NOW, charged

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr("accounts.clock.now", lambda: NOW + timedelta(days=14))


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("close_statements", *arguments, stdout=out)
    return out.getvalue().strip()


def test_it_says_in_one_line_what_it_did_and_would_do(seller):
    charged(seller)
    would = "First statements opened: 1, statements closed: 0 to be done, nothing was changed."
    assert run("--dry-run") == would
    assert not seller.statements.exists()
    assert run() == "First statements opened: 1, statements closed: 1."
    assert json.loads(run("--json")) == {"opened": 0, "closed": 0, "dry_run": False}
    assert json.loads(run("--json", "--dry-run")) == {"opened": 0, "closed": 0, "dry_run": True}


def test_the_schedule_does_the_same(seller):
    charged(seller)
    assert SCHEDULE["close statements (P1)"]["task"] == tasks.close_statements.name
    assert tasks.close_statements() == 1
    assert seller.statements.running().get().number == 2
