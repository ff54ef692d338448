"""Passwords on their way through pages: taken as typed, of any characters, pasted, changed with the old one."""

import re

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY as PROOFS
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client, override_settings
from django.utils import timezone

from accounts.portal_words import WORDS
from config.sessions import BEGAN
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
OLD, NEW = "correct horse battery", "  Zebra Lamp: 雨 ünd " + "ü" * 50 + " "
INPUT = re.compile(r'<input[^>]*name="[^"]*password[^"]*"[^>]*>')


def signed_in(user):
    """A browser that signed in by the page."""
    client = Client()
    assert client.post("/accounts/login/", {"login": user.email, "password": OLD}).status_code == 302
    return client


def change(client, old, new):
    return client.post("/accounts/password/change/", {"oldpassword": old, "password1": new, "password2": new})


def test_password_is_taken_as_typed_of_any_characters_and_more_than_64():
    user = MembershipFactory().user
    assert len(NEW) > 64
    assert change(signed_in(user), OLD, NEW).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    others = (NEW.strip(), NEW.lower(), NEW[:64], NEW[:-1])
    assert [user.check_password(other) for other in others] == [False] * 4


def test_password_changes_with_the_current_one_only_and_signs_every_browser_out():
    user = MembershipFactory().user
    here, elsewhere = signed_in(user), signed_in(user)
    assert change(here, "wrong horse battery", NEW).status_code == 200
    user.refresh_from_db()
    assert user.check_password(OLD)
    assert change(here, OLD, NEW).status_code == 302
    assert [client.get("/settings/team/").status_code for client in (here, elsewhere)] == [302, 302]


@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/accounts/password/change/", "/accounts/reauthenticate/"]
)
def test_field_of_a_password_hides_it_and_lets_managers_and_pasting_in(address):
    client = Client() if "login" in address else signed_in(MembershipFactory().user)
    fields = INPUT.findall(client.get(address).content.decode())
    assert fields
    for field in fields:
        assert 'type="password"' in field
        assert 'autocomplete="off"' not in field
        assert 'maxlength="' not in field
        assert "onpaste" not in field


def test_old_password_keeps_opening():
    user = UserFactory()
    user.date_joined = user.date_joined.replace(year=2001)
    user.save(update_fields=["date_joined"])
    assert signed_in(user).get("/accounts/password/change/").status_code == 200


@pytest.mark.parametrize("word", WORDS)
def test_password_of_the_portals_own_words_is_refused(word):
    for password in (f"{word}-{word}-{word}", f"Shipby{word.title()}2026!"):
        with pytest.raises(ValidationError):
            validate_password(password)


@override_settings(HOST="sales.lantern-pine.example")
def test_name_of_the_operators_host_counts_as_such_a_word():
    with pytest.raises(ValidationError):
        validate_password("Lantern-Pine-2026")
    validate_password("Lantern zebra tulip wave")


def test_confirming_ones_identity_begins_another_session_and_ends_the_earlier_one():
    user = MembershipFactory().user
    client = signed_in(user)
    before = client.session.session_key
    assert client.post("/accounts/reauthenticate/", {"password": "wrong"}).status_code == 200
    assert client.session.session_key == before
    assert client.post("/accounts/reauthenticate/", {"password": OLD}).status_code == 302
    after = client.session.session_key
    assert after != before
    assert list(Session.objects.values_list("session_key", flat=True)) == [after]
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [after]
    assert client.get("/settings/team/").status_code == 200


@pytest.mark.parametrize("minutes", [12 * 60 - 1, 12 * 60 + 1])
def test_session_ends_after_twelve_hours(minutes):
    client = signed_in(MembershipFactory().user)
    session = client.session
    session[BEGAN] = timezone.now().timestamp() - minutes * 60
    session.save()
    assert client.get("/settings/team/").status_code == (200 if minutes < 12 * 60 else 302)


def test_session_of_somebody_who_signed_out_opens_nothing():
    client = signed_in(MembershipFactory().user)
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/accounts/logout/")
    assert not Session.objects.filter(session_key=kept).exists()
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert thief.get("/settings/team/").status_code == 302


@pytest.mark.parametrize(
    "address", ["/accounts/2fa/totp/activate/", "/accounts/2fa/recovery-codes/generate/"]
)
def test_changes_of_ones_own_account_ask_for_the_password_again(address):
    client = signed_in(MembershipFactory().user)
    session = client.session
    proofs = session[PROOFS]
    session[PROOFS] = [{**proof, "at": proof["at"] - 301} for proof in proofs]
    session.save()
    assert client.get(address)["Location"].startswith("/accounts/reauthenticate/")


def test_code_of_an_app_and_of_recovery_works_once(monkeypatch):
    user = UserFactory()
    secret = generate_totp_secret()
    monkeypatch.setattr(
        "allauth.mfa.totp.internal.auth.yield_hotp_counters_from_time", lambda: iter([59_866_667])
    )
    code = format_hotp_value(hotp_value(secret, 59_866_667))
    app = TOTP.activate(user, secret)
    assert [app.validate_code(code), app.validate_code(code)] == [True, False]
    recovery = RecoveryCodes.activate(user)
    spare = recovery.generate_codes()[0]
    assert [recovery.validate_code(spare), recovery.validate_code(spare)] == [True, False]


def test_code_of_an_app_is_over_after_its_half_minute(monkeypatch):
    secret = generate_totp_secret()
    app = TOTP.activate(UserFactory(), secret)
    code = format_hotp_value(hotp_value(secret, 59_866_667))
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: 59_866_668 * 30.0)
    assert not app.validate_code(code)
