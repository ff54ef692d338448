"""The size of a body is judged before a byte of it is read, and a large one is read from people we know only."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, UnreadablePostError

from accounts import mfa_policy
from config import errors, limits


class BodyLimitMiddleware:
    """Answers 413 to a body past the page's limit, and 411 to one of unknown length.

    A body that a member may send, but a stranger not, leads strangers to the sign-in. It belongs before the
    middleware that looks for the CSRF token, which reads the whole body.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponseBase | None:
        if "Transfer-Encoding" in request.headers:
            return errors.length_required(request)
        length = content_length(request)
        match = request.resolver_match
        limit = limits.BODIES.get(match.view_name, limits.PAGE) if match else limits.PAGE
        if length <= limit.anonymous:
            return None
        if length > limit.signed_in:
            return errors.too_large(request, limit.signed_in)
        return None if request.user.is_authenticated else _refuse_stranger(request, limit.anonymous)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer 408 to a client that was too slow, or went away, while a page read its body."""
        return errors.request_timeout(request) if isinstance(exception, UnreadablePostError) else None


def _refuse_stranger(request: HttpRequest, limit: int) -> HttpResponseBase:
    """Lead to the sign-in, whose session may have ended while a form was filled in; open pages have none."""
    if mfa_policy.is_open(request):
        return errors.too_large(request, limit)
    return redirect_to_login(request.get_full_path())


def content_length(request: HttpRequest) -> int:
    """Return the bytes that the request says it has; the server lets no more be read."""
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isascii() and text.isdigit() else 0
