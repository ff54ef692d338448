"""Mails of sign-in: how many go out, what they call the portal, and where their links lead."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from django.core import mail

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/"


@pytest.fixture(autouse=True)
def _base(settings):
    settings.PUBLIC_BASE_URL = "https://portal.example.com"
    settings.ALLOWED_HOSTS = ["portal.example.com", "other.example.com", "testserver"]


def resets(client, email, attempts):
    return [client.post(RESET, {"email": email}).status_code for _attempt in range(attempts)]


def test_reset_of_an_unknown_address_mails_nobody(client):
    assert resets(client, "stranger@example.com", 1) == [302]
    assert mail.outbox == []


def test_sixth_reset_within_an_hour_is_refused_whether_or_not_there_is_an_account(client):
    UserFactory(email="known@example.com")
    known, unknown = (resets(client, f"{name}@example.com", 6) for name in ("known", "unknown"))
    assert known == unknown == [302] * 5 + [429]
    assert len(mail.outbox) == 5
    refused = client.post(RESET, {"email": "Known@example.com"})
    assert "Nothing was changed. Try again in 5 minutes, or in an hour" in refused.content.decode()


@pytest.mark.parametrize("host", ["other.example.com", "testserver"])
def test_reset_mail_names_the_portal_of_the_settings_whatever_host_was_asked(client, host):
    user = UserFactory()
    client.post(RESET, {"email": user.email}, headers={"host": host})
    text = mail.outbox[0].body
    assert "Hello from Shipby!" in text
    assert host not in text
    assert re.findall(r"https?://[^/\s]+", text) == ["https://portal.example.com"] * 2


def test_mail_that_confirms_an_address_leads_to_the_portal_of_the_settings(rf):
    address = EmailAddress.objects.create(user=UserFactory(), email="new@example.com")
    request = rf.get("/", headers={"host": "other.example.com"})
    with context.request_context(request):
        address.send_confirmation(request)
    text = mail.outbox[0].body
    assert "https://portal.example.com/accounts/confirm-email/" in text
    assert "other.example.com" not in text


def test_address_is_asked_to_confirm_itself_five_times_a_day(settings):
    assert settings.ACCOUNT_RATE_LIMITS["confirm_email"] == "1/3m/key,5/d/key"
