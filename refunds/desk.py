"""Returns, the read side: what the address asks for, and the page of returns that answers it (R4)."""

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from accounts import keyset
from accounts.keyset import FIRST, Page, Turn
from accounts.models import Seller
from orders.lists import search
from refunds.models import Return, ReturnLine
from refunds.records import RETURN_TONES
from refunds.states import ReturnState

ALL = ""
NEWEST = "-requested_at"
RMA = re.compile(r"(.*[0-9])[\s-]*[Rr]([0-9]{1,5})\s*")


@dataclass(frozen=True)
class Question:
    """All that the address of the list says; `url()` says it again with something changed."""

    state: str = ALL
    text: str = ""
    turn: Turn = FIRST

    def url(self, **changes: Any) -> str:
        """The address of the same list with these changes, from its first page on."""
        asked = replace(self, **{"turn": FIRST, **changes})
        values = {
            "state": asked.state,
            "q": asked.text,
            "before": asked.turn.below or "",
            "after": asked.turn.above or "",
            "end": "1" if asked.turn.at_end else "",
        }
        given = urlencode({name: value for name, value in values.items() if value})
        return f"{reverse('refunds:returns')}?{given}" if given else reverse("refunds:returns")


@dataclass(frozen=True)
class Row:
    """One return as the list shows it."""

    rma: str
    url: str
    number: str
    order_url: str
    requested: str
    title: str
    units: str
    reason: str
    state: str
    tone: str


def page(question: Question, seller: Seller) -> Page[Return]:
    """The page that the question asks for; a search looks under its tab. Two queries with `rows`."""
    found = seller.returns.select_related("order")
    if question.state != ALL:
        found = found.filter(state=question.state)
    return keyset.page(_matching(found, question.text), NEWEST, question.turn)


def counts(question: Question, seller: Seller) -> dict[str, int]:
    """The exact number under each tab, of what is searched for."""
    rows = (
        _matching(seller.returns.all(), question.text).values_list("state").annotate(Count("pk")).order_by()
    )
    held = dict(rows)
    return {ALL: sum(held.values()), **{state: held.get(state, 0) for state in ReturnState.values}}


def rows(returns: list[Return], zone: str) -> list[Row]:
    """The rows of a page, with all their items in one query."""
    lines: dict[int, list[ReturnLine]] = {each.pk: [] for each in returns}
    for line in ReturnLine.objects.filter(of_return__in=returns).select_related("item").order_by("pk"):
        lines[line.of_return_id].append(line)
    return [_row(each, lines[each.pk], ZoneInfo(zone)) for each in returns]


def _matching(found: QuerySet[Return], text: str) -> QuerySet[Return]:
    """Those of an order number, its beginning, or an RMA; all of them without a text."""
    if not text:
        return found
    if rma := RMA.fullmatch(text):
        number = search.number(rma[1])
        return found.filter(rma=f"{number}-R{int(rma[2])}") if number else found.none()
    number = search.number(text)
    return found.filter(order__number__startswith=number) if number else found.none()


def _row(each: Return, lines: list[ReturnLine], zone: ZoneInfo) -> Row:
    state = ReturnState(each.state)
    units = sum(line.units for line in lines)
    more = len(lines) - 1
    told = [ngettext("%(n)d unit", "%(n)d units", units) % {"n": units}]
    if more > 0:
        told.append(ngettext("+%(n)d more item", "+%(n)d more items", more) % {"n": more})
    return Row(
        rma=each.rma,
        url=reverse("refunds:return", args=[each.rma]),
        number=each.order.number,
        order_url=reverse("orders:detail", args=[each.order.number]),
        requested=f"{each.requested_at.astimezone(zone):%Y-%m-%d %H:%M %Z}",
        title=lines[0].item.title if lines else "",
        units=" · ".join(told),
        reason=each.get_reason_display(),
        state=str(state.label),
        tone=RETURN_TONES[state],
    )
