"""The list of reports, the read side: what the address asks for, and the page of reports that answers it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts import keyset
from accounts.keyset import FIRST, Page, Turn
from accounts.models import Seller
from reports import periods
from reports.models import Report

NEWEST = "-created_at"
DAILY, ASKED = "daily", "asked"


@dataclass(frozen=True)
class Question:
    """All that the address says; the days fill in the form that asks for a report, and name the day's reports."""

    posted: str = ""
    kind: str = ""
    first_day: date | None = None
    last_day: date | None = None
    turn: Turn = FIRST

    def url(self, **changes: Any) -> str:
        """The address of the same list with these changes, from its first page on."""
        asked = replace(self, **{"turn": FIRST, **changes})
        values = {
            "posted": asked.posted,
            "kind": asked.kind,
            "from": asked.first_day or "",
            "to": asked.last_day or "",
            "before": asked.turn.below or "",
            "after": asked.turn.above or "",
            "end": "1" if asked.turn.at_end else "",
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{reverse('reports:list')}{'?' if query else ''}{query}"


def answer(question: Question, seller: Seller) -> Page[Report]:
    """The page of reports that the question asks for, the newest first."""
    return keyset.page(_listed(question, seller), NEWEST, question.turn, size=25)


def _listed(question: Question, seller: Seller) -> QuerySet[Report]:
    found = Report.objects.filter(seller=seller).select_related("asked_by")
    if question.posted:
        found = found.filter(daily_for__isnull=question.posted != DAILY)
    return found.filter(kind=question.kind) if question.kind else found


def daily_of(day: date, seller: Seller) -> list[Report]:
    """The reports posted from the beginning of the day to the first one after it (O22).

    An order authorised on the day is in one of them, however often and late reports were posted.
    """
    begins, ends = periods.of_dates(day, day, seller.marketplace.time_zone)
    daily = Report.objects.filter(seller=seller, daily_for__isnull=False).select_related("asked_by")
    daily = daily.annotate(until=Coalesce("last_moment", "created_at")).order_by("until")
    return [*daily.filter(until__gte=begins, until__lt=ends), *daily.filter(until__gte=ends)[:1]]
