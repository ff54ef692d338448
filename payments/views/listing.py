"""Payments: what is due, the settlement periods, and the money of each order (P1, O16)."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import calendars, clock, days, keyset
from accounts.keyset import Page, Turn
from accounts.models import Right
from accounts.money import Money
from accounts.rights import SellerRequest, requires
from payments import desk, periods, rows
from payments.desk import Question, Stage
from payments.forms import NumbersForm, QuestionForm
from payments.models import Statement

PANEL = "desk"
RECENT = 4


@requires(Right.REPORT)
@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def payments(request: SellerRequest) -> HttpResponse:
    """One page of the charged orders under what is due now; a piece of it where htmx asks for the panel."""
    form = QuestionForm(request.GET)
    question = form.question()
    seller, now = request.seller, clock.now()
    today = calendars.local_date(now, seller.marketplace.time_zone)
    page = desk.answer(question, seller, today)
    presets = days.presets(question, today)
    context = {
        "question": question,
        "problems": form.problems(),
        "tabs": _tabs(question),
        "presets": presets,
        "days_label": days.words(question, presets),
        "without_text": question.url(text=""),
        "without_days": question.url(first_day=None, last_day=None),
        "rows": rows.of_payments(page.rows, seller, today),
        "uncharged": bool(page.rows) and page.rows[0].charged_at is None,
        "pager": steps(question.url, page),
        "marketplace": seller.marketplace,
    }
    template = "payments/list.html"
    if request.htmx.target == PANEL:
        return render(request, f"{template}#{PANEL}", context)
    return render(request, template, {**context, **_overview(request, today)})


@requires(Right.REPORT)
@require_safe
def all_statements(request: SellerRequest) -> HttpResponse:
    """Every closed statement, the newest first."""
    form = NumbersForm(request.GET)
    page = keyset.page(request.seller.statements.closed(), "-number", form.turn())
    context = {
        "statements": [summary(each) for each in page.rows],
        "problems": form.problems(),
        "pager": steps(turned(reverse("payments:statements")), page),
        "marketplace": request.seller.marketplace,
    }
    return render(request, "payments/statements.html", context)


def summary(statement: Statement) -> dict[str, Any]:
    """A statement as a row of ready texts."""
    names = ("carried_over", "charges", "refunds", "fees", "paid_out", "carried_forward")
    texts = {name: _text(getattr(statement, name), statement) for name in names}
    texts |= {name: _text(-getattr(statement, name), statement) for name in ("refunds", "fees")}
    return {
        "number": statement.number,
        "url": reverse("payments:statement", args=[statement.number]),
        "period": periods.name(statement),
        "orders": statement.orders,
        **texts,
        "carried_forward": texts["carried_forward"] if statement.carried_forward else "",
    }


def steps(url: Any, page: Page[Any]) -> dict[str, str]:
    """The steps that there are from a page; `url` says the list's address with a turn."""
    found = {}
    if page.previous:
        found["first_url"] = url()
        found["previous_url"] = url(turn=Turn(above=page.previous))
    if page.next:
        found["next_url"] = url(turn=Turn(below=page.next))
        found["last_url"] = url(turn=Turn(at_end=True))
    return found


def turned(address: str) -> Any:
    """Says the address with a turn, for a list that has nothing else to ask for."""

    def url(turn: Turn = keyset.FIRST) -> str:
        for name, value in (("before", turn.below), ("after", turn.above), ("end", turn.at_end and 1)):
            if value:
                return f"{address}?{name}={value}"
        return address

    return url


def _overview(request: SellerRequest, today: date) -> dict[str, Any]:
    """The running period, and the last closed ones."""
    seller = request.seller
    statement = periods.running(seller, clock.now())
    if statement is None:
        return {}
    closed = list(seller.statements.closed().order_by("-number")[: RECENT + 1])
    standing = periods.standing(seller, statement, today)
    currency = statement.currency
    return {
        "running": {
            "url": reverse("payments:statement", args=[statement.number]),
            "number": statement.number,
            "period": periods.name(statement),
            "last_day": statement.closes_on,
            "is_over": statement.closes_on < today,
            "expected": str(Money(standing.expected, currency)),
            "available": str(Money(standing.available, currency)),
            "waiting": str(Money(standing.waiting, currency)),
            "in_period": str(Money(standing.in_period, currency)),
            "carried_over": _text(statement.carried_over, statement) if statement.carried_over else "",
        },
        "last": summary(closed[0]) if closed else None,
        "statements": [summary(each) for each in closed[:RECENT]],
        "has_more": len(closed) > RECENT,
    }


def _text(amount: int, statement: Statement) -> str:
    return str(Money(amount, statement.currency)) if amount else "–"


def _tabs(question: Question) -> list[dict[str, Any]]:
    """All charged orders, and those in each state. Not counted: nobody asks how many a million are."""
    stages = [("", _("All")), *((stage.value, stage.label) for stage in Stage)]
    return [
        {"url": question.url(stage=stage, text=""), "label": label, "current": stage == question.stage}
        for stage, label in stages
    ]
