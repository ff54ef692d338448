"""One function says where a request comes from; no header of the client's own changes it."""

import logging

import pytest
from allauth.account.adapter import get_adapter
from django.test import Client, RequestFactory

from accounts import client

PEER, PROXY, CLIENT, INVENTED = "10.0.0.7", "203.0.113.5", "198.51.100.9", "192.0.2.66"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "", PEER),
        (0, INVENTED, PEER),
        (1, "", PEER),
        (1, CLIENT, CLIENT),
        (1, f"{INVENTED}, {CLIENT}", CLIENT),
        (1, f"{INVENTED},{INVENTED},{CLIENT}", CLIENT),
        (2, f"{INVENTED}, {CLIENT}, {PROXY}", CLIENT),
        (2, f"{CLIENT}, {PROXY}", CLIENT),
        # Not through both proxies: somebody reached the inner one, or the web, directly.
        (2, INVENTED, PEER),
        (1, "unknown", PEER),
        (1, f"{INVENTED}, _hidden", PEER),
        (1, "198.51.100.9:51234", CLIENT),
        (1, "[2001:db8::9]:51234", "2001:db8::9"),
        (1, "2001:DB8:0::9", "2001:db8::9"),
        (1, "::ffff:198.51.100.9", CLIENT),
        (1, "1; DROP TABLE", PEER),
    ],
)
def test_address_is_what_our_own_proxies_saw(proxies, forwarded, found, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    more = {"X-Real-IP": INVENTED, "Forwarded": f"for={INVENTED}", "Client-IP": INVENTED}
    request = RequestFactory().get("/", REMOTE_ADDR=PEER, headers=headers | more)
    assert client.address(request) == found
    assert get_adapter().get_client_ip(request) == found


def test_behind_a_socket_there_is_no_address(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    request = RequestFactory().get("/", REMOTE_ADDR="")
    assert client.address(request) == ""
    assert get_adapter().get_client_ip(request) == "::"


def sign_ins(addresses, **more):
    """Which failed sign-ins were throttled, each for another account, with these X-Forwarded-For."""
    return [
        b"Too many"
        in Client()
        .post(
            "/accounts/login/",
            {"login": f"nobody{number}@example.com", "password": "wrong lantern"},
            headers={"X-Forwarded-For": forwarded},
            REMOTE_ADDR=PEER,
            **more,
        )
        .content
        for number, forwarded in enumerate(addresses)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("proxies", [0, 1])
def test_invented_addresses_do_not_lift_the_throttle_of_sign_in(proxies, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    forwarded = [f"192.0.2.{number}" + f", {CLIENT}" * proxies for number in range(12)]
    assert sign_ins(forwarded) == [False] * 10 + [True] * 2


@pytest.mark.django_db
def test_clients_behind_our_proxy_have_a_throttle_each(settings):
    """The twin: what the proxy itself saw does count."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert set(sign_ins([f"198.51.100.{number}" for number in range(12)])) == {False}


@pytest.mark.django_db
def test_log_names_the_address_that_the_throttle_counts_by(settings, caplog):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    caplog.set_level(logging.INFO)
    headers = {"X-Forwarded-For": f"{INVENTED}, {CLIENT}", "X-Real-IP": INVENTED}
    Client().get("/accounts/login/", headers=headers, REMOTE_ADDR=PEER)
    written = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    finished = [line for line in written if line["event"] == "request_finished"]
    assert [line["ip"] for line in finished] == [CLIENT]
