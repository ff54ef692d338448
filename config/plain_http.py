"""Programs that call without TLS are refused: a redirect would hide that their token was sent unencrypted."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from config import errors

PROGRAMS = ("/channels/", "/webhooks/")


class PlainHttpMiddleware:
    """Refuse sales channels and webhooks over http. People are led to https by Django's SecurityMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (
            settings.SECURE_SSL_REDIRECT
            and request.path_info.startswith(PROGRAMS)
            and not request.is_secure()
        ):
            return errors.forbidden(request, PermissionDenied(_("Use https://. Nothing was read.")))
        return self.get_response(request)
