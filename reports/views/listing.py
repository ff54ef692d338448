"""Reports: what was made and posted, how far the others are, and the form that asks for one (F1, F2, F4)."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import calendars, clock
from accounts.keyset import Page, Turn
from accounts.models import Plan, Right, Seller
from accounts.rights import SellerRequest, requires
from reports import desk, making, rows
from reports.desk import ASKED, DAILY, Question
from reports.forms import ask
from reports.forms.ask import AskForm
from reports.forms.listing import QuestionForm
from reports.models import Report, Schedule
from reports.states import ReportKind

PANEL = "reports"


@requires(Right.REPORT)
@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def reports(request: SellerRequest) -> HttpResponse:
    """One page of the reports; a piece of it where htmx asks how far they are. Who cannot have any sees why (F3)."""
    if not is_professional(request.seller):
        return plan(request)
    form = QuestionForm(request.GET)
    now = clock.now()
    listed = _list(form, request.seller, now)
    if request.htmx.target == PANEL:
        return render(request, f"reports/list.html#{PANEL}", listed)
    question = listed["question"]
    today = calendars.local_date(now, request.seller.marketplace.time_zone)
    initial = ask.of_days(question.first_day, question.last_day, today) | {"key": uuid.uuid4()}
    initial["separator"] = making.separator_of(request.seller, request.user)
    if question.kind and question.kind != ReportKind.SELECTION:
        initial["kind"] = question.kind
    return _page(request, AskForm(today=today, initial=initial), listed)


def refused(request: SellerRequest, form: AskForm, status: int = 422) -> HttpResponse:
    """The same page with what is wrong in the form."""
    return _page(request, form, _list(QuestionForm({}), request.seller, clock.now()), status)


def is_professional(seller: Seller) -> bool:
    """Whether reports are for this seller (F3)."""
    return seller.plan == Plan.PROFESSIONAL


def plan(request: SellerRequest, status: int = 200) -> HttpResponse:
    """Why there are no reports, and how to change that (F3)."""
    context = {"may": request.membership.may(Right.SETTINGS), "marketplace": request.seller.marketplace}
    return render(request, "reports/plan.html", context, status=status)


def _page(request: SellerRequest, form: AskForm, listed: dict[str, Any], status: int = 200) -> HttpResponse:
    seller, question = request.seller, listed["question"]
    context = {**listed, "form": form, "schedule": schedule_of(seller), "marketplace": seller.marketplace}
    if day := question.first_day:
        zone, now = seller.marketplace.time_zone, clock.now()
        context["day"] = day
        context["day_rows"] = [rows.of(each, zone, now) for each in desk.daily_of(day, seller)]
    return render(request, "reports/list.html", context, status=status)


def schedule_of(seller: Seller) -> Schedule:
    """When the daily report comes; what holds where nobody said so."""
    return Schedule.objects.filter(seller=seller).first() or Schedule(seller=seller)


def _list(form: QuestionForm, seller: Seller, now: datetime) -> dict[str, Any]:
    question = form.question()
    page = desk.answer(question, seller)
    zone = seller.marketplace.time_zone
    return {
        "question": question,
        "problems": form.problems(),
        "tabs": _tabs(question),
        "kinds": ReportKind.choices,
        "rows": [rows.of(report, zone, now) for report in page.rows],
        "is_moving": any(report.is_open for report in page.rows),
        "pager": _steps(question, page),
        "all_url": Question().url(),
        "zone": zone,
    }


def _tabs(question: Question) -> list[dict[str, Any]]:
    named = [("", _("All")), (DAILY, _("Posted each day")), (ASKED, pgettext("which reports", "Asked for"))]
    return [
        {"url": question.url(posted=posted), "label": label, "current": posted == question.posted}
        for posted, label in named
    ]


def _steps(question: Question, page: Page[Report]) -> dict[str, str]:
    found = {}
    if page.previous:
        found["first_url"] = question.url()
        found["previous_url"] = question.url(turn=Turn(above=page.previous))
    if page.next:
        found["next_url"] = question.url(turn=Turn(below=page.next))
        found["last_url"] = question.url(turn=Turn(at_end=True))
    return found
