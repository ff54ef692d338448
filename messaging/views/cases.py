"""The page “Can't find an order?”, and the support cases that begin there (O22)."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock, keyset, throttles
from accounts.actors import Actor
from accounts.keyset import Page, Turn
from accounts.models import Membership, Right
from accounts.rights import SellerRequest, requires
from accounts.throttles import Throttled
from messaging import cases, conversations, missing
from messaging.forms.cases import CaseForm, CasesForm, MissingForm, ReplyForm
from messaging.models import SupportCase
from messaging.models.message import LONGEST
from messaging.refusals import KeyReused, TextRefused
from messaging.states import CaseState, Who
from orders.lists import desk
from orders.refusals import Refused
from orders.states import Tab

TONES = {CaseState.OPEN: "info", CaseState.ANSWERED: "good", CaseState.CLOSED: "neutral"}


@requires(Right.VIEW)
@require_safe
def look(request: SellerRequest) -> HttpResponse:
    """Whether an order of any of its numbers exists; if not, the way to a case that quotes the number."""
    form = MissingForm(request.GET if request.GET else None)
    return _missing(request, form)


@requires(Right.MESSAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def open_case(request: SellerRequest) -> HttpResponse:
    """A new case; sent twice it is one."""
    if request.method != "POST":
        return redirect("messaging:missing")
    form = CaseForm(request.POST)
    if form.is_valid():
        now = clock.now()
        try:
            throttles.count("support_case", request.seller.pk, now=now)
            case = cases.open_case(
                request.seller, **form.cleaned_data, actor=Actor.seller(request.user), now=now
            )
        except (Refused, Throttled) as refusal:
            status = _tell(form, refusal)
        else:
            messages.success(request, _("The case is open; the answer stands here."))
            return redirect("messaging:case", case.pk)
    else:
        status = 422
    return _missing(request, MissingForm(), case_form=form, status=status)


@requires(Right.VIEW)
@require_safe
def listing(request: SellerRequest) -> HttpResponse:
    """The seller's cases, the one that was written in last first."""
    form = CasesForm(request.GET)
    page = keyset.page(form.cases(request.seller), "-last_message_at", form.turn())
    rows = [{"case": case, "tone": TONES[CaseState(case.state)]} for case in page.rows]
    context = {"rows": rows, "problems": form.problems(), "pager": _pager(page, form.address())}
    context["is_answered"] = bool(form.cleaned_data.get("state"))
    return render(request, "messaging/cases.html", context | {"zone": request.seller.marketplace.time_zone})


@requires(Right.VIEW)
@require_safe
def case(request: SellerRequest, pk: int) -> HttpResponse:
    """What was written last in a case, or before what the address names; the newest last."""
    return _case(request, _found(request, pk), ReplyForm(initial={"key": uuid.uuid4()}))


@requires(Right.MESSAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: SellerRequest, pk: int) -> HttpResponse:
    """Write on; a closed case opens again. Sent twice it is one message."""
    found = _found(request, pk)
    if request.method != "POST":
        return redirect("messaging:case", pk)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _case(request, found, form, status=422)
    now = clock.now()
    try:
        throttles.count("case_message", request.seller.pk, now=now)
        cases.write(found, **form.cleaned_data, actor=Actor.seller(request.user), now=now)
    except (Refused, Throttled) as refusal:
        status = _tell(form, refusal)
        return _case(request, found, form, status=status)
    messages.success(request, _("Sent."))
    return redirect(f"{reverse('messaging:case', args=[pk])}#last")


def _found(request: SellerRequest, pk: int) -> SupportCase:
    return get_object_or_404(request.seller.cases, pk=pk)


def _tell(form: ReplyForm, refusal: Refused | Throttled) -> int:
    form.add_error("text" if isinstance(refusal, TextRefused) else None, str(refusal))
    if isinstance(refusal, Throttled):
        return 429
    return 409 if isinstance(refusal, KeyReused) else 422


def _missing(
    request: SellerRequest, form: MissingForm, *, case_form: CaseForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "marketplace": request.seller.marketplace,
        "may": request.membership.may(Right.MESSAGE),
        "case_form": case_form,
    }
    if form.is_bound and form.is_valid():
        found = missing.look(form.cleaned_data["q"], request.seller, request.user)
        day = form.cleaned_data["day"]
        context |= {"found": found, "days": _lists(day), "report_url": _report(day, request.membership)}
        if not found.orders:
            context["case_form"] = _case_form(found.number, form)
    return render(request, "messaging/missing.html", context, status=status)


def _lists(day: Any) -> list[dict[str, str]]:
    """Manage Orders of that day, list by list."""
    if day is None:
        return []
    question = desk.Question(first_day=day, last_day=day)
    return [{"url": question.url(tab=tab), "label": str(tab.label)} for tab in Tab]


def _report(day: Any, membership: Membership) -> str:
    """The reports in which an order bought on that day is to be found, and the form that asks for one."""
    if day is None or not membership.may(Right.REPORT):
        return ""
    return f"{reverse('reports:list')}?{urlencode({'from': day, 'to': day})}"


def _case_form(number: str, form: MissingForm) -> CaseForm:
    """A case with what is known filled in."""
    longest = SupportCase._meta.get_field("order_number").max_length
    day = form.cleaned_data["day"]
    lines = [] if len(number) <= (longest or 0) else [number]
    lines += [_("Bought on %(day)s.") % {"day": day}] if day else []
    initial = {"key": uuid.uuid4(), "order_number": number[:longest], "text": "\n".join(lines)[:LONGEST]}
    return CaseForm(initial=initial)


def _case(request: SellerRequest, found: SupportCase, form: ReplyForm, status: int = 200) -> HttpResponse:
    marketplace = request.seller.marketplace
    before = conversations.place(request.GET.get("before", ""))
    written, earlier = conversations.last(found.messages.select_related("by"), before)
    context = {
        "case": found,
        "tone": TONES[CaseState(found.state)],
        "is_closed": found.state == CaseState.CLOSED,
        "messages_of_case": [
            {"is_mine": each.who == Who.SELLER, "text": each.text, "at": each.at, "by": each.by}
            for each in written
        ],
        "before": earlier,
        "form": form,
        "may": request.membership.may(Right.MESSAGE),
        "marketplace": marketplace,
        "zone": marketplace.time_zone,
    }
    return render(request, "messaging/case.html", context, status=status)


def _pager(page: Page[SupportCase], address: str) -> dict[str, str]:
    """The steps that there are."""
    steps: dict[str, str] = {}
    if page.previous:
        steps |= {"first_url": address, "previous_url": _step(address, Turn(above=page.previous))}
    if page.next:
        steps |= {"next_url": _step(address, Turn(below=page.next)), "last_url": f"{address}end=1"}
    return steps


def _step(address: str, turn: Turn) -> str:
    return f"{address}{urlencode({'before': turn.below} if turn.below else {'after': turn.above})}"
