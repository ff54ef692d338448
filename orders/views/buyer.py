"""The buyer's own order page. Nobody signs in: the signed link is the right to see and to act (ADR 0004)."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.actors import Actor
from orders import buyer_links, buyer_page, cancel_requests, languages, lifecycle, slots
from orders.forms.buyer import AskForm
from orders.models import Order
from orders.refusals import Refused
from orders.states import CanceledBy, CancelReason

HEADERS = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
OrderView = Callable[..., HttpResponse]


def behind_link(view: OrderView) -> Callable[..., HttpResponse]:
    """Find the order that the link opens, in the buyer's language, on a page that is kept and found nowhere.

    A link that was changed is a 404, one that has expired or was revoked a 410 with a sentence. No CSRF token is asked
    for: the link itself cannot be guessed by another site, and a page without referrer sends no Origin that Django
    could check.
    """

    @csrf_exempt
    @never_cache
    @wraps(view)
    def opened(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
        try:
            response = _opened(request, token, view, more)
        except Order.DoesNotExist:
            raise Http404 from None
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return opened


def _opened(request: HttpRequest, token: str, view: OrderView, more: dict[str, Any]) -> HttpResponse:
    try:
        order = buyer_links.order_of(token, clock.now())
    except buyer_links.LinkOver as over:
        translation.activate(_language(request, over.order))
        context = {"sentence": over.sentence(), "marketplace": over.order.seller.marketplace}
        return render(request, "buyer/link_over.html", context, status=410)
    translation.activate(_language(request, order))
    return view(request, order, **more)


@behind_link
@require_http_methods(["GET", "HEAD"])
def order(request: HttpRequest, order: Order) -> HttpResponse:
    """The order in the buyer's words."""
    return _page(request, order)


@behind_link
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, order: Order) -> HttpResponse:
    """Ask once more, then cancel. Sent twice it is canceled once; refused, the page says why (O9)."""
    if request.method != "POST":
        context = _context(request, order)
        return (
            render(request, "buyer/cancel.html", context) if context["can_cancel"] else _back(request, order)
        )
    try:
        lifecycle.cancel(order, reason=CancelReason.BUYER_CANCELED, actor=Actor.buyer(), now=clock.now())
    except Refused as refusal:
        order = _again(order)
        if order.canceled_by != CanceledBy.BUYER:
            return _page(request, order, refusal=str(refusal), status=409)
    return _back(request, order)


@behind_link
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, order: Order) -> HttpResponse:
    """Ask the seller to cancel, with a note (O10). Sent twice it is one request."""
    if request.method != "POST":
        return _back(request, order)
    form = AskForm(request.POST)
    if not form.is_valid():
        return _page(request, order, form=form, status=422)
    try:
        cancel_requests.ask(order, note=form.cleaned_data["note"], actor=Actor.buyer(), now=clock.now())
    except Refused as refusal:
        return _page(request, _again(order), refusal=str(refusal), status=409)
    return _back(request, order)


def _page(
    request: HttpRequest, order: Order, *, form: AskForm | None = None, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = _context(request, order) | {"form": form or AskForm(), "refusal": refusal}
    return render(request, "buyer/order.html", context, status=status)


def _context(request: HttpRequest, order: Order) -> dict[str, Any]:
    """The order as it is at this moment, and what the page's links are made of."""
    token, now = buyer_links.token_of(order), clock.now()
    panels = slots.fill("buyer", order, token, now)
    return buyer_page.told(order, now) | {"token": token, "chosen": chosen(request), "panels": panels}


def _back(request: HttpRequest, order: Order) -> HttpResponse:
    return redirect(buyer_links.path_for(order) + chosen(request))


def _again(order: Order) -> Order:
    """The order as it is now, after somebody else was faster."""
    return buyer_links.order_of(buyer_links.token_of(order), clock.now())


def chosen(request: HttpRequest) -> str:
    """The language that was chosen on this page, to be carried along in its links."""
    code = request.GET.get("language")
    return f"?{urlencode({'language': code})}" if code in dict(settings.LANGUAGES) else ""


def _language(request: HttpRequest, order: Order) -> str:
    """Chosen here, or elsewhere on the site, or else the one in which the buyer ordered."""
    code = request.GET.get("language")
    if code in dict(settings.LANGUAGES):
        return code
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return translation.get_language_from_request(request)
    return languages.of_buyer(order)
