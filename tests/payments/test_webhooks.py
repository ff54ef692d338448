"""The webhook's address: only what the provider signed is recorded, each event once (P3)."""

import json
import time
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client

from config import env
from payments import news
from payments.models import EventSource, EventState, ProviderEvent, Topic
from tests.helpers import at_once
from tests.payments.helpers import NOW
from tests.payments.provider_news import SECRET, URL, deliver, follow, payload, shown, signature  # noqa: F401
from tests.payments.test_stripe import address, trouble  # noqa: F401

pytestmark = pytest.mark.django_db
BODY = payload("payout.failed", {"id": "po_1", "object": "payout"}, reference="evt_once")


@pytest.fixture(autouse=True)
def _secret(settings):
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]


def test_a_signed_event_is_recorded_by_its_names_alone():
    body = payload(
        "payment_intent.canceled", {"id": "pi_1", "object": "payment_intent", "receipt_email": "a@b.c"}
    )
    assert deliver(body) == 200
    row = ProviderEvent.objects.get()
    assert (row.kind, row.topic, row.about) == ("payment_intent.canceled", Topic.PAYMENT, "pi_1")
    assert (row.source, row.state) == (EventSource.WEBHOOK, EventState.WAITING)


def test_an_event_of_a_charge_is_about_its_payment():
    deliver(payload("charge.expired", {"id": "ch_1", "object": "charge", "payment_intent": "pi_7"}))
    assert ProviderEvent.objects.get().about == "pi_7"


@pytest.mark.parametrize(
    "sign",
    [
        pytest.param(lambda: "", id="missing"),
        pytest.param(lambda: "nonsense", id="nonsense"),
        pytest.param(lambda: "t=1,v1=abc", id="made-up"),
        pytest.param(lambda: signature(BODY, "whsec_other"), id="other-secret"),
        pytest.param(lambda: signature(BODY, age=301), id="too-old"),
        pytest.param(lambda: signature(BODY + b" "), id="other-body"),
    ],
)
def test_a_wrong_old_or_missing_signature_is_refused(sign):
    assert (deliver(BODY, sign()), ProviderEvent.objects.count()) == (400, 0)


def test_a_signature_of_almost_five_minutes_ago_is_taken():
    assert deliver(BODY, signature(BODY, age=290)) == 200


def test_during_a_change_of_secrets_both_sign(settings):
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", SECRET]
    assert deliver(BODY) == 200
    assert deliver(BODY, signature(BODY, "whsec_new")) == 200


def test_without_a_secret_nothing_is_taken(settings):
    settings.STRIPE_WEBHOOK_SECRETS = []
    assert deliver(BODY) == 400


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"object": "event"}', b'{"id": "evt_1"}', b"\xff\xfe"]
)
def test_what_is_signed_and_no_event_is_refused(body):
    header = signature(body) if body != b"\xff\xfe" else "t=1,v1=a"
    assert (deliver(body, header), ProviderEvent.objects.count()) == (400, 0)


def test_a_body_over_the_limit_is_refused_before_it_is_read():
    body = json.dumps({"filler": "x" * 600_000}).encode()
    assert deliver(body) == 413


def test_get_is_refused_and_neither_session_nor_csrf_is_asked_for():
    strict = Client(enforce_csrf_checks=True)
    assert (strict.get(URL).status_code, deliver(BODY, client=strict)) == (405, 200)
    assert not strict.cookies


def test_a_replayed_event_is_one_row_and_one_effect():
    assert [deliver(BODY) for _time in range(3)] == [200, 200, 200]
    assert (ProviderEvent.objects.count(), follow(NOW + timedelta(days=3650)), follow(NOW)) == (1, 1, 0)


def test_a_kind_that_nobody_knows_is_recorded_and_ignored():
    assert deliver(payload("customer.created", {"id": "cus_1", "object": "customer"})) == 200
    row = ProviderEvent.objects.get()
    assert (row.topic, row.state, row.about) == (Topic.OTHER, EventState.IGNORED, "cus_1")


def test_a_failed_payout_calls_for_the_operator():
    deliver(BODY)
    follow(NOW + timedelta(days=3650))
    row = ProviderEvent.objects.get()
    assert (row.state, row.needs_attention) == (EventState.DONE, True)


def test_what_breaks_is_tried_again_and_calls_for_a_person_after_eight_times():
    deliver(BODY)
    moment = NOW + timedelta(days=3650)
    with patch("payments.news.payout_failed", side_effect=RuntimeError):
        for _time in range(8):
            assert follow(moment) == 1
            assert follow(moment) == 0
            moment += timedelta(hours=2)
    row = ProviderEvent.objects.get()
    assert (row.state, row.attempts, row.needs_attention) == (EventState.WAITING, 8, True)


@pytest.mark.parametrize("text", ["sk_test_1", "whsec_a,nonsense"])
def test_an_odd_secret_stops_the_start(text, monkeypatch):
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", text)
    with pytest.raises(env.SettingRefused, match="whsec_"):
        env.stripe_secrets("STRIPE_WEBHOOK_SECRET", needed=True)


def test_a_missing_secret_stops_the_start_with_stripe(monkeypatch):
    monkeypatch.delenv("STRIPE_WEBHOOK_SECRET", raising=False)
    assert env.stripe_secrets("STRIPE_WEBHOOK_SECRET", needed=False) == []
    with pytest.raises(env.SettingRefused):
        env.stripe_secrets("STRIPE_WEBHOOK_SECRET", needed=True)


def delivered_at_once(bodies):
    """Each in a thread of its own, then followed by three workers at once."""

    def post(body):
        return lambda: (deliver(body), connection.close())[0]

    def work():
        try:
            return follow(NOW + timedelta(days=3650))
        finally:
            connection.close()

    codes = at_once(*[post(body) for body in bodies])
    with patch("payments.news.payout_failed", wraps=news.payout_failed) as followed:
        at_once(work, work, work)
    return codes, followed.call_count


@pytest.mark.django_db(transaction=True)
def test_delivered_twenty_times_at_once_it_is_followed_once():
    assert delivered_at_once([BODY] * 20) == ([200] * 20, 1)
    assert ProviderEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_events_own_name_it_is_followed_twenty_times_control():
    bodies = [payload("payout.failed", {"id": "po_1", "object": "payout"}) for _time in range(20)]
    assert delivered_at_once(bodies)[1] == 20


def test_the_reconciliation_finds_what_no_webhook_brought(shown):  # noqa: F811
    deliver(BODY)
    listed = [
        json.loads(BODY),
        json.loads(payload("payout.failed", {"id": "po_2", "object": "payout"}, reference="evt_2")),
    ]
    listed[0]["created"] = listed[1]["created"] = int(time.time())
    shown("/v1/events", {"object": "list", "url": "/v1/events", "has_more": False, "data": listed})
    assert news.reconcile("stripe", now=NOW, is_dry=True) == 1
    assert ProviderEvent.objects.count() == 1
    assert news.reconcile("stripe", now=NOW) == 1
    row = ProviderEvent.objects.get(reference="evt_2")
    assert (row.source, row.state) == (EventSource.RECONCILIATION, EventState.WAITING)
    assert news.reconcile("stripe", now=NOW) == 0
