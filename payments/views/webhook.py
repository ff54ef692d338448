"""Where payment providers report what happened later: signed, and answered at once (P3)."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts import clock
from payments import news
from payments.models import EventSource
from payments.providers import stripe_news
from payments.providers.news import NotSigned

LARGEST = 512 * 1024  # bytes; Stripe's events have a few thousand


@csrf_exempt  # no session counts here: the signature says who sent it
@never_cache
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """Keep Stripe's event and answer; what follows from it is the worker's. 400 without the right signature."""
    try:
        body: bytes | None = request.body
    except RequestDataTooBig:
        body = None
    if body is None or len(body) > LARGEST:
        return HttpResponse("The event is too large.\n", status=413, content_type="text/plain")
    try:
        event = stripe_news.read(body, request.headers.get("Stripe-Signature", ""))
    except NotSigned:
        return HttpResponse("The signature is not valid.\n", status=400, content_type="text/plain")
    news.record("stripe", [event], source=EventSource.WEBHOOK, now=clock.now())
    return HttpResponse("Recorded.\n", content_type="text/plain")
