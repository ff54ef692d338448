"""Manage Orders: the four lists, by day, by number, and by what needs attention (O1, O19)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from access_log import record
from accounts import calendars, clock, counting, days
from accounts.keyset import FIRST, Turn
from accounts.models import Right, Seller
from accounts.rights import SellerRequest, requires
from orders.bulk import bar
from orders.forms.desk import QuestionForm
from orders.lists import attention, chips, counts, desk, finds, place, pulse, row_markup, saved_views
from orders.lists.attention import Attention
from orders.lists.desk import Answer, Question
from orders.lists.kinds import OF_BUYERS, Kind
from orders.lists.rows import Rows
from orders.lists.saved_views import Known, Mine
from orders.states import Tab

PANEL = "desk"
FIELDS = {True: "buyer", False: "title"}


@requires(Right.VIEW)
@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def orders(request: SellerRequest) -> HttpResponse:
    """One page of a list with the counts of all four; a piece of it where htmx asks for the panel."""
    seller, now = request.seller, clock.now()
    mine = saved_views.of(request.membership)
    if not request.GET and (start := mine.start(now)):
        return redirect(start)
    form = QuestionForm(request.GET)
    question = form.question()
    view = mine.find(question.view)
    question = replace(question, view=view.pk if view else 0)
    columns = mine.columns(view)
    answer = desk.answer(mine.filled(question), seller, now)
    held = counts.by_tab(seller, question.first_day, question.last_day)
    total = held.get(question.tab, sum(held.values()))
    found = Rows(request.membership, now, columns).of(answer.orders)
    may_pick = bool(found)
    context = {
        **_narrowing(mine, question, answer, now),
        "question": question,
        "problems": [*form.problems(), *_said(answer, question)],
        "tabs": _tabs(question, held),
        "views": saved_views.bar(mine, question, now, Known(answer.facets, _totals(mine, question, held))),
        "columns": columns,
        "density": mine.preference.density,
        "rows": row_markup.of(found, may_pick=may_pick, columns=columns),
        "may_pick": may_pick,
        "bar": bar.of(request.membership, answer.question, _total(question, total)),
        "find": answer.find,
        "is_cut": answer.is_cut,
        "pager": _pager(question, answer, total),
        "marketplace": seller.marketplace,
        "pulse": pulse.of_list(request.GET.urlencode(), answer.orders),
    }
    page = "orders/list.html"
    # Boosted links name the panel as their target; going back in the browser asks for the whole page.
    response = render(request, f"{page}#{PANEL}" if request.htmx.target == PANEL else page, context)
    place.keep(request, response, question)
    is_search = bool(answer.find and answer.find.kind in OF_BUYERS)
    record.detail(request, orders=len(answer.orders), is_search=is_search)
    return response


def _narrowing(mine: Mine, question: Question, answer: Answer, now: datetime) -> dict[str, Any]:
    """What stands above the rows: the filters in force and those to choose, days, and what needs attention."""
    seller = mine.membership.seller
    presets = days.presets(question, calendars.local_date(now, seller.marketplace.time_zone))
    words = days.words(question, presets)
    return {
        "filters": chips.of(question, answer.facets, answer.find, words),
        "without_all": chips.without_all(question),
        "panel": chips.panel(mine.filled(question), answer.facets),
        "alternatives": _alternatives(question, answer, seller),
        "chips": _chips(question, seller, now),
        "presets": presets,
        "days_label": words,
        "without_text": question.url(text=""),
        "without_days": question.url(first_day=None, last_day=None, attention=""),
    }


def _totals(mine: Mine, question: Question, held: Mapping[str, int]) -> Mapping[str, int]:
    """How many orders stand under each tab on all days; asked only where views are counted."""
    has_days = question.first_day or question.last_day
    return counts.by_tab(mine.membership.seller, None, None) if mine.views and has_days else held


def _tabs(question: Question, held: Mapping[str, int]) -> list[dict[str, Any]]:
    """The four tabs, each with its exact count on the chosen days; none where a filter stays that counts less."""
    is_counted = not replace(question, attention="", ship_by="").is_filtered
    return [
        {
            "url": question.url(tab=tab, attention="", ship_by="", view=0),
            "key": tab,
            "label": tab.label,
            "count": counting.written(held[tab]) if is_counted else None,
            "current": tab == question.tab and not question.view,
        }
        for tab in Tab
    ]


def _chips(question: Question, seller: Seller, now: datetime) -> list[dict[str, Any]]:
    """What needs attention among the unshipped orders: filters to choose, each with its count.

    Where another filter stays, its list is a part of what is counted: then no count is shown.
    """
    if question.tab != Tab.UNSHIPPED or question.text:
        return []
    held = attention.count(seller, now)
    is_counted = not replace(question, attention="").is_filtered
    return [
        {
            "url": question.url(
                attention="" if kind == question.attention else kind, first_day=None, last_day=None
            ),
            "label": kind.label,
            "count": counting.written_capped(held[kind]) if is_counted else None,
            "current": kind == question.attention,
        }
        for kind in Attention
        if held[kind] or kind == question.attention
    ]


def _total(question: Question, held: int) -> int | None:
    """How many orders match, where that is kept."""
    return None if question.is_filtered else held


def _pager(question: Question, answer: Answer, total: int) -> dict[str, str]:
    """The steps that there are, and how many orders the list holds where that is known."""
    page, steps = answer.page, {}
    if not answer.elsewhere and not page.previous and not page.next:
        total = len(page.rows)
    if not question.is_filtered or total == len(page.rows):
        words = {"n": counting.written(total)}
        steps["summary"] = ngettext("%(n)s order", "%(n)s orders", total) % words
    if page.previous or question.turn != FIRST:
        steps["first_url"] = question.url()
    if page.previous:
        steps["previous_url"] = question.url(turn=Turn(above=page.previous))
    if page.next:
        steps["next_url"] = question.url(turn=Turn(below=page.next))
        steps["last_url"] = question.url(turn=Turn(at_end=True))
    return steps


def _said(answer: Answer, question: Question) -> Iterable[str]:
    """Where a search found what it found, when that is not where the reader was looking; and what it did not."""
    if answer.find:
        yield from finds.missing(answer.find)
        if answer.find.kind == Kind.NUMBERS and any(
            desk.tab_of(each) != question.tab for each in answer.orders
        ):
            yield _("Pasted numbers are shown from all lists, each order with its state.")
    if answer.is_cut and answer.orders:
        yield _("The page is short: few of the orders looked through suit. The next page looks further.")
    if not answer.elsewhere or not answer.orders:
        return
    here = Tab(question.tab).label if question.tab else _("All lists")
    if len(answer.orders) > 1:
        yield _("Nothing under %(here)s suits; these are on any list.") % {"here": here}
        return
    order = answer.orders[0]
    words = {"number": order.number, "tab": desk.tab_of(order).label, "here": here}
    if desk.tab_of(order) == question.tab:
        yield _("Order %(number)s is under %(tab)s; the days or filters chosen leave it out.") % words
    else:
        yield _("Order %(number)s is under %(tab)s, not under %(here)s.") % words


def _alternatives(question: Question, answer: Answer, seller: Seller) -> list[dict[str, str]]:
    """What else the text may have meant: a buyer of that name, or titles, where products are shown."""
    others = finds.others(answer.find, seller) if answer.find and answer.orders else []
    offered = []
    for other in others:
        text = f"{FIELDS[other.kind in OF_BUYERS]}:{other.text}"
        # Nobody is told that a name is there, when all its orders are Pending (O2).
        asked = replace(question, text=text)
        if other.kind not in OF_BUYERS or desk.matching(asked, seller, clock.now())[:1]:
            offered.append({"label": other.label, "url": question.url(text=text)})
    return offered
