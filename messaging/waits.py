"""The reply rate: buyers who got an answer within 24 hours (C5, H2). `threads` begins and ends the waits."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import moments
from messaging.models import Thread, Wait
from messaging.models.wait import IN_TIME, over
from orders.figures.rates import Notes, Period, Rate, Tally
from orders.models import Order


def begin(thread: Thread, *, until: datetime, now: datetime) -> None:
    """The buyer waits for an answer from now on. The caller holds the thread."""
    Wait.objects.create(thread=thread, seller_id=thread.seller_id, began_at=now, due_at=until)


def end(thread: Thread, now: datetime) -> None:
    """The buyer waits no more; nothing happens where they did not. The caller holds the thread."""
    Wait.objects.filter(thread=thread, ended_at=None).update(ended_at=now)


def _within(asked: Period) -> QuerySet[Wait]:
    after, until = asked.bounds
    return Wait.objects.filter(seller=asked.seller, began_at__gt=after, began_at__lte=until)


def _by_day(asked: Period) -> Mapping[date, Tally]:
    """By the day on which the buyer began to wait; waits that are still in time say nothing yet."""
    days = _within(asked).annotate(day=TruncDate("began_at", tzinfo=ZoneInfo(asked.zone)))
    in_time, missed = Count("pk", filter=IN_TIME), Count("pk", filter=over(asked.now))
    found = days.values_list("day").annotate(in_time=in_time, missed=missed).order_by()
    return {day: Tally(missed, missed + in_time) for day, in_time, missed in found}


def _behind(asked: Period) -> QuerySet[Order]:
    waited = _within(asked).filter(over(asked.now)).values("thread__order")
    return asked.seller.orders.filter(pk__in=waited)


def _notes(asked: Period, orders: Sequence[Order]) -> Notes:
    """How long the buyer of each order waited at most."""
    own = _within(asked).filter(thread__order__in=[order.pk for order in orders])
    missed = own.filter(over(asked.now))
    longest: dict[int, Wait] = {}
    for wait in missed.select_related("thread"):
        seen = longest.get(wait.thread.order_id)
        if seen is None or _took(wait, asked.now) > _took(seen, asked.now):
            longest[wait.thread.order_id] = wait
    return {pk: _note(wait, asked.now) for pk, wait in longest.items()}


def _took(wait: Wait, now: datetime) -> float:
    return ((wait.ended_at or now) - wait.began_at).total_seconds()


def _note(wait: Wait, now: datetime) -> str:
    words = {"time": moments.left((wait.ended_at or now) - wait.began_at)}
    if wait.ended_at:
        return _("The buyer waited %(time)s for an answer") % words
    return _("The buyer has been waiting for %(time)s") % words


REPLIES = Rate(
    slug="reply-time",
    label=gettext_lazy("Answers within 24 hours"),
    means=gettext_lazy(
        "Buyers who wrote on these days: how many had your answer, or your word that none is needed, within "
        "24 hours. Weekends and holidays count too; messages whose 24 hours still run are not counted yet."
    ),
    figures=lambda n: ngettext("%(against)s of %(of)s message", "%(against)s of %(of)s messages", n),
    behind_label=gettext_lazy("Orders whose buyer waited longer"),
    limit=Fraction(9, 10),
    spans=(7, 30),
    by_day=_by_day,
    behind=_behind,
    notes=_notes,
    is_good=True,
)
