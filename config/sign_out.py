"""Signing out leaves nothing of the person's work in the browser."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from orders.lists.place import COOKIE


class SignOutMiddleware:
    """The answer to a sign-out forgets the last list and asks the browser to empty its cache and storage."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "POST" and request.path in (reverse("account_logout"), reverse("admin:logout")):
            response.delete_cookie(COOKIE, path=reverse("orders:list"))
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
