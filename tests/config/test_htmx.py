"""htmx gets a piece of the page where it asked for one, and the whole sign-in page where it may not."""

import pytest
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from config.htmx import template_for


def which(request: HttpRequest) -> HttpResponse:
    return HttpResponse(template_for(request, "orders/detail.html", "panel"))


@login_required
def members(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


urlpatterns = [path("which", which), path("members", members), path("accounts/", include("allauth.urls"))]


@pytest.mark.parametrize(
    ("headers", "template"),
    [
        ({}, "orders/detail.html"),
        ({"HX-Request": "true"}, "orders/detail.html#panel"),
        ({"HX-Request": "true", "HX-Boosted": "true"}, "orders/detail.html"),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, "orders/detail.html"),
    ],
)
def test_the_whole_page_or_its_piece(headers: dict[str, str], template: str, client: Client) -> None:
    with override_settings(ROOT_URLCONF=__name__):
        assert client.get("/which", headers=headers).content.decode() == template


@pytest.mark.django_db
def test_a_signed_out_person_gets_the_whole_sign_in_page(client: Client) -> None:
    with override_settings(ROOT_URLCONF=__name__):
        by_htmx = client.get("/members", headers={"HX-Request": "true"})
        by_browser = client.get("/members")
    assert (by_htmx.status_code, by_htmx["HX-Redirect"]) == (200, "/accounts/login/?next=/members")
    assert (by_browser.status_code, by_browser["Location"]) == (302, "/accounts/login/?next=/members")
