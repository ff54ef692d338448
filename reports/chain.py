"""The daily report: every order that arrived is in exactly one of them (F1, F3, ADR 14).

A report takes the arrivals that no report has, in the transaction that puts it on record. What is not committed then
has not been seen by anybody, and is for the next one. A report is due as soon as the seller's hour has struck since the
last one was posted, whatever the setting was before. Each report begins where the last one ended, and a key of the
database lets one report begin there: two beats, a run that is late or repeated, and a clock that is set back post
nothing twice.
"""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import Max, QuerySet

from accounts.actors import Source
from accounts.models import Plan, Seller
from accounts.nudge import nudge
from accounts.personal_data_register import KEPT
from reports import kinds, periods
from reports.models import Arrival, Report, Schedule
from reports.states import ReportKind
from reports.work import WORK

KIND = ReportKind.NEW_ORDERS
ONE_DAY = timedelta(days=1)

logger = structlog.get_logger(__name__)


class Due(NamedTuple):
    """A daily report that is to be posted."""

    seller: Seller
    schedule: Schedule
    day: date

    @property
    def at(self) -> datetime:
        """When the hour struck."""
        return periods.due_at(self.day, self.schedule.hour, self.seller.marketplace.time_zone)


def post_due(now: datetime, source: Source = Source.JOB) -> int:
    """Post every daily report that is due and not there; returns how many. A seller that breaks holds up no other."""
    return sum(_post_by_itself(due, now, source) for due in due_reports(now))


def due_reports(now: datetime) -> Iterator[Due]:
    """Sellers whose hour has struck since their last report, in a fixed number of queries (F3)."""
    sellers = list(Seller.objects.filter(plan=Plan.PROFESSIONAL).select_related("marketplace").order_by("pk"))
    schedules = {each.seller_id: each for each in Schedule.objects.all()}
    found = [_due(seller, schedules.get(seller.pk) or Schedule(seller=seller), now) for seller in sellers]
    wanted = [due for due in found if due.schedule.is_on]
    since = min((due.at for due in wanted), default=now)
    there = Report.objects.filter(kind=KIND, daily_for__isnull=False, last_moment__gte=since)
    posted = dict(there.values_list("seller_id").annotate(Max("last_moment")))
    return (due for due in wanted if due.seller.pk not in posted or posted[due.seller.pk] < due.at)


def _due(seller: Seller, schedule: Schedule, now: datetime) -> Due:
    return Due(seller, schedule, periods.due_day(schedule.hour, seller.marketplace.time_zone, now))


def _post_by_itself(due: Due, now: datetime, source: Source) -> bool:
    try:
        return post(due, now, source)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("daily_report_not_posted", seller=due.seller.pk)
        return False


@transaction.atomic(durable=True)
def post(due: Due, now: datetime, source: Source = Source.JOB) -> bool:
    """Put a report on record with all that arrived since the last; False where one was posted since the hour struck.

    Before a seller's first one, what arrived until the day before is put into a report of its own.
    """
    # One after the other, so that the second sees what the first has posted, perhaps by another hour.
    Seller.objects.select_for_update(no_key=True).get(pk=due.seller.pk)
    daily = Report.objects.filter(
        kind=KIND, seller=due.seller, daily_for__isnull=False, first_moment__isnull=False
    )
    last = daily.order_by("-first_moment").first()
    if last and last.last_moment and last.last_moment >= due.at:
        return False
    first = last.last_moment if last else periods.due_at(*_day_before(due))
    unreported = Arrival.objects.filter(seller=due.seller, report=None)
    earlier = unreported.filter(arrived_at__lt=first)
    if last is None and earlier.exists():
        report = _new(due._replace(day=due.day - ONE_DAY), None, first, now, source)
        if not _hold(report, earlier):
            return False
    return _hold(_new(due, first, now, now, source), unreported)


def _day_before(due: Due) -> tuple[date, int, str]:
    return due.day - ONE_DAY, due.schedule.hour, due.seller.marketplace.time_zone


def _new(due: Due, first: datetime | None, last: datetime | None, now: datetime, source: Source) -> Report:
    """The report of a day, as the seller's schedule wants it."""
    wanted = set(due.schedule.columns)
    return Report(
        seller=due.seller,
        kind=KIND,
        daily_for=due.day,
        format=due.schedule.format,
        separator=due.schedule.separator,
        is_exact=due.schedule.is_exact,
        columns=[name for name in kinds.optional(KIND) if name in wanted],
        key=uuid.uuid4(),
        source=source,
        first_moment=first,
        last_moment=last,
        created_at=now,
        expires_at=now + KEPT,
    )


def _hold(report: Report, arrivals: QuerySet[Arrival]) -> bool:
    """The report has these orders and waits to be made; False where there is one that begins at the same moment."""
    Report.objects.bulk_create([report], ignore_conflicts=True)
    ours = Report.objects.filter(key=report.key).first()
    if ours is None:
        return False
    arrivals.update(report=ours)
    nudge(WORK, ours.pk)
    return True
