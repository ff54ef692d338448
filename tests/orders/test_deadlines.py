"""O8, O18: ship-by, deadline and its warning, over weekends, holidays and clock changes, in the marketplace's days."""

from datetime import datetime

import pytest

from accounts.models import Marketplace
from orders import deadlines

MARKETS = {
    "New York": Marketplace(country="US", time_zone="America/New_York"),
    "Los Angeles": Marketplace(country="US", time_zone="America/Los_Angeles"),
    "Tokyo": Marketplace(country="JP", time_zone="Asia/Tokyo"),
    "Berlin": Marketplace(country="DE", time_zone="Europe/Berlin"),
}


@pytest.mark.parametrize(
    ("market", "authorised_at", "days", "ship_by", "deadline", "warn_at"),
    [
        # Two weekends and nothing else: Monday, Tuesday, Thursday of the next week.
        ("New York", "2026-06-01 16:00", 1, "2026-06-03 03:59", "2026-06-12 03:59", "2026-06-10 03:59"),
        # No handling time on a Saturday: the deadline counts from the Saturday itself.
        ("New York", "2026-06-06 16:00", 0, "2026-06-07 03:59", "2026-06-17 03:59", "2026-06-13 03:59"),
        # Juneteenth and the day kept for 4 July are no business days.
        ("New York", "2026-06-17 16:00", 1, "2026-06-19 03:59", "2026-07-01 03:59", "2026-06-27 03:59"),
        ("New York", "2026-06-30 16:00", 1, "2026-07-02 03:59", "2026-07-14 03:59", "2026-07-10 03:59"),
        # Clocks go forward on 8 March 2026 and back on 1 November: ends of days move by an hour in UTC.
        ("New York", "2026-03-04 16:00", 1, "2026-03-06 04:59", "2026-03-17 03:59", "2026-03-13 03:59"),
        ("New York", "2026-10-26 16:00", 1, "2026-10-28 03:59", "2026-11-06 04:59", "2026-11-04 04:59"),
        ("Berlin", "2026-03-25 11:00", 1, "2026-03-26 22:59", "2026-04-08 21:59", "2026-04-02 21:59"),
        # Golden Week: 29 April, 3 May to 6 May.
        ("Tokyo", "2026-04-27 03:00", 1, "2026-04-28 14:59", "2026-05-13 14:59", "2026-05-11 14:59"),
        # One moment: still Friday evening on the west coast, Saturday in New York and in Tokyo.
        ("Los Angeles", "2026-06-06 04:30", 1, "2026-06-09 06:59", "2026-06-18 06:59", "2026-06-16 06:59"),
        ("New York", "2026-06-06 04:30", 1, "2026-06-09 03:59", "2026-06-18 03:59", "2026-06-16 03:59"),
        ("Tokyo", "2026-06-06 04:30", 1, "2026-06-08 14:59", "2026-06-17 14:59", "2026-06-15 14:59"),
        # The last moment of a day and the first of the next are a day apart.
        ("New York", "2026-06-03 03:59", 1, "2026-06-04 03:59", "2026-06-13 03:59", "2026-06-11 03:59"),
        ("New York", "2026-06-03 04:00", 1, "2026-06-05 03:59", "2026-06-16 03:59", "2026-06-12 03:59"),
    ],
)
def test_o8_o18_to_the_end_of_the_marketplaces_day(
    market: str, authorised_at: str, days: int, ship_by: str, deadline: str, warn_at: str
) -> None:
    at = datetime.fromisoformat(f"{authorised_at}+00:00")
    found = deadlines.of(MARKETS[market], [days], at)
    ends = [end(text) for text in (ship_by, deadline, warn_at)]
    assert [found.ship_by, found.confirm_deadline, found.warn_at] == ends


def end(text: str) -> datetime:
    """The last microsecond of a minute, as it is in UTC."""
    return datetime.fromisoformat(f"{text}:59.999999+00:00")


def test_o8_the_longest_handling_time_counts() -> None:
    at = datetime.fromisoformat("2026-06-01 16:00+00:00")
    of = {days: deadlines.of(MARKETS["New York"], days, at) for days in ((0, 3), (3,), (1, 0, 2))}
    assert of[0, 3] == of[3,]
    assert of[1, 0, 2].ship_by == end("2026-06-04 03:59")


def test_o18_a_marketplace_may_set_another_number_of_days() -> None:
    at = datetime.fromisoformat("2026-06-01 16:00+00:00")
    quick = Marketplace(country="US", time_zone="America/New_York", confirm_business_days=1)
    found = deadlines.of(quick, [1], at)
    assert (found.ship_by, found.confirm_deadline) == (end("2026-06-03 03:59"), end("2026-06-04 03:59"))
    assert found.warn_at == found.ship_by
