"""Staff refund an AFN order: the form, its summary, and the click that books it (A1, R2)."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from orders.refusals import Refused
from orders.staff.order_page import Visit
from refunds import refund_request, refunds
from refunds.refund_request import Desk, Shown, Summary
from refunds.views import refund as pages


def refund(visit: Visit) -> HttpResponse:
    """The form, what it comes to, or the refund; sent twice it refunds once."""
    desk, title = Desk.of(visit.order), _("Refund")
    try:
        refunds.check_may_refund(desk.order, visit.actor)
    except Refused as refusal:
        return visit.explain(title, str(refusal))
    if visit.posted is None:
        return _form(visit, desk.blank(visit.request.GET))
    outcome = refund_request.answer(visit.posted, desk, visit.actor)
    if isinstance(outcome, Shown):
        return _form(visit, outcome)
    if isinstance(outcome, Summary):
        return visit.show(_("Check the refund"), "refund_summary", pages.summary(outcome))
    return visit.done(outcome.sentence())


def _form(visit: Visit, shown: Shown) -> HttpResponse:
    context = pages.form(shown)
    if not context["is_anything_left"]:
        return visit.explain(_("Refund"), shown.refusal or _("All of this order is refunded."))
    # The form is told about by its own words, not as a change of the order's history.
    context["before_and_now"] = context.pop("change")
    return visit.show(_("Refund"), "refund", context, shown.status)
