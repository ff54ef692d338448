"""One return and its steps: authorise, receive, refund, close, reopen (R4, R8)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import clock
from accounts.actors import Actor, ActorKind
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from inventory.models import Fulfilment
from orders.refusals import Refused
from refunds import records, returns, steps
from refunds.forms.returns import CloseForm, ReceiveForm
from refunds.models import Return
from refunds.states import RETURN_MOVES, ReturnState


@requires(Right.VIEW)
@require_safe
def record(request: SellerRequest, rma: str) -> HttpResponse:
    """The return as it stands, with the step that comes next."""
    return _page(request, _found(request, rma))


@requires(Right.REFUND)
@require_POST
def authorise(request: SellerRequest, rma: str) -> HttpResponse:
    """The buyer may send the goods."""
    done = _("The return is authorised; the buyer finds the slip for the parcel on their order page.")
    return _step(request, _found(request, rma), returns.authorise, done)


@requires(Right.REFUND)
@require_POST
def receive(request: SellerRequest, rma: str) -> HttpResponse:
    """The goods came; only what is said to goes back to stock (R8)."""
    found = _found(request, rma)
    form = ReceiveForm(request.POST, lines=list(found.lines.all()))
    if found.is_awaited and not form.is_valid():
        return _page(request, found, receiving=form, status=422)
    # Sent again after the last unit came: the operation says why not.
    asked = (
        {"received": form.received(), "seen": form.cleaned_data["seen"]}
        if found.is_awaited
        else {"received": {}}
    )
    return _step(request, found, returns.receive, _("The goods are received."), **asked)


@requires(Right.REFUND)
@require_POST
def close(request: SellerRequest, rma: str) -> HttpResponse:
    """Nothing more is awaited."""
    found, form = _found(request, rma), CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, found, closing=form, status=422)
    return _step(
        request, found, returns.close, _("The return is closed."), reason=form.cleaned_data["reason"]
    )


@requires(Right.REFUND)
@require_POST
def reopen(request: SellerRequest, rma: str) -> HttpResponse:
    """A closed return goes on."""
    return _step(request, _found(request, rma), returns.reopen, _("The return is open again."))


def _found(request: SellerRequest, rma: str) -> Return:
    found = request.seller.returns.select_related("order", "actor").prefetch_related("lines__item")
    return get_object_or_404(found, rma=rma)


def _step(
    request: SellerRequest, found: Return, operation: Callable[..., Return], done: str, **asked: Any
) -> HttpResponse:
    """Do it and say so, or say why not; then back to the return."""
    try:
        operation(found, **asked, actor=Actor.seller(request.user), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("refunds:return", found.rma)


def _page(
    request: SellerRequest,
    found: Return,
    *,
    receiving: forms.Form | None = None,
    closing: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    may = request.membership.may(Right.REFUND) and found.order.fulfilment == Fulfilment.MFN
    moves, lines = RETURN_MOVES[found.state], list(found.lines.all())
    context = {
        "return": found,
        "order": found.order,
        "told": records.return_record(found),
        "who": str(found.actor) if found.actor else str(ActorKind(found.actor_kind).label),
        "lines": lines,
        "steps": steps.of(found),
        "zone": request.seller.marketplace.time_zone,
        "refunds": [each for each in records.refunds(found.order, clock.now()) if each.rma == found.rma],
        "may": may,
        "may_authorise": may and ReturnState.AUTHORISED in moves,
        "may_refund": may and found.state != ReturnState.CLOSED and found.order.total > 0,
        "may_reopen": may and ReturnState.REOPENED in moves,
        "receiving": (receiving or ReceiveForm(lines=lines)) if may and found.is_awaited else None,
        "closing": (closing or CloseForm()) if may and ReturnState.CLOSED in moves else None,
    }
    return render(request, "refunds/return.html", context, status=status)
