"""Asking for a report: by the form, or of exactly the orders that a list shows (F2, F4)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import calendars, clock
from accounts.models import Right, Seller
from accounts.rights import SellerRequest, requires
from orders.lists.desk import Question
from orders.refusals import Refused
from reports import making
from reports.forms.ask import AskForm
from reports.forms.selection import SelectionForm
from reports.views import listing


@requires(Right.REPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SellerRequest) -> HttpResponse:
    """A new report; the same form twice is one."""
    if request.method != "POST":
        return redirect("reports:list")
    if not listing.is_professional(request.seller):
        return listing.plan(request, status=409)
    now = clock.now()
    today = calendars.local_date(now, request.seller.marketplace.time_zone)
    form = AskForm(request.POST, today=today)
    if not form.is_valid():
        return listing.refused(request, form)
    try:
        report = making.ask(seller=request.seller, **form.asked(), user=request.user, now=now)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return listing.refused(request, form)
    return redirect("reports:report", report.key)


@requires(Right.REPORT)
@require_POST
def selection(request: SellerRequest) -> HttpResponse:
    """A report of the picked orders, or of exactly those that the question of the list matches."""
    if not listing.is_professional(request.seller):
        return listing.plan(request, status=409)
    form = SelectionForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.problem())
        return redirect(_list(form, request.seller))
    now = clock.now()
    orders = form.orders(request.seller, now)
    if not orders.exists():
        messages.info(request, _("There are no such orders, so there is nothing to export."))
        return redirect(_list(form, request.seller))
    try:
        report = making.ask_for_orders(
            orders,
            seller=request.seller,
            format=form.cleaned_data["format"],
            query=form.cleaned_data["query"],
            key=form.once(request.seller, request.user),
            user=request.user,
            now=now,
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(_list(form, request.seller))
    messages.success(request, _("The export is being made. You can leave this page and find it again here."))
    return redirect("reports:report", report.key)


def _list(form: SelectionForm, seller: Seller) -> str:
    """The list that the wish came from, as far as it said so."""
    return Question.read(form.cleaned_data.get("query") or "", seller).url()
