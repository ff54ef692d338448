"""Second factors: encrypted in the database under a key of their own, and not to be removed by a password alone."""

import importlib
import json

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import encryption
from tests.factories import UserFactory
from tests.sign_in import refresh

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OLD, NEW = "an old key " * 5, "a new key of today " * 3
REMOVE, CODES = "/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/generate/"
AGAIN, BY_CODE = "/accounts/reauthenticate/", "/accounts/2fa/reauthenticate/"


@pytest.fixture(autouse=True)
def _tolerance(settings):
    """A new code may fall due between making one and sending it."""
    settings.MFA_TOTP_TOLERANCE = 1


@pytest.fixture
def user():
    """Somebody with an authenticator app and recovery codes."""
    user = UserFactory()
    totp.TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


@pytest.fixture
def client(user):
    client = Client()
    client.force_login(user)
    return client


def kept(user):
    """Return what the database holds of the secrets: of the app and of the recovery codes."""
    data = {each.type: each.data for each in Authenticator.objects.filter(user=user)}
    return data["totp"]["secret"], data["recovery_codes"]["seed"]


def code():
    """Return what the app shows now."""
    _last, now, _next = sorted(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(SECRET, now))


def test_secrets_are_encrypted_in_the_database_and_still_work(user):
    secret, seed = kept(user)
    assert (secret.startswith("gAAAA"), seed.startswith("gAAAA"), SECRET in secret) == (True, True, False)
    assert totp.TOTP(user.authenticator_set.get(type="totp")).validate_code(code())
    codes = RecoveryCodes(user.authenticator_set.get(type="recovery_codes"))
    first = codes.get_unused_codes()[0]
    assert (codes.validate_code(first), codes.validate_code(first)) == (True, False)


def test_first_key_encrypts_and_every_key_decrypts(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    text = encryption.encrypt("secret")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert (encryption.decrypt(text), encryption.is_current(text)) == ("secret", False)
    assert encryption.is_current(encryption.encrypt("secret"))
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(encryption.KeyMissing, match="Add the old key"):
        encryption.decrypt(text)


def test_rotate_keys_encrypts_anew_and_loses_no_used_code(user, settings, capsys):
    codes = RecoveryCodes(user.authenticator_set.get(type="recovery_codes"))
    used = codes.get_unused_codes()[0]
    codes.validate_code(used)
    before, settings.ENCRYPTION_KEYS = kept(user), [NEW, *settings.ENCRYPTION_KEYS]
    call_command("rotate_keys", "--dry-run", "--json")
    assert json.loads(capsys.readouterr().out) == {"rotated": 0, "outdated": 2, "dry_run": True}
    assert kept(user) == before
    call_command("rotate_keys", "--json")
    assert json.loads(capsys.readouterr().out) == {"rotated": 2, "outdated": 0, "dry_run": False}
    settings.ENCRYPTION_KEYS = [NEW]
    assert totp.TOTP(user.authenticator_set.get(type="totp")).validate_code(code())
    codes = RecoveryCodes(user.authenticator_set.get(type="recovery_codes"))
    assert (used in codes.get_unused_codes(), len(codes.get_unused_codes())) == (False, 9)


def test_rotate_keys_names_the_secret_whose_key_is_missing(user, settings):
    before, settings.ENCRYPTION_KEYS = kept(user), [NEW]
    with pytest.raises(CommandError, match="Add the old key"):
        call_command("rotate_keys")
    assert kept(user) == before


def test_migration_encrypts_what_was_in_clear_text_and_goes_back(user):
    step = importlib.import_module("accounts.migrations.0015_encrypt_second_factors")
    encrypted = kept(user)
    step.decrypt(apps, None)
    secret, seed = kept(user)
    assert (secret, len(seed)) == (SECRET, 80)
    assert totp.TOTP(user.authenticator_set.get(type="totp")).validate_code(code())
    step.encrypt(apps, None)
    assert [encryption.decrypt(text) for text in kept(user)] == [secret, seed]
    assert all(text.startswith("gAAAA") for text in kept(user))
    assert set(kept(user)).isdisjoint(encrypted)
    once = kept(user)
    step.encrypt(apps, None)
    assert kept(user) == once


@pytest.mark.parametrize("url", [REMOVE, CODES])
def test_password_alone_neither_removes_the_second_factor_nor_makes_new_codes(client, user, url):
    before = kept(user)
    client.post(url)
    response = client.post(f"{AGAIN}?next={url}", {"password": "correct horse battery"})
    assert response["Location"].startswith(BY_CODE)
    client.post(url)
    assert kept(user) == before


def test_without_the_adapters_word_the_password_alone_removes_it(client, user, monkeypatch):
    """The twin: allauth itself takes either of the two."""
    own = DefaultAccountAdapter.get_reauthentication_methods
    monkeypatch.setattr("accounts.adapter.AccountAdapter.get_reauthentication_methods", own)
    client.post(f"{AGAIN}?next={REMOVE}", {"password": "correct horse battery"})
    client.post(REMOVE)
    assert not user.authenticator_set.exists()


@pytest.mark.parametrize("url", [REMOVE, CODES])
def test_second_factor_of_a_moment_ago_removes_it_or_makes_new_codes(client, user, url):
    before = kept(user)
    client.post(f"{BY_CODE}?next={url}", {"code": code()})
    assert client.post(url).status_code == 302
    left = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    assert left == (set() if url == REMOVE else {"totp", "recovery_codes"})
    assert url == REMOVE or kept(user)[1] != before[1]


def test_second_factor_of_long_ago_is_asked_for_again(client, user):
    refresh(client, user, method="mfa", seconds=301)
    assert client.post(REMOVE)["Location"].startswith(BY_CODE)


def test_person_without_a_second_factor_signs_in_again_by_password():
    user = UserFactory()
    client = Client()
    client.force_login(user)
    response = client.post(
        f"{AGAIN}?next=/accounts/2fa/totp/activate/", {"password": "correct horse battery"}
    )
    assert response["Location"] == "/accounts/2fa/totp/activate/"
