"""The addresses that the frame links to, and one page that shows every component."""

from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils.http import urlencode

from tests.look import sample


def show(request: HttpRequest) -> HttpResponse:
    """The page of components, as a member of two sellers sees it."""
    sellers = [SimpleNamespace(pk=None, name="Cascade Kitchen"), SimpleNamespace(pk=2, name="蓝海贸易")]
    request.user = SimpleNamespace(pk=None, is_authenticated=True, name="Alice", email="alice@example.com")
    request.seller = sellers[0]
    request.memberships = [SimpleNamespace(seller_id=each.pk, seller=each) for each in sellers]
    return render(request, "look/page.html", sample.context())


def sent(request: HttpRequest) -> HttpResponse:
    """Where the forms of the page go."""
    return HttpResponse(urlencode(request.POST), content_type="text/plain")


orders = [path("", show, name="list"), path("sent/", sent, name="sent")]
accounts = [path("team/", show, name="team"), path("seller/", sent, name="switch_seller")]
urlpatterns = [
    path("", show, name="home"),
    path("orders/", include((orders, "orders"))),
    path("settings/", include((accounts, "accounts"))),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
