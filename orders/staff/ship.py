"""Staff confirm the shipment of an AFN order, and correct its packages (A1, O14, O15)."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts import calendars, clock
from accounts.money import Money
from orders import addresses, changes, packages, parcel_remarks, ship_request, shipping
from orders.forms import seen
from orders.forms import ship as forms
from orders.forms.package import ParcelForm
from orders.packages import Parcel
from orders.refusals import Refused
from orders.ship_request import Confirmed, Desk, Shown
from orders.staff.order_page import Visit, refused
from orders.states import OrderStatus
from orders.views.package import both


def ship(visit: Visit) -> HttpResponse:
    """The form, the form with a package more or less, or the confirmation; sent twice it ships once."""
    desk = Desk.of(visit.order)
    if visit.posted is None:
        return _page(visit, ship_request.blank(desk))
    if "complete" in visit.posted:
        return _complete(visit, desk)
    outcome = ship_request.answer(visit.posted, desk, visit.actor)
    return _page(visit, outcome) if isinstance(outcome, Shown) else _confirmed(visit, outcome)


def _confirmed(visit: Visit, done: Confirmed) -> HttpResponse:
    for wrong in done.warnings():
        visit.page.message_user(visit.request, wrong, messages.WARNING)
    return visit.done(done.sentence())


def _complete(visit: Visit, desk: Desk) -> HttpResponse:
    """Confirm that nothing is left to ship, and go back to the order; sent twice it is one step."""
    try:
        shipping.complete(desk.order, actor=visit.actor, now=desk.now, seen=seen.event_of(visit.posted))
    except Refused as refusal:
        return visit.done(str(refusal), messages.ERROR)
    return visit.done(ship_request.completed())


def _page(visit: Visit, shown: Shown) -> HttpResponse:
    desk, title = shown.desk, _("Confirm shipment")
    visit = Visit(visit.page, visit.request, desk.order)
    if ship_request.is_nothing_left(desk, visit.actor):
        return visit.show(title, "complete", {"mark": desk.mark}, shown.status)
    if reason := ship_request.why_not(desk, visit.actor):
        return visit.explain(title, reason)
    context = {
        "form": shown.form,
        "key": shown.key,
        "mark": desk.mark,
        "refusal": shown.refusal,
        "change": shown.change,
        "can_add": len(shown.form.forms) < forms.most(desk.items),
        "is_first": desk.order.status == OrderStatus.UNSHIPPED,
        "total": str(Money(desk.order.total, desk.order.currency)),
        "ship_to": addresses.lines(desk.order),
    }
    return visit.show(title, "ship", context, shown.status)


def edit(visit: Visit, number: int) -> HttpResponse:
    """Correct the carrier, service, tracking number or ship date of a confirmed package."""
    order, now = visit.order, clock.now()
    # Before the package: what happens in between is then told when the form comes back.
    mark = changes.mark(order)
    package = get_object_or_404(order.packages, number=number)
    today = calendars.local_date(now, order.seller.marketplace.time_zone)
    form = ParcelForm(visit.posted, initial=asdict(Parcel.of(package)), order=order, today=today)
    context = {"form": form, "mark": mark, "button": _("Save package")}
    status = 422 if form.errors else 200
    if visit.posted is not None and form.is_valid():
        event = seen.event_of(visit.posted)
        try:
            packages.edit(package, form.parcel(), actor=visit.actor, now=now, seen=event)
        except Refused as refusal:
            package.refresh_from_db()
            words, status = refused(refusal)
            context |= words | {"mark": changes.mark(order), "both": both(package, form)}
        else:
            return _saved(visit, number, form.parcel())
    return visit.show(_("Edit package %(number)d") % {"number": number}, "package", context, status)


def _saved(visit: Visit, number: int, parcel: Parcel) -> HttpResponse:
    for remark in parcel_remarks.on_parcel(visit.order, parcel):
        visit.page.message_user(visit.request, remark.sentence, messages.WARNING)
    return visit.done(_("Package %(number)d is saved.") % {"number": number})
