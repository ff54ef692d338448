"""The list of payments, the read side: what the address asks for, and the page that answers it (P1)."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet, TextChoices
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import calendars, keyset
from accounts.keyset import FIRST, Page, Turn
from accounts.models import Seller
from payments.models import Payment

NEWEST = "-charged_at"
ONE_DAY = timedelta(days=1)
DASHES = re.compile(r"[\u2010-\u2015\u2212]")
NUMBER = re.compile(r"(?<![0-9])([0-9]{3})-?([0-9]{7})-?([0-9]{7})(?![0-9])")


class Stage(TextChoices):
    """How far the money of a charged order has come."""

    WAITING = "waiting", _("Not yet available")
    AVAILABLE = "available", _("Available")
    PAID = "paid", _("Paid out")


@dataclass(frozen=True)
class Question:
    """All that the address of the list says; `url()` says it again with something changed."""

    stage: str = ""
    first_day: date | None = None
    last_day: date | None = None
    text: str = ""
    turn: Turn = FIRST

    def url(self, **changes: Any) -> str:
        """The address of the same list with these changes, from its first page on."""
        asked = replace(self, **{"turn": FIRST, **changes})
        values = {
            "state": asked.stage,
            "from": asked.first_day or "",
            "to": asked.last_day or "",
            "q": asked.text,
            "before": asked.turn.below or "",
            "after": asked.turn.above or "",
            "end": "1" if asked.turn.at_end else "",
        }
        said = urlencode({name: value for name, value in values.items() if value})
        return f"{reverse('payments:list')}{'?' if said else ''}{said}"


def answer(question: Question, seller: Seller, today: date) -> Page[Payment]:
    """The page that is asked for; an order number finds its payment under any state and on any day."""
    if question.text:
        number = number_in(question.text)
        return Page(list(seller.payments.filter(order_number=number)) if number else [], None, None)
    return keyset.page(_listed(question, seller, today), NEWEST, question.turn)


def number_in(text: str) -> str | None:
    """The order number that the text holds, pasted with blanks, odd dashes or none; None where there is none."""
    whole = NUMBER.search(DASHES.sub("-", unicodedata.normalize("NFKC", text)))
    return "-".join(whole.groups()) if whole else None


def stage_of(payment: Payment, today: date) -> Stage | None:
    """Where the money stands; None while the buyer is not charged: it is not on its way (O16)."""
    if payment.charged_at is None:
        return None
    if payment.settles_on is None:
        return Stage.PAID
    return Stage.WAITING if payment.settles_on > today else Stage.AVAILABLE


def _listed(question: Question, seller: Seller, today: date) -> QuerySet[Payment]:
    """What stands in the state and was charged on these days. Each state is read from an index of its own."""
    found = seller.payments.filter(charged_at__isnull=False)
    if question.stage == Stage.PAID:
        found = found.filter(settles_on=None)
    elif question.stage == Stage.AVAILABLE:
        found = found.filter(settles_on__lte=today)
    elif question.stage == Stage.WAITING:
        found = found.filter(settles_on__gt=today)
    after, until = _bounds(question, seller.marketplace.time_zone)
    found = found if after is None else found.filter(charged_at__gt=after)
    return found if until is None else found.filter(charged_at__lte=until)


def _bounds(question: Question, zone: str) -> tuple[datetime | None, datetime | None]:
    """The last moment before the first day, and the last one of the last day, of the marketplace."""
    first, last = question.first_day, question.last_day
    return (
        calendars.end_of_day(first - ONE_DAY, zone) if first else None,
        calendars.end_of_day(last, zone) if last else None,
    )
