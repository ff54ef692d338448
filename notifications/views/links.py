"""What the links in mails open, signed in or not. Looking changes nothing; a button, or the mail program, does."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import clock
from notifications import addresses
from notifications import unsubscribe as links
from notifications.models import Recipient

METHODS = ["GET", "HEAD", "POST"]


# The link itself is the proof, and a mail program's one click (RFC 8058) carries no token of ours.
@csrf_exempt
@never_cache
@require_http_methods(METHODS)
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask which mails are to stop, and stop them. A link that was changed is a 404."""
    try:
        to, kind = links.read(token)
    except Recipient.DoesNotExist:
        raise Http404 from None
    stops_all = request.POST.get("all") == "1"
    if request.method == "POST":
        to = links.stop(to, kind, all_kinds=stops_all)
    context = {"to": to, "kind": kind, "is_done": request.method == "POST", "all": stops_all}
    return _answer(request, to, "notifications/unsubscribe.html", context)


@csrf_exempt
@never_cache
@require_http_methods(METHODS)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm that notices may be sent to the address that this link was sent to."""
    try:
        to = links.confirmed(token)
    except Recipient.DoesNotExist:
        raise Http404 from None
    if request.method == "POST":
        addresses.confirm(to, clock.now())
    return _answer(request, to, "notifications/confirm.html", {"to": to, "is_done": request.method == "POST"})


def _answer(request: HttpRequest, to: Recipient, template: str, context: dict[str, object]) -> HttpResponse:
    """In the reader's language, and found by no search engine."""
    with translation.override(to.membership.user.language):
        response = render(request, template, context)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
