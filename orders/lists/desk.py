"""Manage Orders, the read side: the page of orders that answers what the address asks for (O1, O19)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from accounts import keyset
from accounts.keyset import Page, Turn
from accounts.models import Seller
from orders.forms.desk import Question
from orders.lists import filters, finds, plans, rows, walks
from orders.lists.filters import KEYS as SORTS
from orders.lists.filters import NEWEST, Facet
from orders.lists.kinds import OF_BUYERS, Find, Kind
from orders.lists.plans import Asked
from orders.lists.walks import Listed, Wanted
from orders.models import Order
from orders.states import TAB_STATUSES, Tab

NONE = 0
"""No order's key. Asked for where nothing can match: a count can be written of it, of `none()` not."""

__all__ = [
    "NEWEST",
    "SORTS",
    "Answer",
    "Countable",
    "Question",
    "Turn",
    "answer",
    "countable",
    "matching",
    "tab_of",
]


@dataclass(frozen=True)
class Answer:
    """A page of orders, and how it was found.

    `find` is what the searched text was taken for, `elsewhere` says that it is not under the tab (or its filters)
    but on these lists; `is_cut`, that the list goes on although its page is not full. `question` is the one that
    these orders answer: where they were found elsewhere, without the tab and the filters that leave them out.
    """

    page: Page[Order]
    question: Question
    find: Find | None = None
    elsewhere: bool = False
    is_cut: bool = False
    facets: tuple[Facet, ...] = ()

    @property
    def orders(self) -> list[Order]:
        """The orders of the page, in its order."""
        return self.page.rows

    @property
    def number(self) -> str | None:
        """The order number that was searched for, or the part of one."""
        is_number = self.find and self.find.kind in (Kind.NUMBER, Kind.BEGINNING, Kind.PART)
        return self.find.text if self.find and is_number else None


@dataclass(frozen=True)
class Countable:
    """What can be counted of a list; `is_whole` where that is all of it."""

    orders: Wanted
    is_whole: bool = True


def answer(question: Question, seller: Seller, now: datetime) -> Answer:
    """The page that the question asks for; a search that finds nothing under its tab looks everywhere."""
    find = finds.of(question.text, seller) if question.text else None
    asked = _asked(question, seller, now, find, filters.facets(seller))
    nothing = Answer(Page([], None, None), question, find, facets=tuple(asked.facets))
    if question.text and find is None:
        return nothing
    found = _answer(asked)
    if found.orders or find is None or (found.is_cut and not _is_elsewhere(asked, found)):
        return found
    for found in map(_answer, plans.wider(asked)):
        if found.orders:
            return replace(found, elsewhere=True)
    # Nobody is told that a name is there, when all its orders are Pending (O2).
    return replace(nothing, find=None) if find.kind in OF_BUYERS else nothing


def matching(question: Question, seller: Seller, now: datetime) -> QuerySet[Order]:
    """Exactly the orders that the list shows over all its pages, in no order; never another seller's."""
    find = finds.of(question.text, seller) if question.text else None
    if question.text and find is None:
        return seller.orders.filter(pk=NONE)
    return _asked(question, seller, now, find, ()).wanted


def countable(
    question: Question,
    seller: Seller,
    now: datetime,
    most: int = walks.WINDOW,
    facets: Sequence[Facet] | None = None,
) -> Countable:
    """Those that the list opens with which a look at so many orders finds: what a count beside a view may cost.

    `facets` are the seller's where they were read already.
    """
    find = finds.of(question.text, seller) if question.text else None
    if question.text and find is None:
        return Countable(seller.orders.filter(pk=NONE))
    known = filters.facets(seller) if facets is None and filters.is_narrow(question) else facets
    needed = known if known and filters.is_narrow(question) else ()
    asked = _asked(replace(question, sort=""), seller, now, find, needed)
    here = _countable(asked, most)
    if find is None or here.orders.exists():
        return here
    elsewhere = (_countable(wider, most) for wider in plans.wider(asked))
    return next((found for found in elsewhere if found.orders.exists()), here)


def tab_of(order: Order) -> Tab:
    """The tab that lists the order."""
    return next(tab for tab in Tab if order.status in TAB_STATUSES[tab])


def _asked(
    question: Question, seller: Seller, now: datetime, find: Find | None, facets: Sequence[Facet]
) -> Asked:
    """The question with what its text names. On all lists at once only what few orders bear is looked for."""
    if not question.tab and (find is None or find.is_broad):
        question = replace(question, tab=Tab.UNSHIPPED)
    return Asked(question, seller, now, find, facets)


def _countable(asked: Asked, most: int) -> Countable:
    plan = plans.of(asked)
    if isinstance(plan.source, Listed) and plan.source.is_exact:
        return Countable(asked.wanted)
    reached = walks.reachable(plan.source, plan.wanted, most, descending=plan.is_descending)
    return Countable(reached, is_whole=plan.source.is_exact)


def _is_elsewhere(asked: Asked, found: Answer) -> bool:
    """Whether the empty page ends a list of other tabs: under this one there is nothing from its first page on."""
    if found.page.next:
        return False
    first = _answer(replace(asked, question=replace(asked.question, turn=keyset.FIRST)))
    return not first.orders and not first.is_cut


def _answer(asked: Asked) -> Answer:
    """The page by the index that suits the question."""
    plan, question = plans.of(asked), asked.question
    size, wanted = question.size or keyset.SIZE, rows.columns(plan.wanted)
    told = Answer(Page([], None, None), question, asked.find, facets=tuple(asked.facets))
    if isinstance(plan.source, Listed) and plan.source.is_exact:
        key = filters.sorting(question)
        return replace(told, page=keyset.page(wanted, key, question.turn, size))
    walked = walks.page(plan.source, wanted, question.turn, size, descending=plan.is_descending)
    return replace(told, page=walked.page, is_cut=walked.is_cut)
