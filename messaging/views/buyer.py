"""The buyer writes to the seller, behind the signed link of their order; no address of anybody is shown (C1)."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.throttles import Throttled
from messaging import conversations, threads
from messaging.forms.write import WriteForm
from messaging.states import Reason, Who
from messaging.views import refused, sending
from orders import buyer_links
from orders.models import Order
from orders.refusals import Refused
from orders.views.buyer import behind_link, chosen


@behind_link
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, order: Order) -> HttpResponse:
    """All that was written, and the form; sent twice it is one message."""
    if request.method != "POST":
        return _page(request, order, WriteForm(initial={"key": uuid.uuid4()}, offered=_offered(order)))
    form = WriteForm(request.POST, request.FILES, offered=_offered(order))
    if not form.is_valid():
        return _page(request, order, form, status=422)
    asked = {name: form.cleaned_data[name] for name in ("text", "reason", "key")}
    now = clock.now()
    try:
        files = sending.files(form, order, Who.BUYER, now)
        threads.receive(order, **asked, files=files, now=now)
    except (Refused, Throttled) as refusal:
        order = buyer_links.order_of(buyer_links.token_of(order), clock.now())
        return _page(request, order, form, refused.tell(form, refusal, order))
    return redirect(f"{_address(order)}{chosen(request)}#last")


def _offered(order: Order) -> list[Reason]:
    """The topics of the threads that there are, and those of a new one."""
    if threads.refusal(order):
        return []
    known = [Reason(thread.reason) for thread in conversations.threads(order)]
    return list(dict.fromkeys([*known, *threads.offered(order, Who.BUYER)]))


def _address(order: Order) -> str:
    return reverse("messaging:buyer", args=[buyer_links.token_of(order)])


def _page(request: HttpRequest, order: Order, form: WriteForm, status: int = 200) -> HttpResponse:
    found, refusal = conversations.threads(order), threads.refusal(order)
    before = conversations.place(request.GET.get("before", ""))
    context: dict[str, Any] = {
        "order": order,
        "marketplace": order.seller.marketplace,
        "stretch": conversations.stretch(order, found, Who.BUYER, before),
        "form": None if refusal else form,
        "refusal": refusal,
        "passages": refused.marked(form),
        "token": buyer_links.token_of(order),
        "chosen": chosen(request),
    }
    return render(request, "buyer/messages_page.html", context, status=status)
