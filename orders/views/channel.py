"""Where sales channels hand in orders, and ask how they stand (docs/channels.md). Every answer is JSON."""

import functools
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from accounts import client, clock, throttles
from accounts.actors import Actor
from accounts.models import ChannelToken, SalesChannel, Seller
from accounts.money import Money
from accounts.throttles import Throttled
from orders import buyer_links
from orders.entry import channel_json, intake
from orders.entry.cart import Problem
from orders.models import Order

PROBLEMS_AT_MOST = 20

View = Callable[..., HttpResponse]


class Refusal(Exception):
    """The request is answered with these problems, and nothing was changed."""

    def __init__(
        self, status: int, problems: Sequence[Problem], headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(status)
        self.status, self.problems, self.headers = status, problems, headers or {}

    @classmethod
    def because(cls, status: int, rule: str, sentence: str, **headers: str) -> "Refusal":
        """A refusal for one reason; headers are named with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, [Problem(rule, sentence)], named)

    def response(self) -> JsonResponse:
        """The problems as docs/channels.md describes them."""
        errors = [problem.as_json() for problem in self.problems[:PROBLEMS_AT_MOST]]
        return JsonResponse({"errors": errors}, status=self.status, headers=self.headers)


def for_channels(view: View) -> View:
    """Answer refusals as JSON; a database that is too busy is no error of the channel's."""

    @functools.wraps(view)
    def answered(request: HttpRequest, **names: str) -> HttpResponse:
        try:
            return view(request, **names)
        except Refusal as refusal:
            return refusal.response()
        except Throttled as refusal:
            waits = {"Retry_After": str(refusal.seconds)}
            return Refusal.because(429, "too_many", str(refusal), **waits).response()
        except OperationalError:
            sentence = _("The portal is too busy. Nothing was changed: send the same again.")
            return Refusal.because(503, "busy", sentence, Retry_After="2").response()

    return answered


@csrf_exempt  # a channel has no session, and no page of another site can send its bearer token
@never_cache
@for_channels
def orders(request: HttpRequest, slug: str) -> HttpResponse:
    """Take one order (O2, O5, O6, I3): 201, or 200 where the same one had been handed in before."""
    if request.method != "POST":
        raise Refusal.because(405, "method", _("Orders are handed in by POST."), Allow="POST")
    now = clock.now()
    channel = _channel(request, slug, now)
    if request.content_type != "application/json":
        raise Refusal.because(415, "content_type", _("The order must be sent as application/json."))
    handed_in = _read(request.body)
    seller = channel.marketplace.sellers.filter(slug=handed_in.seller).first()
    if seller is None:
        raise Refusal(422, [Problem("seller", _("There is no such seller on this channel."), "seller")])
    return _place(handed_in, seller, channel, now)


@csrf_exempt  # as above
@never_cache
@for_channels
def order(request: HttpRequest, slug: str, reference: str) -> HttpResponse:
    """Say how an order stands. It cannot be added to or changed (O6)."""
    if request.method not in ("GET", "HEAD"):
        sentence = _(
            "Nothing can be added to an order that is placed, and nothing in it changed. "
            "Ask the buyer to place a separate order."
        )
        raise Refusal.because(405, "O6", sentence, Allow="GET, HEAD")
    channel = _channel(request, slug, clock.now())
    # A NUL cannot be asked for; no order bears one.
    found = None if "\0" in reference else channel.orders.filter(reference=reference).first()
    if found is None:
        raise Refusal.because(404, "not_found", _("This channel has no order under this reference."))
    return JsonResponse(_told(found))


def _channel(request: HttpRequest, slug: str, now: datetime) -> SalesChannel:
    """The channel whose token this is. Without a valid one, nobody learns which channels there are."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        sentence = _("Send the channel's token: “Authorization: Bearer …”.")
        raise _wrong_token(request, now, sentence, 'Bearer realm="channels"')
    # Looked up by its digest, so that no comparison takes longer for a nearly right token.
    tokens = ChannelToken.objects.of_secret(secret.strip())
    token = tokens.valid(now).select_related("channel__marketplace").first()
    if token is None:
        known = tokens.exists()
        sentence = _("The token has expired or was revoked.") if known else _("The token is not valid.")
        asked = 'Bearer realm="channels", error="invalid_token"'
        raise _wrong_token(request, now, sentence, asked)
    if token.channel.slug != slug:
        raise Refusal.because(404, "channel", _("This is not the channel of the token."))
    return token.channel


def _wrong_token(request: HttpRequest, now: datetime, sentence: str, challenge: str) -> Refusal:
    """Count a request without a valid token against its client, and return the refusal. Raises Throttled."""
    throttles.count("wrong_channel_token", client.address(request), now=now)
    return Refusal.because(401, "token", sentence, WWW_Authenticate=challenge)


def _read(body: bytes) -> channel_json.HandedIn:
    try:
        return channel_json.read(body)
    except channel_json.NotJson:
        raise Refusal.because(400, "json", _("The body is not JSON in UTF-8.")) from None
    except channel_json.Malformed as malformed:
        raise Refusal(422, malformed.problems) from None


def _place(
    handed_in: channel_json.HandedIn, seller: Seller, channel: SalesChannel, now: datetime
) -> JsonResponse:
    (result,) = intake.place(
        [handed_in.order], seller=seller, channel=channel, actor=Actor.channel(), now=now
    )
    if isinstance(result, intake.NotPlaced):
        raise Refusal(result.problems[0].status, result.problems)
    address = reverse("channels:order", args=[channel.slug, result.order.reference])
    return JsonResponse(
        _told(result.order), status=201 if result.created else 200, headers={"Location": address}
    )


def _told(order: Order) -> dict[str, str]:
    """What the channel learns of its order, as it stands now."""
    return {
        "number": order.number,
        "reference": order.reference,
        "status": order.status,
        "total": Money(order.total, order.currency).plain,
        "currency": order.currency,
        "buyer_page": buyer_links.url_for(order),
    }
