"""O8, O18: business days against tables typed by hand, and the ends of days across clock changes (T2)."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import calendars
from tests.accounts.calendar_tables import MARKETS, YEARS, Market, days_of

# Zones that change their clocks at all sorts of hours, midnight among them, and some that never do.
ZONES = [
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/London",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "UTC",
]
each_market = pytest.mark.parametrize("market", MARKETS, ids=lambda market: market.name)
each_year = pytest.mark.parametrize("year", YEARS)


def after(market: Market, start: date, days: int) -> date:
    return calendars.add_business_days(market.country, market.subdivision, start, days)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_there_are_tables_of_twelve_markets():
    assert len({market.country for market in MARKETS}) == len(MARKETS) == 12


@each_market
@each_year
def test_every_day_is_a_business_day_or_not_as_the_table_says(market: Market, year: int):
    wrong = {
        day: market.holidays.get(day)
        for day in days_of(year)
        if calendars.is_business_day(market.country, market.subdivision, day) != market.is_business_day(day)
    }
    assert wrong == {}


@each_market
@each_year
def test_seven_business_days_from_every_day_of_the_year(market: Market, year: int):
    starts = days_of(year)
    assert {day: after(market, day, 7) for day in starts} == {day: market.walk(day, 7) for day in starts}


@each_market
def test_control_without_its_holidays_a_market_would_be_early(market: Market):
    bare = Market(market.name, market.country, market.subdivision, {}, {})
    starts = [day for year in YEARS for day in days_of(year)]
    assert sum(after(market, day, 7) != bare.walk(day, 7) for day in starts) > 100


def test_control_without_its_working_weekends_china_would_be_late():
    china = next(market for market in MARKETS if market.country == "CN")
    bare = Market(china.name, china.country, china.subdivision, china.holidays, {})
    starts = [day for year in YEARS for day in days_of(year)]
    assert sum(after(china, day, 7) < bare.walk(day, 7) for day in starts) > 50


@pytest.mark.parametrize(
    ("country", "subdivision", "start", "days", "end"),
    [
        ("US", None, "2026-06-01", 0, "2026-06-01"),
        ("US", None, "2026-06-06", 0, "2026-06-06"),  # a Saturday stays one
        ("US", None, "2026-06-05", 1, "2026-06-08"),  # Friday to Monday
        ("US", None, "2026-06-06", 1, "2026-06-08"),  # Saturday to Monday
        ("US", None, "2026-06-01", 7, "2026-06-10"),  # one weekend
        ("US", None, "2026-06-12", 7, "2026-06-24"),  # two weekends and Juneteenth
        ("US", None, "2026-11-20", 7, "2026-12-02"),  # Thanksgiving
        ("US", None, "2026-07-02", 1, "2026-07-06"),  # 4 July is a Saturday, kept on Friday
        ("US", None, "2027-12-22", 7, "2028-01-04"),  # Christmas and New Year both kept on a Friday
        ("US", None, "2026-03-05", 7, "2026-03-16"),  # over the night that clocks go forward
        ("US", None, "2026-10-26", 7, "2026-11-04"),  # over the night that they go back
        ("CN", None, "2026-09-28", 7, "2026-10-13"),  # Golden Week, then a Saturday at work
        ("CN", None, "2025-09-26", 1, "2025-09-28"),  # a Sunday at work
        ("JP", None, "2026-04-28", 7, "2026-05-13"),  # Golden Week
        ("JP", None, "2026-09-18", 1, "2026-09-24"),  # Silver Week with a day between two holidays
        ("GB", "ENG", "2027-12-24", 7, "2028-01-07"),  # three substitute days
        ("DE", None, "2026-12-23", 7, "2027-01-05"),  # year end
        ("DE", "BE", "2025-05-07", 1, "2025-05-09"),  # kept once, in Berlin alone
        ("DE", "HH", "2025-05-07", 1, "2025-05-08"),
    ],
)
def test_business_days_at_the_edges(country, subdivision, start, days, end):
    found = calendars.add_business_days(country, subdivision, date.fromisoformat(start), days)
    assert found == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("country", "friday", "saturday", "sunday"),
    [("US", True, False, False), ("SA", False, False, True), ("AE", True, False, False)],
)
def test_weekends_are_those_of_the_country(country, friday, saturday, sunday):
    days = (date(2026, 10, 16), date(2026, 10, 17), date(2026, 10, 18))
    found = tuple(calendars.is_business_day(country, None, day) for day in days)
    assert found == (friday, saturday, sunday)


def test_the_emirates_worked_on_sundays_until_2021():
    assert calendars.is_business_day("AE", None, date(2021, 10, 17))


def test_no_subdivision_and_an_empty_one_are_the_same():
    found = {calendars.add_business_days("US", none, date(2026, 11, 20), 7) for none in ("", None)}
    assert found == {date(2026, 12, 2)}


@pytest.mark.parametrize(("country", "subdivision"), [("XX", None), ("US", "ZZ"), ("", None)])
def test_an_unknown_calendar_is_refused_with_a_sentence(country, subdivision):
    with pytest.raises(calendars.UnknownCalendar, match="No calendar of public holidays is known for"):
        calendars.is_business_day(country, subdivision, date(2026, 1, 1))


def test_business_days_are_not_counted_backward():
    with pytest.raises(ValueError, match="forward"):
        calendars.add_business_days("US", None, date(2026, 1, 1), -1)


def test_the_version_names_the_data():
    assert f"holidays {holidays.__version__}" == calendars.VERSION


@given(
    st.sampled_from(MARKETS),
    st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_counting_on_is_counting_at_once(market, start, first, second):
    assert after(market, after(market, start, first), second) == after(market, start, first + second)


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        ("2026-12-02", "America/New_York", "2026-12-03T04:59:59.999999"),
        ("2026-12-02", "Asia/Tokyo", "2026-12-02T14:59:59.999999"),
        ("2026-12-02", "UTC", "2026-12-02T23:59:59.999999"),
        ("2026-12-31", "America/New_York", "2027-01-01T04:59:59.999999"),
        ("2026-03-07", "America/New_York", "2026-03-08T04:59:59.999999"),
        ("2026-03-08", "America/New_York", "2026-03-09T03:59:59.999999"),  # 23 hours
        ("2026-10-31", "America/New_York", "2026-11-01T03:59:59.999999"),
        ("2026-11-01", "America/New_York", "2026-11-02T04:59:59.999999"),  # 25 hours
        ("2026-03-29", "Europe/Berlin", "2026-03-29T21:59:59.999999"),
        ("2026-10-25", "Europe/Berlin", "2026-10-25T22:59:59.999999"),
        ("2026-04-04", "America/Santiago", "2026-04-05T03:59:59.999999"),  # 23:59 comes twice
        ("2026-09-05", "America/Santiago", "2026-09-06T03:59:59.999999"),  # midnight never comes
        ("2025-10-25", "Asia/Beirut", "2025-10-25T21:59:59.999999"),  # 23:59 comes twice
    ],
)
def test_the_end_of_a_day_in_utc(day, zone, end):
    assert calendars.end_of_day(date.fromisoformat(day), zone) == moment(end)


def test_days_of_a_year_have_23_24_or_25_hours():
    ends = [calendars.end_of_day(day, "America/New_York") for day in [date(2025, 12, 31), *days_of(2026)]]
    hours = [(later - earlier) / timedelta(hours=1) for earlier, later in pairwise(ends)]
    assert sorted(set(hours)) == [23, 24, 25]
    assert days_of(2026)[hours.index(23)] == date(2026, 3, 8)
    assert days_of(2026)[hours.index(25)] == date(2026, 11, 1)


@given(st.sampled_from(ZONES), st.dates(date(2024, 1, 1), date(2035, 12, 31)))
def test_a_microsecond_after_its_end_it_is_the_next_day(zone, day):
    end = calendars.end_of_day(day, zone)
    assert calendars.local_date(end, zone) == day
    assert calendars.local_date(end + timedelta(microseconds=1), zone) == day + timedelta(days=1)


def test_one_moment_has_two_dates_in_two_zones():
    at = moment("2026-12-02T20:00:00")
    assert calendars.local_date(at, "America/New_York") == date(2026, 12, 2)
    assert calendars.local_date(at, "Asia/Tokyo") == date(2026, 12, 3)


def test_a_moment_without_a_zone_has_no_date():
    with pytest.raises(ValueError, match="without a time zone"):
        calendars.local_date(moment("2026-12-02T20:00:00").replace(tzinfo=None), "Asia/Tokyo")
