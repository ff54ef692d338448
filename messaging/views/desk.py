"""Messages: the threads of a seller, by what they wait for (C5)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from access_log import record
from accounts import clock, counting
from accounts.keyset import Page, Turn
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from messaging import desk
from messaging.desk import Question, Show
from messaging.forms.desk import QuestionForm
from messaging.models import Thread


@requires(Right.VIEW)
@require_safe
def listing(request: SellerRequest) -> HttpResponse:
    """One page of threads, with how many each tab holds."""
    form = QuestionForm(request.GET)
    question, now = form.question(), clock.now()
    held = desk.counts(question, request.seller, now)
    page = desk.page(question, request.seller, now)
    record.detail(request, orders=len(page.rows), is_search=bool(question.text))
    context = {
        "question": question,
        "problems": form.problems(),
        "tabs": _tabs(question, held),
        "rows": desk.rows(page.rows, request.seller.marketplace.time_zone, now),
        "without_text": question.url(text=""),
        "all_threads": question.url(show=Show.ALL),
        "elsewhere": held[Show.ALL] if question.show != Show.ALL else 0,
        "may": request.membership.may(Right.MESSAGE),
        "marketplace": request.seller.marketplace,
        "pager": _pager(question, page, held[question.show]),
    }
    return render(request, "messaging/list.html", context)


def _pager(question: Question, page: Page[Thread], total: int) -> dict[str, str]:
    """The steps that there are, and how many threads the list holds."""
    words = {"n": counting.written_capped(total)}
    steps = {"summary": ngettext("%(n)s conversation", "%(n)s conversations", total) % words}
    if page.previous:
        steps["first_url"] = question.url()
        steps["previous_url"] = question.url(turn=Turn(above=page.previous))
    if page.next:
        steps["next_url"] = question.url(turn=Turn(below=page.next))
        steps["last_url"] = question.url(turn=Turn(at_end=True))
    return steps


def _tabs(question: Question, held: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "url": question.url(show=show),
            "label": show.label,
            "count": counting.written_capped(held[show]),
            "current": show == question.show,
        }
        for show in Show
    ]
