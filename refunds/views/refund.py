"""The refund tool: the form, its summary, and the click that books exactly what the summary showed (R1, R2, R3, R5)."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts import session_values
from accounts.actors import Actor
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from config.htmx import template_for
from orders import actions, languages
from orders.refusals import Refused
from refunds import figures, mails, records, refund_request, refunds
from refunds.forms import agreed
from refunds.forms.refund import asks
from refunds.refund_request import Booked, Desk, Shown, Summary


@requires(Right.REFUND)
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def refund(request: SellerRequest, number: str) -> HttpResponse:
    """The form, what it comes to, or the refund; sent twice it refunds once."""
    orders = request.seller.orders.select_related("seller__marketplace")
    desk, actor = Desk.of(get_object_or_404(orders, number=number)), Actor.seller(request.user)
    try:
        refunds.check_may_refund(desk.order, actor)
    except Refused as refusal:
        return _refused(request, desk, str(refusal))
    if request.method != "POST":
        return (
            _draft(request, desk, actor)
            if "draft" in request.GET
            else _page(request, desk.blank(request.GET))
        )
    outcome = refund_request.answer(request.POST, desk, actor)
    if isinstance(outcome, Booked):
        messages.success(request, outcome.sentence())
        return redirect("orders:detail", number)
    if request.htmx or (isinstance(outcome, Shown) and outcome.status != 200):
        return _shown(request, outcome)
    return redirect(session_values.keep(request, "draft", request.POST.urlencode()))


def _draft(request: SellerRequest, desk: Desk, actor: Actor) -> HttpResponse:
    """What was typed, as a page of its own; the order once it is refunded, the form once it is forgotten."""
    kept, number = session_values.find(request, "draft"), desk.order.number
    if kept is None:
        return redirect("refunds:refund", number)
    data = QueryDict(kept)
    once = agreed.once(data)
    if once and desk.order.refunds.filter(key=once.cleaned_data["key"]).exists():
        return redirect("orders:detail", number)
    outcome = refund_request.answer(data, desk, actor)
    return redirect("refunds:refund", number) if isinstance(outcome, Booked) else _shown(request, outcome)


def _shown(request: SellerRequest, outcome: Shown | Summary) -> HttpResponse:
    if isinstance(outcome, Shown):
        return _page(request, outcome)
    return render(request, "refunds/summary.html", summary(outcome))


def _page(request: SellerRequest, shown: Shown) -> HttpResponse:
    page = template_for(request, "refunds/refund.html", "items")
    return render(request, page, form(shown), status=shown.status)


def form(shown: Shown) -> dict[str, Any]:
    """What the form's page shows."""
    currency = shown.desk.order.currency
    return _facts(shown.desk) | {
        "form": shown.form,
        "rows": [(row, figures.parts(row.amounts, currency)) for row in shown.form.rows()],
        "key": shown.key or uuid.uuid4(),
        "refusal": shown.refusal,
        "change": shown.change,
    }


def summary(found: Summary) -> dict[str, Any]:
    """What the summary shows, with the buyer's email."""
    order, lines, words = found.desk.order, found.form.lines(), found.form.words()
    given_up = found.form.unsupplied()
    told = [mails.Part(item.title, split, units, given_up.get(item.pk, 0)) for item, split, units in lines]
    return _facts(found.desk) | {
        "form": found.form,
        "key": found.key,
        "agreed": agreed.written(asks(lines), given_up),
        "lines": figures.lines(lines, order.currency),
        "total": figures.total(lines, order.currency),
        "words": words,
        "letter": mails.preview(order, told, words["memo"], is_less_shipping=words["is_less_shipping"]),
        "language": languages.of_buyer(order),
        "typed": [field.as_hidden() for field in found.form],
        "unsupplied": found.never_shipping(),
    }


def _facts(desk: Desk) -> dict[str, Any]:
    """What the form and its summary both say of the order."""
    whole = figures.whole([found for _item, found in desk.items])
    return {
        "order": desk.order,
        "zone": desk.order.seller.marketplace.time_zone,
        "seen": desk.seen,
        "seen_open": desk.open_units,
        "mark": desk.mark,
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
