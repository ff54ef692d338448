"""What every answer tells the browser, whoever asks for what; the names of cookies; programs without TLS."""

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory, override_settings
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser

from tests.config.test_settings import production

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "script-src 'self'",
}


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/", 302),
        ("get", "/accounts/login/", 200),
        ("get", "/admin/", 302),
        ("get", "/nothing/here/", 404),
        ("get", "/buyer/nobody/", 404),
        ("get", "/livez", 200),
        ("get", "/healthz", 200),
        ("get", "/static/script.js", 200),
        ("get", "/channels/web/orders/", 405),
        ("post", "/channels/web/orders/", 401),
        ("post", "/webhooks/stripe/", 400),
        ("trace", "/accounts/login/", 405),
    ],
)
def test_each_answer_names_its_type_and_keeps_browsers_from_guessing_and_framing(
    method, address, status, tmp_path
):
    (tmp_path / "script.js").write_text("1;")
    with override_settings(
        STATIC_ROOT=tmp_path, SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True
    ):
        answer = getattr(Client(), method)(address, secure=True)
        head = answer.headers
    assert answer.status_code == status
    assert set(head["Content-Security-Policy"].split("; ")) >= POLICY
    assert head["X-Content-Type-Options"] == "nosniff"
    assert head["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert head["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Access-Control-Allow-Origin" not in head
    if answer.getvalue():
        assert head["Content-Type"].startswith(("text/", "application/json"))


def test_text_says_its_charset():
    assert Client().get("/accounts/login/")["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:443", "a_b"])
def test_host_that_is_not_ours_gets_no_page(host):
    answer = Client().get("/accounts/login/", headers={"Host": host})
    assert answer.status_code == 400
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


@override_settings(SECURE_SSL_REDIRECT=True)
def test_program_without_tls_is_refused_and_person_is_led_to_https():
    client = Client()
    for address in ("/channels/web/orders/", "/webhooks/stripe/"):
        assert client.post(address, headers={"Authorization": "Bearer secret"}).status_code == 403
        assert client.post(address, secure=True).status_code in (400, 401)
    assert client.get("/accounts/login/")["Location"] == "https://testserver/accounts/login/"


def test_cookies_of_production_are_bound_to_https_and_host():
    names = [
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_NAME",
        "LANGUAGE_COOKIE_NAME",
        "THEME_COOKIE_NAME",
        "PLACE_COOKIE_NAME",
    ]
    attributes = [
        f"{cookie}_COOKIE_{attribute}"
        for cookie in ("SESSION", "CSRF", "LANGUAGE")
        for attribute in ("SECURE", "HTTPONLY", "SAMESITE")
    ]
    said = production(
        ", ".join(f"settings.{name}" for name in names + attributes) + ", settings.MESSAGE_STORAGE"
    )
    assert said == str(
        (
            *(
                "__Host-session",
                "__Host-csrf",
                "__Host-django_language",
                "__Host-theme",
                "__Secure-orders_place",
            ),
            *(True, True, "Lax") * 3,
            "django.contrib.messages.storage.session.SessionStorage",
        )
    )


@pytest.mark.parametrize(
    ("cookies", "seen"),
    [
        ({}, "auto"),
        ({"theme": "dark"}, "dark"),
        ({"theme": "light"}, "light"),
        ({"theme": '"><script>'}, "auto"),
    ],
)
def test_theme_is_one_of_three_whatever_the_cookie_says(cookies, seen):
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)
    assert Template("{% theme %}").render(Context({"request": request})) == seen
    assert Template("{% theme %}").render(Context()) == "auto"


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: +4",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding : chunked",
    ],
)
def test_request_of_two_lengths_is_refused(lengths):
    raw = f"POST / HTTP/1.1\r\nHost: testserver\r\n{lengths}\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n"
    parser = RequestParser(Config(), iter([raw.encode()]), ("127.0.0.1", 1))
    with pytest.raises(ParseException):
        next(parser)
