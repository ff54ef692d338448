"""The commands that follow and fetch what the provider reported: one line, an object for machines, a dry run (P3)."""

import json
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from payments.models import EventState, ProviderEvent
from tests.payments.provider_news import deliver, payload, shown  # noqa: F401
from tests.payments.test_stripe import address, trouble  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def run(name: str, **options: object) -> str:
    out = StringIO()
    call_command(name, stdout=out, **options)
    return out.getvalue().strip()


def failed_payout(reference: str) -> bytes:
    return payload("payout.failed", {"id": "po_1", "object": "payout"}, reference=reference)


def waiting() -> int:
    return ProviderEvent.objects.filter(state=EventState.WAITING).count()


@pytest.fixture
def events(shown):  # noqa: F811
    """Two events that a webhook brought and nobody followed."""
    for reference in ("evt_1", "evt_2"):
        deliver(failed_payout(reference))


@pytest.fixture
def listed(shown):  # noqa: F811
    """An event on the provider's list that no webhook brought."""
    event = json.loads(failed_payout("evt_3")) | {"created": int(time.time())}
    shown("/v1/events", {"object": "list", "url": "/v1/events", "has_more": False, "data": [event]})


def test_follow_provider_events_says_in_one_line_how_many(events):
    assert run("follow_provider_events") == "Provider events followed: 2."
    assert waiting() == 0
    assert run("follow_provider_events") == "Provider events followed: 0."


def test_a_dry_run_of_follow_provider_events_counts_and_follows_none(events):
    said = run("follow_provider_events", dry_run=True)
    assert said == "Provider events followed: 2 to be done, nothing was changed."
    assert json.loads(run("follow_provider_events", dry_run=True, json=True)) == {"count": 2, "dry_run": True}
    assert waiting() == 2
    assert json.loads(run("follow_provider_events", json=True)) == {"count": 2, "dry_run": False}


def test_reconcile_provider_says_in_one_line_what_was_missed(listed):
    assert run("reconcile_provider") == "Provider events missed: 1."
    assert ProviderEvent.objects.get().reference == "evt_3"
    assert run("reconcile_provider") == "Provider events missed: 0."


def test_a_dry_run_of_reconcile_provider_counts_and_records_none(listed):
    assert run("reconcile_provider", dry_run=True) == "Provider events missed: 1; nothing was changed."
    assert json.loads(run("reconcile_provider", dry_run=True, json=True)) == {"missed": 1, "dry_run": True}
    assert not ProviderEvent.objects.exists()
    assert json.loads(run("reconcile_provider", json=True)) == {"missed": 1, "dry_run": False}


def test_reconcile_provider_has_nothing_to_ask_of_the_sandbox():
    assert run("reconcile_provider") == "Provider events missed: 0."


@pytest.mark.parametrize("days", [0, -1, 31])
def test_days_that_the_provider_does_not_keep_are_refused(days):
    with pytest.raises(CommandError, match="between 1 and 30"):
        run("reconcile_provider", days=days)
