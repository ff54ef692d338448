"""When the daily report is posted (F1), and the plan without which there is none (F3)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import plans
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from reports.forms.ask import ScheduleForm
from reports.models import Schedule
from reports.states import ReportKind
from reports.views import listing

KIND = ReportKind.NEW_ORDERS
SAVED = ("is_on", "hour", "format", "separator", "is_exact")


@requires(Right.REPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def schedule(request: SellerRequest) -> HttpResponse:
    """On or off, at which hour, as which file, with which columns."""
    if not listing.is_professional(request.seller):
        return listing.plan(request, status=409 if request.method == "POST" else 200)
    kept = listing.schedule_of(request.seller)
    if request.method != "POST":
        return _page(request, ScheduleForm(initial=_initial(kept)))
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    told = {name: form.cleaned_data[name] for name in SAVED}
    Schedule.objects.update_or_create(seller=request.seller, defaults={**told, "columns": form.columns(KIND)})
    messages.success(request, _("Saved."))
    return redirect("reports:list")


@requires(Right.SETTINGS)
@require_POST
def change_plan(request: SellerRequest) -> HttpResponse:
    """The seller has the professional plan, and reports from now on (F3)."""
    if plans.become_professional(request.seller, request.user):
        words = _(
            "You have the professional plan now: reports are yours. When daily ones come stands under “Every day”."
        )
        messages.success(request, words)
    if not request.membership.may(Right.REPORT):
        return redirect("home")
    return redirect("reports:list")


def _initial(kept: Schedule) -> dict[str, Any]:
    told = {name: getattr(kept, name) for name in SAVED}
    return {**told, f"columns_{KIND}": kept.columns}


def _page(request: SellerRequest, form: ScheduleForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "marketplace": request.seller.marketplace}
    return render(request, "reports/schedule.html", context, status=status)
