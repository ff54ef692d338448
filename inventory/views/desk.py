"""Manage Inventory: the listings, by status, by who fulfils them, and by words (I1)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import counting
from accounts.keyset import Page, Turn
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from inventory import desk, row_markup
from inventory.desk import MATCH, SORTS, Question
from inventory.forms.desk import QuestionForm
from inventory.models import Fulfilment, Listing, Status
from inventory.rows import Rows

PANEL = "desk"
COLUMNS = {"sku": "sku", "available": "available", "price": "price"}


@requires(Right.VIEW)
@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def listings(request: SellerRequest) -> HttpResponse:
    """One page of the listings with the counts of all lists; a piece of it where htmx asks for the panel."""
    form = QuestionForm(request.GET)
    question = form.question()
    page = desk.answer(question, request.seller)
    held = desk.counts(question, request.seller)
    may_edit = request.membership.may(Right.SHIP)
    rows = Rows(request.membership).of(page.rows)
    context = {
        "question": question,
        "problems": form.problems(),
        "tabs": _tabs(question, held),
        "chips": _chips(question),
        "sorts": _sorts(question),
        "sort_label": SORTS[question.order].label,
        "columns": _columns(question),
        "without_text": question.url(text=""),
        "without_fulfilment": question.url(fulfilment=""),
        "without_all": Question().url(),
        "fulfilment_label": Fulfilment(question.fulfilment).label if question.fulfilment else "",
        "rows": row_markup.of(rows, request, question.url(turn=question.turn)) if rows else "",
        "may_edit": may_edit,
        "has_none": not held[""] and not question.text and not question.fulfilment,
        "pager": _pager(question, page, held),
    }
    template = "inventory/list.html"
    # Boosted links name the panel as their target; going back in the browser asks for the whole page.
    return render(request, f"{template}#{PANEL}" if request.htmx.target == PANEL else template, context)


def _tabs(question: Question, held: Mapping[str, int]) -> list[dict[str, Any]]:
    """All listings, and each status with how many it has."""
    kinds = [("", _("All")), *[(status.value, status.label) for status in Status]]
    return [
        {
            "url": question.url(status=kind),
            "label": label,
            "count": counting.written_capped(held[kind]),
            "current": kind == question.status,
        }
        for kind, label in kinds
    ]


def _chips(question: Question) -> list[dict[str, Any]]:
    """Who fulfils, to choose."""
    return [
        {
            "url": question.url(fulfilment="" if kind == question.fulfilment else kind),
            "label": kind.label,
            "current": kind == question.fulfilment,
        }
        for kind in Fulfilment
    ]


def _sorts(question: Question) -> list[dict[str, Any]]:
    """Every order of the list; the best match only of a search."""
    return [
        {"url": question.url(sort=name), "label": sort.label, "current": name == question.order}
        for name, sort in SORTS.items()
        if name != MATCH or question.text
    ]


def _columns(question: Question) -> dict[str, dict[str, str]]:
    """The headings that sort: where each leads, and how the list stands in it now."""
    found = {}
    for name in COLUMNS:
        way = {name: "ascending", f"-{name}": "descending"}.get(question.order, "")
        found[name] = {"url": question.url(sort=f"-{name}" if way == "ascending" else name), "way": way}
    return found


def _pager(question: Question, page: Page[Listing], held: Mapping[str, int]) -> dict[str, str]:
    """The steps that there are, and how many listings the list holds."""
    number = held[question.status]
    words = {"n": counting.written_capped(number)}
    steps = {"summary": ngettext("%(n)s listing", "%(n)s listings", number) % words}
    if page.previous:
        steps["first_url"] = question.url()
        steps["previous_url"] = question.url(turn=Turn(above=page.previous))
    if page.next:
        steps["next_url"] = question.url(turn=Turn(below=page.next))
        steps["last_url"] = question.url(turn=Turn(at_end=True))
    return steps
