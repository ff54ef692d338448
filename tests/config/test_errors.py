"""Errors on the channels' paths are JSON, early ones too; everybody else reads a page."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from config import urls as portal


def forbid(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("The token has expired.")


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret of the inside")


def read_body(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.body)))


handler400, handler403 = portal.handler400, portal.handler403
handler404, handler500 = portal.handler404, portal.handler500
urlpatterns = [
    path("channels/forbidden", forbid),
    path("channels/failing", fail),
    path("channels/body", read_body),
    path("forbidden", forbid),
    path("failing", fail),
]


@pytest.fixture(autouse=True)
def _addresses() -> object:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("address", "status", "code", "message"),
    [
        ("/channels/nothing", 404, "not_found", "There is no such page."),
        ("/channels/forbidden", 403, "forbidden", "The token has expired."),
        (
            "/channels/failing",
            500,
            "server_error",
            "Something went wrong on our side. Look at the record before you try again.",
        ),
    ],
)
def test_a_channel_reads_json(visitor: Client, address: str, status: int, code: str, message: str) -> None:
    response = visitor.get(address)
    problem = {"rule": code, "message": message, "field": "", "limit": None, "figure": None}
    assert (response.status_code, response.json()) == (status, {"errors": [problem]})


def test_an_error_before_any_view_is_json_too(visitor: Client) -> None:
    response = visitor.get("/channels/body", headers={"host": "evil.example"})
    assert (response.status_code, response.json()["errors"][0]["rule"]) == (400, "bad_request")


@pytest.mark.parametrize(("size", "status"), [(64 * 1024, 200), (2 * 1024 * 1024, 413)])
def test_a_body_larger_than_any_order_is_refused(visitor: Client, size: int, status: int) -> None:
    visitor.handler.enforce_csrf_checks = False
    response = visitor.post("/channels/body", b"x" * size, content_type="application/json")
    assert response.status_code == status


@pytest.mark.parametrize(("address", "status"), [("/nothing", 404), ("/forbidden", 403), ("/failing", 500)])
def test_a_person_reads_a_page_without_the_inside(visitor: Client, address: str, status: int) -> None:
    response = visitor.get(address)
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/html")
    assert b"a secret of the inside" not in response.content


def test_a_stale_form_is_explained(visitor: Client) -> None:
    visitor.handler.enforce_csrf_checks = True
    response = visitor.post("/forbidden", {})
    assert response.status_code == 403
