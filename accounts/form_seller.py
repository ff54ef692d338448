"""A form acts for the seller it was made for, or is refused, whatever another tab chose meanwhile."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django_htmx.http import push_url, reswap, retarget

from accounts import form_page, mfa_policy
from accounts.form_page import SELLER_FIELD
from accounts.models import Seller

HEADER = "X-For-Seller"
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
# Like the pages that are open to everyone, they act for no seller.
OPEN_ROUTES = (
    "admin/",
    "settings/seller/",
    "notifications/unsubscribe/",
    "notifications/confirm/",
    "webhooks/",
)


class FormSellerMiddleware:
    """Answers 409 to a form that was made for another seller than the person works for now, before any view.

    A person of several sellers needs the field in each form, so that a form without it is found out. What htmx
    or a script asks for with the header is compared too: a page shows nothing of another seller.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_args: object) -> HttpResponse | None:
        if mfa_policy.is_open(request) or _is_no_sellers(request):
            return None
        return refusal_of(request, view)


def refusal_of(request: HttpRequest, view: Any) -> HttpResponse | None:
    """Return the 409 for a form that was made for another seller than the person works for now, else None."""
    seller: Seller | None = getattr(request, "seller", None)
    if seller is None:
        return None
    claims = _claims(request, view)
    if not claims:
        is_certain = len(request.memberships) == 1  # type: ignore[attr-defined]
        return None if is_certain or request.method in SAFE else _refusal(request, None)
    others = sorted(claims - {str(seller.pk)})
    return _refusal(request, others[0]) if others else None


def _is_no_sellers(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.route.startswith(OPEN_ROUTES)


def _claims(request: HttpRequest, view: Any) -> set[str]:
    """Return whom the page was made for, as each place says it. An upload that isn't read says so in its address."""
    claims = [request.headers.get(HEADER)]
    if request.method not in SAFE:
        claims.append(request.GET.get(SELLER_FIELD))
        if not getattr(view, "csrf_exempt", False):
            claims.append(request.POST.get(SELLER_FIELD))
    return {claim for claim in claims if claim is not None}


def _refusal(request: HttpRequest, claimed: str | None) -> HttpResponse:
    """Say which seller the form belongs to and which one is active, and offer the switch back."""
    memberships = request.memberships  # type: ignore[attr-defined]
    owner = next((each.seller for each in memberships if str(each.seller_id) == claimed), None)
    context = {
        "owner": owner,
        "is_named": claimed is not None,
        "page": form_page.path_of(request, reverse("home")),
    }
    page = "accounts/other_seller.html"
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, page, context, status=409)
    response = render(request, f"{page}#notice", context, status=409)
    return push_url(reswap(retarget(response, "#content"), "innerHTML"), False)
