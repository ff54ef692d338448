"""Whoever sees buyers' data or moves money signs in with two factors, where REQUIRE_MFA is on."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

# Signing in and out, one's own account and the language stay open; the others let nobody in by a sign-in.
OPEN_ROUTES = ("accounts/", "i18n/", "settings/team/invitation/", "buyer/", "channels/")
OPEN_NAMES = ("healthz", "readyz", "livez")


class RequireMfaMiddleware:
    """Members and staff without a second factor are led to set one up before any other page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if not settings.REQUIRE_MFA or not is_lacking(request):
            return None
        messages.warning(request, _("Set up two-factor sign-in first: your work shows buyers' data."))
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(headers={"HX-Redirect": reverse("mfa_activate_totp")})
        return redirect("mfa_activate_totp")


def is_lacking(request: HttpRequest) -> bool:
    """Whether this page asks for a second factor that the person does not have yet."""
    if is_open(request):
        return False
    user = request.user
    if not user.is_authenticated or not (user.is_staff or getattr(request, "membership", None)):
        return False
    return not is_mfa_enabled(user)


def is_open(request: HttpRequest) -> bool:
    """Return whether the page shows nothing that only a sign-in opens."""
    match = request.resolver_match
    return match is None or match.route.startswith(OPEN_ROUTES) or match.url_name in OPEN_NAMES
