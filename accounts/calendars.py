"""Days and business days of a marketplace, counted in its own time zone (docs/adr/0002-business-days.md)."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

VERSION = f"holidays {holidays.__version__}"
ONE_DAY = timedelta(days=1)


class UnknownCalendar(ValueError):
    """No calendar of holidays is known for this country or part of a country."""


def end_of_day(day: date, zone: str) -> datetime:
    """The last microsecond of a local day, in UTC (O8, O18).

    fold=1 takes the later one where clocks go back over midnight and 23:59 comes twice.
    """
    return datetime.combine(day, time.max, ZoneInfo(zone)).replace(fold=1).astimezone(UTC)


def local_date(moment: datetime, zone: str) -> date:
    """The day that a clock in the zone shows at this moment. Raises ValueError for a naive moment."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone has no local date.")
    return moment.astimezone(ZoneInfo(zone)).date()


def is_business_day(country: str, subdivision: str | None, day: date) -> bool:
    """Whether people work that day: no weekend, no public holiday, or a weekend day made a working day.

    Raises UnknownCalendar.
    """
    return day in _business_days(country, subdivision or None, day.year)


def add_business_days(country: str, subdivision: str | None, start: date, days: int) -> date:
    """The business day that is the given number of them after the start, which itself never counts (O8, O18).

    0 is the start itself, business day or not. Raises UnknownCalendar, and ValueError for days < 0.
    """
    if days < 0:
        raise ValueError("Business days are only counted forward.")
    day = start
    while days > 0:
        day += ONE_DAY
        days -= is_business_day(country, subdivision, day)
    return day


@lru_cache(maxsize=1024)
def _business_days(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """Every business day of a year, as a set that threads can share: the library's own objects fill lazily.

    The years beside it are asked too, for days that one year's list moves into another.
    """
    try:
        calendar = holidays.country_holidays(
            country, subdiv=subdivision, years=(year - 1, year, year + 1), expand=False
        )
    except NotImplementedError as error:
        place = f"{country}-{subdivision}" if subdivision else country
        raise UnknownCalendar(f"No calendar of public holidays is known for {place}.") from error
    first = date(year, 1, 1)
    every = (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
    return frozenset(day for day in every if calendar.is_working_day(day))
