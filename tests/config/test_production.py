"""Production refuses to start with what opens a door, unless the operator names the exception."""

from typing import Any

import pytest

from config import env, production
from config.env import SettingRefused
from tests.config.test_env import PRODUCTION, manage

SMTP = "django.core.mail.backends.smtp.EmailBackend"
SOUND: dict[str, Any] = {
    "DEBUG": False,
    "SECURE": True,
    "REQUIRE_MFA": True,
    "EMAIL_BACKEND": SMTP,
    "EMAIL_HOST": "mail.example.com",
    "EMAIL_USE_TLS": True,
    "EMAIL_USE_SSL": False,
    "STRIPE_API_BASE": "https://api.stripe.com",
    "DATABASES": {"default": {"HOST": "db.example.com", "OPTIONS": {"sslmode": "verify-full"}}},
    "REDIS_URL": "rediss://r.example.com/0?ssl_cert_reqs=required&ssl_check_hostname=true",
    "CLAMAV_URL": "",
}


def database(host: str, **options: str) -> dict[str, Any]:
    return {"DATABASES": {"default": {"HOST": host, "OPTIONS": options}}}


BROKEN = [
    ("debug", {"DEBUG": True}, "DEBUG is on"),
    ("http", {"SECURE": False}, "PUBLIC_BASE_URL starts with http://"),
    ("no-mfa", {"REQUIRE_MFA": False}, "REQUIRE_MFA is off"),
    ("mail", {"EMAIL_USE_TLS": False}, "EMAIL_URL sends mail unencrypted"),
    ("mail", {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "prints it to the log"),
    ("stripe", {"STRIPE_API_BASE": "http://stripe.example.com"}, "STRIPE_API_BASE starts with http://"),
    ("database", database("db.example.com"), "without sslmode=verify-full"),
    ("database", database("db.example.com", sslmode="require"), "without sslmode=verify-full"),
    ("database", database("db.example.com", sslmode="verify-ca"), "without sslmode=verify-full"),
    ("database", database("localhost", hostaddr="203.0.113.9"), "without sslmode=verify-full"),
    ("database", database("localhost.example.com"), "without sslmode=verify-full"),
    ("redis", {"REDIS_URL": "redis://r.example.com/0"}, "without a verified connection"),
    ("redis", {"REDIS_URL": "rediss://r.example.com/0?ssl_cert_reqs=none"}, "without a verified connection"),
    ("scanner", {"CLAMAV_URL": "tcp://clamav.example.com:3310"}, "CLAMAV_URL names another machine"),
]


@pytest.mark.parametrize(("word", "broken", "says"), BROKEN)
def test_open_door_is_refused_with_a_sentence_and_allowed_by_its_word(
    word: str, broken: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingRefused) as refusal:
        production.check(SOUND | broken, allowed=[])
    assert says in str(refusal.value)
    assert str(refusal.value).endswith(f"To accept that, add “{word}” to ALLOW_INSECURE.")
    production.check(SOUND | broken, allowed=[word])


@pytest.mark.parametrize("word", sorted({rule.word for rule in production.RULES}))
def test_each_word_allows_one_thing_only(word: str) -> None:
    for other, broken, _says in BROKEN:
        if other != word:
            with pytest.raises(SettingRefused):
                production.check(SOUND | broken, allowed=[word])


@pytest.mark.parametrize(
    "sound",
    [
        {},
        {"EMAIL_USE_TLS": False, "EMAIL_USE_SSL": True},
        {"EMAIL_USE_TLS": False, "EMAIL_HOST": "127.0.0.1"},
        {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_USE_TLS": True},
        database("localhost"),
        database("127.0.0.2"),
        database("::1"),
        database("/var/run/postgresql"),
        {"REDIS_URL": "redis://127.0.0.1:6379/0"},
        {"REDIS_URL": "unix:///run/redis.sock"},
        {"CLAMAV_URL": "tcp://127.0.0.1:3310"},
        {"CLAMAV_URL": "unix:///run/clamav/clamd.ctl"},
    ],
)
def test_what_stays_on_this_machine_or_is_verified_starts(sound: dict[str, Any]) -> None:
    production.check(SOUND | sound, allowed=[])


def test_unknown_exception_is_refused_for_it_may_be_a_slip() -> None:
    with pytest.raises(
        SettingRefused, match="ALLOW_INSECURE has the word “htttp”; it can have database, debug"
    ):
        production.check(SOUND, allowed=["htttp"])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"DEBUG": "yes"}, "DEBUG is on"),
        ({"PUBLIC_BASE_URL": "http://shipby.example"}, "PUBLIC_BASE_URL starts with http://"),
        ({"REQUIRE_MFA": "no"}, "REQUIRE_MFA is off"),
        ({"EMAIL_URL": "smtp://mail.example.com:25?tls=no"}, "EMAIL_URL sends mail unencrypted"),
        ({"STRIPE_API_BASE": "http://localhost:9"}, "STRIPE_API_BASE starts with http://"),
        ({"DATABASE_URL": "postgresql://app:none@db.example.com/shipby"}, "without sslmode=verify-full"),
        ({"REDIS_URL": "redis://r.example.com"}, "without a verified connection"),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_settings_of_production_do_not_start(given: dict[str, str], says: str) -> None:
    done = manage("check", **PRODUCTION | given)
    assert done.returncode == 1
    assert done.stderr.startswith("The portal does not start: ")
    assert says in done.stderr
    assert "none@" not in done.stderr


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("redis://h/0", "redis://h/0"),
        ("unix:///run/redis.sock", "unix:///run/redis.sock"),
        ("rediss://:p@h:1/0", "rediss://:p@h:1/0?ssl_cert_reqs=required&ssl_check_hostname=true"),
        (
            "rediss://h/0?ssl_ca_certs=/ca.pem&ssl_cert_reqs=none",
            "rediss://h/0?ssl_cert_reqs=none&ssl_check_hostname=true&ssl_ca_certs=%2Fca.pem",
        ),
    ],
)
def test_encrypted_redis_is_verified_unless_the_address_says_not_to(
    given: str, read: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROKER", given)
    assert env.redis("BROKER") == read


def test_earlier_secret_key_is_as_strong_as_the_current_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYS", f"{'0123456789' * 5}, short")
    with pytest.raises(SettingRefused, match="KEYS is too easy to guess"):
        env.secrets("KEYS")
    monkeypatch.setenv("KEYS", f"{'0123456789' * 5}, {'abcdefghij' * 5}")
    assert env.secrets("KEYS") == ["0123456789" * 5, "abcdefghij" * 5]
