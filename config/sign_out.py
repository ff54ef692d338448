"""Signing out leaves nothing of the person's work in the browser."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from orders.lists.place import COOKIE

SIGN_OUTS = ("account_logout", "admin:logout")


class SignOutMiddleware:
    """The answer to a sign-out forgets the last list and asks the browser to empty its cache and storage."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        match = request.resolver_match  # none where the request was refused before it had a view
        if request.method == "POST" and match and match.view_name in SIGN_OUTS:
            response.delete_cookie(COOKIE, path=reverse("orders:list"))
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
