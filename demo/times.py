"""When things happen in the demo: buyers order in the evening, sellers work by day, some are late."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from accounts import calendars
from accounts.models import Marketplace
from orders import deadlines
from orders.deadlines import Deadlines

DAYS = 90
BUSY_WEEKDAYS = (1.15, 1.1, 1.0, 1.0, 0.95, 0.8, 1.2)
BUSY_HOURS = (2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 10, 9, 8, 8, 9, 10, 12, 14, 15, 14, 10, 5)
# What the stories tell of happens within it.
PAST = timedelta(hours=3)
# Authorised within minutes of being placed; counted with this much.
AUTHORISED_AFTER = timedelta(minutes=3)


def local(day: date, zone: str, rng: Random, *, hours: tuple[int, int]) -> datetime:
    """Some minute between these hours of a local day, in UTC."""
    clock = time(rng.randint(hours[0], hours[1] - 1), rng.randrange(60), rng.randrange(60))
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def of_order(marketplace: Marketplace, rng: Random, now: datetime) -> datetime:
    """When some order of the last 90 days was placed: trade grows, and is busiest on Sunday evenings."""
    today = calendars.local_date(now, marketplace.time_zone)
    days = [today - timedelta(days=back) for back in range(DAYS)]
    weights = [BUSY_WEEKDAYS[day.weekday()] * (1.5 - 0.8 * back / DAYS) for back, day in enumerate(days)]
    (day,), (hour,) = rng.choices(days, weights), rng.choices(range(24), BUSY_HOURS)
    moment = local(day, marketplace.time_zone, rng, hours=(hour, hour + 1))
    return moment if moment < now else moment - timedelta(days=1)


def of_shipment(
    marketplace: Marketplace, placed_at: datetime, handling_days: int, rng: Random, *, days_late: int = 0
) -> datetime:
    """A working hour before the ship-by date, or some business days after it."""
    due = deadlines.of(marketplace, [handling_days], placed_at + AUTHORISED_AFTER)
    ship_by = calendars.local_date(due.ship_by, marketplace.time_zone)
    if days_late:
        return _working_hour(marketplace, _business_days_after(marketplace, ship_by, days_late), rng)
    placed_on = calendars.local_date(placed_at, marketplace.time_zone)
    day = _business_days_after(marketplace, placed_on, rng.randint(1, handling_days))
    return _working_hour(marketplace, min(day, ship_by), rng)


def latest_placing(
    marketplace: Marketplace,
    handling_days: int,
    rng: Random,
    now: datetime,
    fits: Callable[[Deadlines], bool],
) -> datetime:
    """The last day on which an order could be placed so that its deadlines fit, at some hour of it."""
    return next(_placings(marketplace, handling_days, rng, now, fits, range(60)))


def earliest_placing(
    marketplace: Marketplace,
    handling_days: int,
    rng: Random,
    now: datetime,
    fits: Callable[[Deadlines], bool],
) -> datetime:
    """The first day on which an order could be placed so that its deadlines fit, at some hour of it."""
    return next(_placings(marketplace, handling_days, rng, now, fits, range(60, -1, -1)))


def _placings(
    marketplace: Marketplace,
    handling_days: int,
    rng: Random,
    now: datetime,
    fits: Callable[[Deadlines], bool],
    backs: range,
) -> Iterator[datetime]:
    """Moments on past days, in this order of days, that give an order such deadlines."""
    today = calendars.local_date(now, marketplace.time_zone)
    for back in backs:
        moment = local(today - timedelta(days=back), marketplace.time_zone, rng, hours=(7, 22))
        is_past = moment < now - PAST
        if is_past and fits(deadlines.of(marketplace, [handling_days], moment + AUTHORISED_AFTER)):
            yield moment


def _business_days_after(marketplace: Marketplace, day: date, days: int) -> date:
    return calendars.add_business_days(marketplace.country, marketplace.subdivision, day, days)


def _working_hour(marketplace: Marketplace, day: date, rng: Random) -> datetime:
    return local(day, marketplace.time_zone, rng, hours=(8, 18))
