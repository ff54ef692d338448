"""Contact Buyer: what was written about an order, and the form to write (C1, C2, C5)."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from accounts.throttles import Throttled
from messaging import conversations, desk, saved_texts, threads
from messaging.forms.write import SellersForm
from messaging.models import Template, Thread
from messaging.states import Reason, Who
from messaging.views import refused, sending
from orders import languages
from orders.models import Order
from orders.refusals import Refused
from orders.states import OrderStatus

NEW = "new"


@requires(Right.VIEW)
@require_safe
def order(request: SellerRequest, number: str) -> HttpResponse:
    """The thread that the address names, else the most urgent one; without any, a new one."""
    return _page(request, _found(request, number), request.GET.get("about", ""))


@requires(Right.MESSAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: SellerRequest, number: str) -> HttpResponse:
    """Write to the buyer; sent twice it is one message. Refused, the page keeps the text and marks why (C5)."""
    order = _found(request, number)
    if request.method != "POST":
        return redirect("messaging:order", number)
    about, texts = request.POST.get("reason", ""), saved_texts.offered(order)
    form = SellersForm(request.POST, request.FILES, **_choices(order, about, texts))
    if "use" in request.POST:
        return _page(request, order, about or NEW, form=_begun(order, form, texts))
    if not form.is_valid():
        return _page(request, order, about or NEW, form=form, status=422)
    return _write(request, order, form)


@requires(Right.MESSAGE)
@require_POST
def no_reply_needed(request: SellerRequest, pk: int) -> HttpResponse:
    """The buyer's last message asks for no answer."""
    thread = _thread(request, pk)
    threads.no_reply_needed(thread, actor=Actor.seller(request.user), now=clock.now())
    messages.success(request, _("The reply clock has stopped: no answer is needed."))
    return redirect(desk.address(thread))


@requires(Right.MESSAGE)
@require_POST
def read(request: SellerRequest, pk: int) -> HttpResponse:
    """What stands on the page was read; what came since stays unread."""
    thread = _thread(request, pk)
    _mark_read(thread, request.POST.get("seen", ""))
    return redirect(desk.address(thread))


def _found(request: SellerRequest, number: str) -> Order:
    found = request.seller.orders.select_related("seller__marketplace")
    return get_object_or_404(found, number=number)


def _thread(request: SellerRequest, pk: int) -> Thread:
    return get_object_or_404(request.seller.threads.select_related("order"), pk=pk)


def _mark_read(thread: Thread, seen: str) -> None:
    if seen.isascii() and seen.isdigit() and len(seen) < 19:
        threads.mark_read(thread, seen=int(seen))


def _begun(order: Order, form: SellersForm, texts: list[Template]) -> SellersForm:
    """The form with the saved text in it, below what was typed already; nothing is sent."""
    typed = form["text"].value() or ""
    chosen = [each for each in texts if str(each.pk) == form["template"].value()]
    words = [typed.rstrip(), *[saved_texts.fill(each, order) for each in chosen]]
    initial = {name: form[name].value() for name in ("key", "seen", "reason")}
    initial["text"] = "\n\n".join(each for each in words if each)
    return SellersForm(initial=initial, **_choices(order, str(initial["reason"] or ""), texts))


def _choices(order: Order, about: str, texts: list[Template]) -> dict[str, Any]:
    """What the form offers: the topic of the thread that it writes on in, or those of a new one."""
    known = {thread.reason for thread in conversations.threads(order)}
    offered = [reason for reason in threads.offered(order, Who.SELLER) if reason not in known]
    return {"offered": offered, "thread": about if about in known else "", "templates": texts}


def _write(request: SellerRequest, order: Order, form: SellersForm) -> HttpResponse:
    asked = {name: form.cleaned_data[name] for name in ("text", "reason", "key")}
    now = clock.now()
    try:
        files = sending.files(form, order, Who.SELLER, now)
        message = threads.write(order, **asked, files=files, actor=Actor.seller(request.user), now=now)
    except (Refused, Throttled) as refusal:
        order = _found(request, order.number)
        status = refused.tell(form, refusal, order)
        return _page(request, order, asked["reason"], form=form, status=status)
    _mark_read(message.thread, str(form.cleaned_data["seen"] or ""))
    messages.success(request, _("The message is on its way to the buyer."))
    return redirect(f"{desk.address(message.thread)}#last")


def _page(
    request: SellerRequest, order: Order, about: str, *, form: SellersForm | None = None, status: int = 200
) -> HttpResponse:
    found = conversations.threads(order)
    thread = next((each for each in found if each.reason == about), None)
    if thread is None and found and about != NEW and form is None:
        thread = found[0]
    before = conversations.place(request.GET.get("before", ""))
    stretch = conversations.stretch(order, [thread], Who.SELLER, before) if thread else None
    may = request.membership.may(Right.MESSAGE)
    refusal = threads.refusal(order)
    context = {
        "order": order,
        "is_pending": order.status == OrderStatus.PENDING,
        "buyer": conversations.buyer_name(order),
        "language": get_language_info(languages.of_buyer(order))["name_translated"],
        "zone": order.seller.marketplace.time_zone,
        "thread": thread,
        "topic": Reason(thread.reason).label if thread else "",
        "stretch": stretch,
        "tabs": _tabs(order, found, thread, may and not refusal),
        "clock": desk.clock(thread, clock.now()) if thread else None,
        "refusal": refusal,
        "may": may,
        "passages": refused.marked(form),
    }
    if may and not refusal:
        context["form"] = form or _fresh(order, thread, stretch.newest if stretch else 0)
    return render(request, "messaging/order.html", context, status=status)


def _fresh(order: Order, thread: Thread | None, seen: int) -> SellersForm:
    """An empty form with a key of its own."""
    about = thread.reason if thread else ""
    initial = {"key": uuid.uuid4(), "seen": seen, "reason": about}
    return SellersForm(initial=initial, **_choices(order, about, saved_texts.offered(order)))


def _tabs(order: Order, found: list[Thread], current: Thread | None, may_write: bool) -> list[dict[str, Any]]:
    """The threads by topic, and a new one; none while there is nothing to choose between."""
    if not found:
        return []
    tabs = [
        {
            "url": desk.address(each, order),
            "label": Reason(each.reason).label,
            "count": each.unread or None,
            "current": each == current,
        }
        for each in found
    ]
    if may_write:
        page = f"{reverse('messaging:order', args=[order.number])}?{urlencode({'about': NEW})}"
        tabs.append({"url": page, "label": _("New topic"), "count": None, "current": current is None})
    return tabs
