"""The refund tool: the form, its summary, and the click that books exactly what the summary showed (R1, R2, R3, R5).

Nothing is booked before the confirm, which carries the key that was minted with the form, what was refunded when
the form was made, and the amounts as they were shown.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts import clock, moments
from accounts.actors import Actor
from accounts.models import Right
from accounts.money import Money
from accounts.rights import SellerRequest, requires
from config.htmx import template_for
from orders import actions, languages
from orders.models import Order, OrderItem
from orders.refusals import Refused
from refunds import amounts, figures, mails, prefill, records, refunds
from refunds.amounts import ItemAmounts
from refunds.forms import agreed
from refunds.forms.agreed import AgreedForm
from refunds.forms.refund import RefundForm, asks
from refunds.forms.words import WordsForm
from refunds.models import Refund, Return
from refunds.refusals import KeyReused, Stale
from refunds.states import RefundState


@dataclass(frozen=True)
class Desk:
    """What stands on the desk of the one who refunds, read at this moment."""

    order: Order
    items: list[tuple[OrderItem, ItemAmounts]]
    returns: list[Return]
    now: datetime

    @property
    def seen(self) -> int:
        """What is refunded so far, done or on its way."""
        return sum(found.refunded.total for _item, found in self.items)

    def form(self, data: Any = None, initial: dict[str, Any] | None = None) -> RefundForm:
        return RefundForm(data, initial=initial, order=self.order, items=self.items, returns=self.returns)


@requires(Right.REFUND)
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def refund(request: SellerRequest, number: str) -> HttpResponse:
    """The form, what it comes to, or the refund; sent twice it refunds once."""
    desk = _desk(request, number)
    try:
        refunds.check_may_refund(desk.order, Actor.seller(request.user))
    except Refused as refusal:
        return _refused(request, desk, str(refusal))
    if request.method != "POST":
        initial = prefill.of(request.GET, desk.items, desk.returns)
        return _page(request, desk, desk.form(initial=initial))
    if "confirm" in request.POST:
        return _confirm(request, desk)
    if "fill" in request.POST or "edit" in request.POST:
        return _rearranged(request, desk)
    return _review(request, desk)


def _desk(request: SellerRequest, number: str) -> Desk:
    order = get_object_or_404(request.seller.orders.select_related("seller__marketplace"), number=number)
    items = [(item, amounts.of_item(item)) for item in order.items.select_related("refunds")]
    charged = [(item, found) for item, found in items if found.charged.total]
    return Desk(order, charged, records.open_returns(order), clock.now())


def _review(request: SellerRequest, desk: Desk) -> HttpResponse:
    """What the form comes to, to be confirmed; back to the form where it makes no sense."""
    form, once = desk.form(request.POST), agreed.once(request.POST)
    if once is None:
        return _page(request, desk, form, refusal=_gone_stale(), status=422)
    if once.cleaned_data["seen"] != desk.seen:
        return _changed(request, desk, str(Stale()), once.cleaned_data["seen"])
    if not form.is_valid():
        return _page(request, desk, form, key=once.cleaned_data["key"], status=422)
    lines, words = form.lines(), form.words()
    told = [mails.Part(item.title, split, units) for item, split, units in lines]
    context = _facts(request, desk) | {
        "form": form,
        "key": once.cleaned_data["key"],
        "agreed": agreed.written(asks(lines)),
        "lines": figures.lines(lines, desk.order.currency),
        "total": figures.total(lines, desk.order.currency),
        "words": words,
        "letter": mails.preview(desk.order, told, words["memo"], is_less_shipping=words["is_less_shipping"]),
        "language": languages.of_buyer(desk.order),
        "typed": [field.as_hidden() for field in form],
        "unsupplied": _never_shipping(form),
    }
    return render(request, "refunds/summary.html", context)


def _never_shipping(form: RefundForm) -> str:
    """The units that will not ship after this, in words (R6)."""
    units = form.unsupplied()
    return ", ".join(f"{units[item.pk]} × {item.sku}" for item, _found in form.items if item.pk in units)


def _confirm(request: SellerRequest, desk: Desk) -> HttpResponse:
    """Book what the summary showed, and go back to the order; a refusal says why nothing was booked."""
    form = AgreedForm(request.POST)
    # Not the whole form: sent twice, its amounts are no longer left, and it is the same refund all the same.
    words = WordsForm(request.POST, returns=list(desk.order.returns.all()))
    if not form.is_valid() or not words.is_valid():
        return _page(request, desk, desk.form(request.POST), refusal=_gone_stale(), status=422)
    told, actor = form.cleaned_data, Actor.seller(request.user)
    try:
        done = refunds.request(
            desk.order,
            told["agreed"],
            key=told["key"],
            seen=told["seen"],
            unsupplied=refunds.unsupplied(desk.order, told["agreed"], words.cleaned_data["reason"]),
            **words.words(),
            actor=actor,
            now=desk.now,
        )
    except (Stale, KeyReused) as refusal:
        return _changed(request, _desk(request, desk.order.number), str(refusal), told["seen"])
    except Refused as refusal:
        desk = _desk(request, desk.order.number)
        return _page(
            request, desk, desk.form(initial=_typed(request, desk)), refusal=str(refusal), status=422
        )
    messages.success(request, _done(done, request.seller.marketplace.time_zone, desk.now))
    return redirect("orders:detail", desk.order.number)


def _done(refund: Refund, zone: str, now: datetime) -> str:
    words = {"amount": Money(refund.amount, refund.currency), "time": moments.text(refund.due_at, zone)}
    if refund.state in (RefundState.TAKEN_BACK, RefundState.FAILED):
        words["state"] = RefundState(refund.state).label
        return _("This refund of %(amount)s was asked for before. It stands at: %(state)s.") % words
    if refund.due_at <= now:
        return _("The refund of %(amount)s is on its way to the buyer.") % words
    return _("The refund of %(amount)s is sent at %(time)s. Until then you can take it back.") % words


def _rearranged(request: SellerRequest, desk: Desk) -> HttpResponse:
    """The same form with all that is left filled in, or as it was typed; nothing is checked, nothing is saved."""
    typed, once = _typed(request, desk), agreed.once(request.POST)
    if "fill" in request.POST:
        typed |= prefill.everything(desk.items)
    key = once.cleaned_data["key"] if once else None
    return _page(request, desk, desk.form(initial=typed), key=key)


def _typed(request: SellerRequest, desk: Desk) -> dict[str, Any]:
    """What stands in the fields, right or wrong, to be shown again."""
    form = desk.form(request.POST)
    return {name: form[name].value() for name in form.fields}


def _changed(request: SellerRequest, desk: Desk, refusal: str, seen: int) -> HttpResponse:
    """Nothing was booked, since what was looked at is no longer so: what it was and is, and the form anew."""
    then, today = (Money(minor, desk.order.currency) for minor in (seen, desk.seen))
    change = _("Refunded when the page was opened: %(then)s. Refunded now: %(now)s.")
    words = change % {"then": then, "now": today} if seen != desk.seen else ""
    form = desk.form(initial=_typed(request, desk))
    return _page(request, desk, form, refusal=refusal, change=words, status=409)


def _page(
    request: SellerRequest,
    desk: Desk,
    form: RefundForm,
    *,
    key: uuid.UUID | None = None,
    refusal: str = "",
    change: str = "",
    status: int = 200,
) -> HttpResponse:
    context = _facts(request, desk) | {
        "form": form,
        "rows": [(row, figures.parts(row.amounts, desk.order.currency)) for row in form.rows()],
        "key": key or uuid.uuid4(),
        "refusal": refusal,
        "change": change,
    }
    page = template_for(request, "refunds/refund.html", "items")
    return render(request, page, context, status=status)


def _facts(request: SellerRequest, desk: Desk) -> dict[str, Any]:
    """What the form and its summary both say of the order."""
    whole = figures.whole([found for _item, found in desk.items])
    return {
        "order": desk.order,
        "zone": request.seller.marketplace.time_zone,
        "seen": desk.seen,
        "whole": figures.parts(whole, desk.order.currency),
        "is_anything_left": whole.left.total > 0,
        "refunds": records.refunds(desk.order, desk.now),
        "grace_minutes": settings.REFUND_GRACE_MINUTES,
    }


def _refused(request: SellerRequest, desk: Desk, reason: str) -> HttpResponse:
    """In place of the tool where nothing can be refunded: why not, and what to do instead (R1, R4)."""
    may_cancel = actions.of(desk.order, request.membership, desk.now).cancel
    context = {"order": desk.order, "reason": reason, "may_cancel": may_cancel}
    return render(request, "refunds/refused.html", context, status=409 if request.method == "POST" else 200)


def _gone_stale() -> str:
    return _("This page has gone stale, so nothing was refunded. Check it and send it again.")
