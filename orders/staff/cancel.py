"""Staff cancel an AFN order, or single units of it (A1, O11, O12)."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts import clock
from orders import changes, lifecycle
from orders.forms import seen
from orders.forms.cancel import CancelForm, CancelUnitsForm
from orders.models import Order, OrderItem
from orders.refusals import AlreadyCanceled, Refused, Stale
from orders.staff.order_page import Visit, refused
from orders.states import OrderStatus


def cancel(visit: Visit) -> HttpResponse:
    """Ask for the reason, then cancel the whole order; sent twice it cancels once."""
    form = CancelForm(visit.posted)
    return _answer(visit, form)


def cancel_units(visit: Visit) -> HttpResponse:
    """Ask which units and why, then cancel them; sent twice it cancels once."""
    return _answer(visit, CancelUnitsForm(visit.posted, items=_open(visit.order)))


def _open(order: Order) -> list[OrderItem]:
    return [item for item in order.items.all() if item.units_open]


def _answer(visit: Visit, form: CancelForm) -> HttpResponse:
    if visit.posted is None or not form.is_valid():
        if isinstance(form, CancelUnitsForm) and visit.posted is not None and form.is_stale():
            return _again(visit, form, _overtaken(visit))
        return _page(visit, form, {}, 422 if form.errors else 200)
    try:
        order = _cancel(visit, form)
    except Refused as refusal:
        return _again(visit, form, refusal)
    if order.status == OrderStatus.CANCELED:
        return visit.done(_("The order is canceled. The buyer gets an email and is not charged."))
    return visit.done(_("The units are canceled. The buyer gets an email and pays only for the others."))


def _cancel(visit: Visit, form: CancelForm) -> Order:
    """Return the order as it is afterwards. Raises Refused where it doesn't allow this now."""
    order = visit.order
    asked = {name: form.cleaned_data[name] for name in ("reason", "memo")}
    asked |= {"actor": visit.actor, "now": clock.now(), "seen_event": seen.event_of(visit.posted)}
    try:
        if not isinstance(form, CancelUnitsForm):
            return lifecycle.cancel(order, **asked)
        if form.is_stale():
            raise _overtaken(visit)
        return lifecycle.cancel_units(order, form.units(), seen=form.open_units(), **asked)
    except AlreadyCanceled:
        order.refresh_from_db()
        return order


def _overtaken(visit: Visit) -> Refused:
    """Return what happened after the form's page was opened, as far as the form says when that was."""
    try:
        changes.check(visit.order, seen.event_of(visit.posted), changes.TO_CANCEL)
    except changes.Changed as change:
        return change
    return Stale()


def _again(visit: Visit, form: CancelForm, refusal: Refused) -> HttpResponse:
    """The form for the order as it is now, with what was typed but for the units."""
    visit.order.refresh_from_db()
    typed: dict[str, Any] = {name: form[name].value() for name in ("reason", "memo")}
    if isinstance(form, CancelUnitsForm):
        form = CancelUnitsForm(initial=typed, items=_open(visit.order))
    else:
        form = CancelForm(initial=typed)
    return _page(visit, form, *refused(refusal))


def _page(visit: Visit, form: CancelForm, words: dict[str, Any], status: int) -> HttpResponse:
    is_units = isinstance(form, CancelUnitsForm)
    title = _("Cancel units") if is_units else _("Cancel order")
    try:
        lifecycle.check_may_cancel(visit.order, actor=visit.actor, now=clock.now())
    except Refused as refusal:
        return visit.explain(title, str(refusal))
    context = {
        "form": form,
        "mark": changes.mark(visit.order),
        "button": _("Cancel these units") if is_units else _("Cancel order"),
        "intro": _("Nothing was charged, so nothing is refunded. You can't undo this."),
    }
    return visit.show(title, "on_order", context | words, status)
