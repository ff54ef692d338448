"""Staff lead the returns of AFN orders: start, authorize, receive, close, reopen (A1, R4, R8)."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from orders.refusals import Refused
from orders.staff.order_page import Visit, refused
from refunds import returns
from refunds.forms.returns import AskForm, CloseForm, ReceiveForm
from refunds.models import Return
from refunds.refusals import KeyReused, StateRefused
from refunds.states import RETURN_MOVES, ReturnState
from refunds.views.start import returnable, shipped

RECORD = "admin:refunds_return_change"
STEPS = ("authorize", "receive", "close", "reopen")


@dataclass(frozen=True)
class Step:
    """A step of a return: its page, its form, and the operation with what of the form it takes."""

    title: str
    button: str
    done: str
    operation: Callable[..., Return]
    form: Callable[[Any, Return], forms.Form]
    asked: Callable[[Any], dict[str, Any]]
    intro: str = ""


def start(visit: Visit) -> HttpResponse:
    """Open a return of shipped units, authorized at once; sent twice it opens one."""
    title, items = _("Start a return"), returnable(visit.order)
    if visit.posted is None:
        if not items:
            return visit.explain(title, _("No unit of this order has shipped that could come back."))
        return _start_page(visit, AskForm(initial={"key": uuid.uuid4()}, items=items))
    # Sent again, its units are held by the return that it made: they are checked in the operation, by the key.
    form = AskForm(visit.posted, items=shipped(visit.order))
    if not form.is_valid():
        return _start_page(visit, form, 422)
    asked = {name: form.cleaned_data[name] for name in ("key", "reason", "note")}
    try:
        opened = returns.ask(visit.order, form.units(), **asked, actor=visit.actor, now=clock.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _start_page(visit, form, 409 if isinstance(refusal, KeyReused) else 422)
    done = _("Return %(rma)s is open and authorised.") % {"rma": opened.rma}
    return visit.done(done, url=reverse(RECORD, args=[opened.pk]))


def _start_page(visit: Visit, form: AskForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "button": _("Start the return")}
    return visit.show(_("Start a return"), "on_order", context, status)


def step(visit: Visit, rma: str, name: str) -> HttpResponse:
    """Show a step's form, or take the step; a step that the return doesn't allow now says why."""
    found = get_object_or_404(visit.order.returns.prefetch_related("lines__item"), rma=rma)
    taken = steps()[name]
    if name not in allowed(found):
        words = {"rma": found.rma, "state": ReturnState(found.state).label}
        reason = _("Return %(rma)s is %(state)s, so this step is not possible.") % words
        return _page(visit, found, taken, {"reason": reason}, 200 if visit.posted is None else 409)
    form = taken.form(visit.posted, found)
    if visit.posted is None or not form.is_valid():
        return _page(visit, found, taken, {"form": form}, 422 if form.errors else 200)
    try:
        taken.operation(found, **taken.asked(form), actor=visit.actor, now=clock.now())
    except Refused as refusal:
        words, status = refused(refusal)
        fresh = taken.form(None, visit.order.returns.get(pk=found.pk))
        return _page(
            visit,
            found,
            taken,
            {"form": fresh, **words},
            409 if isinstance(refusal, StateRefused) else status,
        )
    return visit.done(taken.done, url=reverse(RECORD, args=[found.pk]))


def allowed(found: Return) -> list[str]:
    """Return the names of the steps that the return's status allows."""
    moves = RETURN_MOVES[found.state]
    can = {
        "authorize": ReturnState.AUTHORISED in moves,
        "receive": found.is_awaited,
        "close": ReturnState.CLOSED in moves,
        "reopen": ReturnState.REOPENED in moves,
    }
    return [name for name, is_possible in can.items() if is_possible]


def steps() -> dict[str, Step]:
    """Return each step by its name in the address, in the reader's language."""
    return {
        "authorize": Step(
            _("Authorize return"),
            _("Authorize return"),
            _("The return is authorized. The buyer finds the slip for the package on their order page."),
            returns.authorise,
            lambda data, _found: forms.Form(data),
            lambda _form: {},
            _("The buyer may then send the goods to the marketplace."),
        ),
        "receive": Step(
            _("Receive goods"),
            _("Receive goods"),
            _("The goods are received."),
            returns.receive,
            lambda data, found: ReceiveForm(data, lines=list(found.lines.select_related("item"))),
            lambda form: {"received": form.received(), "seen": form.cleaned_data["seen"]},
            _("Nothing goes back to stock unless you say how many units do."),
        ),
        "close": Step(
            _("Close return"),
            _("Close return"),
            _("The return is closed."),
            returns.close,
            lambda data, _found: CloseForm(data),
            lambda form: {"reason": form.cleaned_data["reason"]},
        ),
        "reopen": Step(
            _("Reopen return"),
            _("Reopen return"),
            _("The return is open again."),
            returns.reopen,
            lambda data, _found: forms.Form(data),
            lambda _form: {},
            _("The units can then come back with this return."),
        ),
    }


def _page(visit: Visit, found: Return, taken: Step, words: dict[str, Any], status: int = 200) -> HttpResponse:
    context = {
        "opts": Return._meta,
        "record": found.rma,
        "record_url": reverse(RECORD, args=[found.pk]),
        "button": taken.button,
        "intro": taken.intro,
    }
    return visit.show(taken.title, "on_order", context | words, status)
