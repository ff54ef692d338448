"""From days to moments, in the marketplace's time zone: a report's days, and when the daily one is due (F1, F2)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from accounts import calendars

ONE_DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


class Period(NamedTuple):
    """From the first moment until just before the last."""

    first: datetime
    last: datetime


def past(days: int, zone: str, now: datetime) -> Period:
    """So many days up to this moment, which is in it: back to the same time on the marketplace's clocks.

    Whoever asks for one day at the same time each day gets every moment once, also when clocks are changed.
    """
    local = now.astimezone(ZoneInfo(zone))
    return Period((local - days * ONE_DAY).astimezone(UTC) + TICK, now + TICK)


def of_dates(first: date, last: date, zone: str) -> Period:
    """From the beginning of one day to the end of another, however many hours these days have."""
    return Period(calendars.end_of_day(first - ONE_DAY, zone) + TICK, calendars.end_of_day(last, zone) + TICK)


def due_day(hour: int, zone: str, now: datetime) -> date:
    """The latest day whose daily report is due: today from this hour on, yesterday before it.

    Where clocks leave the hour out it comes as they would have shown it; where they show it twice, the first counts.
    """
    today = calendars.local_date(now, zone)
    return today if now >= due_at(today, hour, zone) else today - ONE_DAY


def due_at(day: date, hour: int, zone: str) -> datetime:
    """When the daily report of this day is due."""
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)
