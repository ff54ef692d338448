"""Ship-by date, confirmation deadline and its warning: counted once, then stored (O8, O18)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts import calendars
from accounts.models import Marketplace

WARN_BUSINESS_DAYS = 2


@dataclass(frozen=True)
class Deadlines:
    """The three moments (UTC) of an authorised order, and the calendar they were counted with."""

    ship_by: datetime
    confirm_deadline: datetime
    warn_at: datetime
    calendar: str

    def as_fields(self) -> dict[str, Any]:
        """The columns of the order that hold them."""
        return dict(vars(self))


def of(marketplace: Marketplace, handling_days: Iterable[int], authorised_at: datetime) -> Deadlines:
    """Count the deadlines of an order authorised at that moment, in the marketplace's days.

    Ship-by is the end of the day that lies the longest handling time, in business days, after the day of
    authorisation (O8); the deadline is the end of the 7th business day after it; the warning comes two
    business days before (O18).
    """
    authorised_on = calendars.local_date(authorised_at, marketplace.time_zone)
    ship_by = _business_day(marketplace, authorised_on, max(handling_days))
    days = marketplace.confirm_business_days
    return Deadlines(
        ship_by=_end(marketplace, ship_by),
        confirm_deadline=_end(marketplace, _business_day(marketplace, ship_by, days)),
        warn_at=_end(marketplace, _business_day(marketplace, ship_by, max(days - WARN_BUSINESS_DAYS, 0))),
        calendar=calendars.VERSION,
    )


def _business_day(marketplace: Marketplace, start: date, days: int) -> date:
    return calendars.add_business_days(marketplace.country, marketplace.subdivision, start, days)


def _end(marketplace: Marketplace, day: date) -> datetime:
    return calendars.end_of_day(day, marketplace.time_zone)
