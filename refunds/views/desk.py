"""Returns: the list, by state, by order number and by RMA (R4)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from access_log import record
from accounts import counting
from accounts.keyset import Page, Turn
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from refunds import desk
from refunds.desk import ALL, Question
from refunds.forms.desk import QuestionForm
from refunds.models import Return
from refunds.states import ReturnState


@requires(Right.VIEW)
@require_safe
def returns(request: SellerRequest) -> HttpResponse:
    """One page of returns with the exact count of each state."""
    form = QuestionForm(request.GET)
    question = form.question()
    held = desk.counts(question, request.seller)
    page = desk.page(question, request.seller)
    record.detail(request, orders=len(page.rows))
    context = {
        "question": question,
        "problems": form.problems(),
        "tabs": _tabs(question, held),
        "rows": desk.rows(page.rows, request.seller.marketplace.time_zone),
        "without_text": question.url(text=""),
        "all_states": question.url(state=ALL),
        "elsewhere": held[ALL] if question.state != ALL and question.text else 0,
        "pager": _pager(question, page, held[question.state]),
        "marketplace": request.seller.marketplace,
    }
    return render(request, "refunds/returns.html", context)


def _tabs(question: Question, held: dict[str, int]) -> list[dict[str, Any]]:
    tabs = [(ALL, _("All")), *ReturnState.choices]
    return [
        {
            "url": question.url(state=state),
            "label": label,
            "count": counting.written(held[state]),
            "current": state == question.state,
        }
        for state, label in tabs
    ]


def _pager(question: Question, page: Page[Return], total: int) -> dict[str, str]:
    """The steps that there are, and how many returns the list holds."""
    words = {"n": counting.written(total)}
    steps = {"summary": ngettext("%(n)s return", "%(n)s returns", total) % words}
    if page.previous:
        steps["first_url"] = question.url()
        steps["previous_url"] = question.url(turn=Turn(above=page.previous))
    if page.next:
        steps["next_url"] = question.url(turn=Turn(below=page.next))
        steps["last_url"] = question.url(turn=Turn(at_end=True))
    return steps
