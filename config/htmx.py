"""What a page answers to htmx."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.middleware import HtmxDetails


def template_for(request: HttpRequest, page: str, partial: str) -> str:
    """The whole page, or its named partial when htmx asked for a piece of it."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    piece = htmx and not (htmx.boosted or htmx.history_restore_request)
    return f"{page}#{partial}" if piece else page


class LoginRedirectMiddleware:
    """A signed-out person whose htmx asks for a piece gets the whole login page, not one inside a panel."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        target = response.headers.get("Location", "")
        to_login = response.status_code == 302 and target.startswith(resolve_url(settings.LOGIN_URL))
        if to_login and request.headers.get("HX-Request") == "true":
            return HttpResponse(headers={"HX-Redirect": target})
        return response
