"""What members made of Manage Orders: how they want the list, and the questions they saved under a name (O19)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts import calendars, counting, days
from accounts.models import Membership, Right
from orders.forms.desk import Question
from orders.lists import columns, desk
from orders.lists.columns import Column
from orders.lists.filters import Facet
from orders.lists.walks import WINDOW
from orders.models import DeskPreference, SavedView

BESIDE = 8
"""So many views stand beside the tabs, each with its count; the others are in a menu."""
MOST = 30
"""So many may a member save, and so many the team."""
KEPT = ("name", "query", "days", "columns", "place", "version", "owner_id", "seller_id")
PREFERRED = ("columns", "density", "size", "sort", "start_view_id", "version")


@dataclass(frozen=True)
class Mine:
    """One member's preferences, and the views that they may open: their own first, then the team's."""

    membership: Membership
    preference: DeskPreference
    views: Sequence[SavedView]

    def find(self, pk: int | None) -> SavedView | None:
        """The view of this number, where the member may open it."""
        return next((view for view in self.views if view.pk == pk), None) if pk else None

    def columns(self, view: SavedView | None = None) -> tuple[Column, ...]:
        """What the list shows: the columns saved with the view, else the member's own choice."""
        return columns.shown(view.columns if view and view.columns else self.preference.columns)

    def filled(self, asked: Question) -> Question:
        """The question with this member's sorting and page size where it says nothing of them."""
        preferred = self.preference
        return replace(asked, sort=asked.sort or preferred.sort, size=asked.size or preferred.size)

    def start(self, now: datetime) -> str:
        """The address of the view that Manage Orders opens with; empty for the plain list."""
        view = self.find(self.preference.start_view_id)
        return url(view, self.membership, now) if view else ""

    def may_change(self, view: SavedView) -> bool:
        """One's own; and the team's with the right to its settings."""
        return not view.is_shared or self.membership.may(Right.SETTINGS)


def of(membership: Membership) -> Mine:
    """Preferences and views of a member, in one query."""
    preference = DeskPreference.objects.filter(membership=OuterRef("pk"))
    views = SavedView.objects.filter(Q(owner=OuterRef("pk")) | Q(owner=None, seller=OuterRef("seller")))
    in_order = views.order_by(F("owner").asc(nulls_last=True), "place", "pk")
    found = Membership.objects.filter(pk=membership.pk).values_list(
        Subquery(preference.values(data=_json(PREFERRED))[:1]),
        ArraySubquery(in_order.values(data=_json(("pk", *KEPT)))),
    )
    preferred, saved = found.first() or (None, [])
    return Mine(
        membership,
        DeskPreference(membership=membership, **(preferred or {})),
        [SavedView(**values) for values in saved],
    )


def question(view: SavedView, membership: Membership, now: datetime) -> Question:
    """What the view asks for now: "the last 7 days" are counted back from the marketplace's today."""
    asked = Question.read(view.query, membership.seller)
    first = _today(membership, now) - timedelta(days=view.days - 1) if view.days else asked.first_day
    return replace(asked, first_day=first, view=view.pk)


def url(view: SavedView, membership: Membership, now: datetime) -> str:
    """Where the view opens."""
    return question(view, membership, now).url()


def kept(asked: Question, membership: Membership, now: datetime) -> tuple[str, int | None]:
    """What of a question a view keeps: its words, and how many days up to today where it is about such."""
    for count in days.PRESETS:
        if asked.first_day == _today(membership, now) - timedelta(days=count - 1) and not asked.last_day:
            return replace(asked, first_day=None).query(), count
    return asked.query(), None


@dataclass(frozen=True)
class Known:
    """What the list has read already: by what it can be narrowed, and how many orders stand under each tab."""

    facets: Sequence[Facet]
    totals: Mapping[str, int]


@dataclass(frozen=True)
class Tab:
    """A saved view beside the tabs."""

    pk: int
    label: str
    url: str
    is_current: bool
    is_shared: bool
    count: str = ""


@dataclass(frozen=True)
class Bar:
    """The saved views as orders/list_views.html shows them, and what can be saved at the moment."""

    beside: Sequence[Tab]
    others: Sequence[Tab]
    current: SavedView | None
    is_changed: bool
    is_start: bool
    may_change: bool
    may_share: bool
    is_full: bool
    query: str
    reset_url: str
    table_url: str


def bar(mine: Mine, asked: Question, now: datetime, known: Known) -> Bar:
    """The views with their counts, all in one query; none where nothing is saved."""
    current = mine.find(asked.view)
    questions = {view.pk: question(view, mine.membership, now) for view in mine.views}
    beside = _beside(mine.views, current)
    counts = _counts([questions[view.pk] for view in beside], mine, now, known)
    whole = {view.pk: _tab(view, questions[view.pk], current, counts) for view in mine.views}
    own = [view for view in mine.views if not view.is_shared]
    return Bar(
        beside=[whole[view.pk] for view in beside],
        others=[whole[view.pk] for view in mine.views if view not in beside],
        current=current,
        is_changed=current is not None and questions[current.pk].query() != asked.query(),
        is_start=current is not None and current.pk == mine.preference.start_view_id,
        may_change=current is not None and mine.may_change(current),
        may_share=mine.membership.may(Right.SETTINGS),
        is_full=len(own) >= MOST,
        query=asked.query(),
        reset_url=questions[current.pk].url() if current else "",
        table_url=f"{reverse('orders:table')}?{asked.url().partition('?')[2]}",
    )


def _beside(views: Sequence[SavedView], current: SavedView | None) -> list[SavedView]:
    """The first ones, and the one that is open in the place of the last where it is not among them."""
    shown = list(views[:BESIDE])
    return shown if current is None or current in shown else [*shown[:-1], current]


def _counts(questions: Sequence[Question], mine: Mine, now: datetime, known: Known) -> dict[int, str]:
    """How many orders each view has, up to the cap; of a list too long to be looked through at least how many."""
    seller = mine.membership.seller
    lists = {str(asked.view): desk.countable(asked, seller, now, facets=known.facets) for asked in questions}
    found = counting.capped({view: each.orders for view, each in lists.items()}) if lists else {}
    return {
        asked.view: _written(found[str(asked.view)], asked, known, lists[str(asked.view)].is_whole)
        for asked in questions
    }


def _written(count: int, asked: Question, known: Known, is_whole: bool) -> str:
    """ "37", "1,000+" beyond the cap, "37+" where orders further down were not looked at."""
    is_part = not is_whole and known.totals.get(asked.tab, sum(known.totals.values())) > WINDOW
    words = counting.written_capped(count)
    return f"{words}+" if is_part and count <= counting.CAP else words


def _tab(view: SavedView, asked: Question, current: SavedView | None, counts: dict[int, str]) -> Tab:
    return Tab(
        pk=view.pk,
        label=view.name,
        url=asked.url(),
        is_current=view == current,
        is_shared=view.is_shared,
        count=counts.get(view.pk, ""),
    )


def _today(membership: Membership, now: datetime) -> date:
    return calendars.local_date(now, membership.seller.marketplace.time_zone)


def _json(names: Iterable[str]) -> JSONObject:
    values: dict[str, Any] = {name: name for name in names}
    return JSONObject(**values)
