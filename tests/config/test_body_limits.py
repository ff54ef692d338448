"""Bodies are judged before they are read: by their length, the page, and who sends them."""

from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.models import ChannelToken
from config import limits
from config.limits import BodyLimit
from tests.factories import ChannelFactory, MembershipFactory

pytestmark = pytest.mark.django_db
FORM = "multipart/form-data; boundary=x"
HUGE = 600 * 1024 * 1024


class Slow(BytesIO):
    """A body whose client does not send on."""

    def read(self, *_size: Any) -> bytes:
        raise TimeoutError


class Untouched(BytesIO):
    """A body of which no byte may be read."""

    def read(self, *_size: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read1 = readinto = read  # type: ignore[assignment]


def send(client: Client, path: str, length: int, content_type: str = FORM, **more: Any) -> Any:
    """Post a body that says to have this length."""
    environ = {"CONTENT_LENGTH": str(length), "wsgi.input": Untouched(), **more}
    return client.generic("POST", path, b"x", content_type, **environ)


def stranger() -> Client:
    """A browser with the cookie of the sign-in page, whose token would be looked for in the body."""
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    return client


@pytest.fixture
def member() -> Client:
    client = stranger()
    client.force_login(MembershipFactory().user)
    return client


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/accounts/login/", 413),
        ("/accounts/password/reset/", 413),
        ("/admin/login/", 413),
        ("/i18n/setlang/", 413),
        ("/orders/113-0000000-0000001/messages/write/", 413),
        ("/orders/113-0000000-0000001/cancel/", 413),
        ("/channels/web/orders/", 413),
        ("/webhooks/stripe/", 413),
        ("/buyer/forged:token/messages/", 413),
        # The page of feeds judges members' files itself.
        ("/feeds/upload/", 302),
        ("/nowhere/", 404),
    ],
)
def test_anonymous_600_megabytes_are_refused_unread(path: str, status: int) -> None:
    assert send(stranger(), path, HUGE).status_code == status


def test_refusal_names_the_limit(member: Client) -> None:
    answer = send(member, "/cases/open/", limits.FORM + 1)
    assert answer.status_code == 413
    assert "The request is larger than 1.0\xa0MB. Nothing was changed." in answer.content.decode()


def test_stranger_signs_in_before_a_body_that_members_may_send_is_read() -> None:
    path = "/orders/113-0000000-0000001/messages/write/"
    answer = send(stranger(), path, 5 * limits.MEGABYTE)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")


def test_open_page_says_that_a_strangers_form_is_too_large() -> None:
    for path in ("/accounts/login/", "/buyer/forged:token/ask/", "/settings/team/invitation/x/"):
        assert send(stranger(), path, limits.STRANGER + 1).status_code == 413


def test_feed_that_is_too_large_is_refused_by_its_page(member: Client) -> None:
    answer = send(member, "/feeds/upload/", HUGE)
    assert answer.status_code == 422
    assert "larger than 50 MB" in answer.content.decode()


@pytest.mark.parametrize(("size", "status"), [(limits.STRANGER, 403), (limits.STRANGER + 1, 302)])
def test_limit_is_to_the_byte(size: int, status: int) -> None:
    answer = stranger().post("/cases/open/", b"x" * size, "application/x-www-form-urlencoded")
    assert answer.status_code == status


def test_body_of_unknown_length_is_refused_unread(member: Client) -> None:
    answer = send(member, "/cases/open/", 0, HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status_code == 411


def test_channels_token_is_judged_before_the_body() -> None:
    answer = send(Client(), "/channels/web/orders/", 1000, "application/json", HTTP_AUTHORIZATION="Bearer x")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("length", "body", "status", "rule"),
    [(2_000_000, Untouched(), 413, "too_large"), (100, Slow(), 408, "timeout")],
)
def test_channels_are_refused_in_json(length: int, body: BytesIO, status: int, rule: str) -> None:
    _token, secret = ChannelToken.issue(ChannelFactory(slug="web"), now=clock.now())
    more = {"HTTP_AUTHORIZATION": f"Bearer {secret}", "wsgi.input": body}
    answer = send(Client(), "/channels/web/orders/", length, "application/json", **more)
    assert (answer.status_code, answer.json()["errors"][0]["rule"]) == (status, rule)


def test_forged_link_of_a_buyer_is_refused_before_its_files_are_read() -> None:
    assert send(Client(), "/buyer/forged:token/messages/", 5 * limits.MEGABYTE).status_code == 404


def test_small_body_of_a_stranger_is_never_written_to_disk() -> None:
    assert settings.FILE_UPLOAD_MAX_MEMORY_SIZE >= limits.STRANGER


def test_twin_without_the_limit_reads_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PAGE", BodyLimit(2**63, 2**63))
    with pytest.raises(AssertionError, match="the body was read"):
        send(stranger(), "/cases/open/", HUGE)


def test_pages_in_the_table_exist() -> None:
    arguments = {
        "messaging:write": ["113-0000000-0000001"],
        "messaging:buyer": ["t"],
        "channels:orders": ["web"],
    }
    for name in limits.BODIES:
        assert reverse(name, args=arguments.get(name, []))
