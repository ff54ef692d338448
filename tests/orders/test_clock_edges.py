"""The buyer's half hour to the microsecond, on nights of 23 and 25 hours, on the database's clock (O9, T1)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from accounts import clock
from orders import buyer_links, sweeps
from orders.models import Order
from orders.states import OrderStatus
from tests.factories import ListingFactory, MarketplaceFactory
from tests.helpers import SYSTEM, authorised

pytestmark = pytest.mark.django_db
buyer = Client()
HALF_HOUR = timedelta(minutes=30)
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)

# Where the clocks change at night, and where they never do.
NEW_YORK, BERLIN, TOKYO = "America/New_York", "Europe/Berlin", "Asia/Tokyo"
# Zone, wall clock when the order is placed, which of the two such moments (fold), wall clock when the window ends.
NIGHTS = [
    (NEW_YORK, "2026-03-08 01:15", 0, "01:45 EST"),  # wholly before
    (NEW_YORK, "2026-03-08 01:30", 0, "03:00 EDT"),  # ends where 02:00 would have been
    (NEW_YORK, "2026-03-08 01:45", 0, "03:15 EDT"),  # across the hour that is not there
    (NEW_YORK, "2026-03-08 01:59:59.999999", 0, "03:29 EDT"),
    (NEW_YORK, "2026-11-01 01:15", 0, "01:45 EDT"),
    (NEW_YORK, "2026-11-01 01:30", 0, "01:00 EST"),  # the clock falls back in this moment
    (NEW_YORK, "2026-11-01 01:45", 0, "01:15 EST"),  # ends before it began, by the wall clock
    (NEW_YORK, "2026-11-01 01:15", 1, "01:45 EST"),  # the second of two such windows
    (NEW_YORK, "2026-11-01 01:45", 1, "02:15 EST"),
    (BERLIN, "2026-03-29 01:45", 0, "03:15 CEST"),
    (BERLIN, "2026-10-25 02:45", 0, "02:15 CET"),
    (BERLIN, "2026-10-25 02:45", 1, "03:15 CET"),
    (TOKYO, "2026-03-07 23:45", 0, "00:15 JST"),  # across midnight
    (TOKYO, "2026-11-01 01:45", 0, "02:15 JST"),
]
EDGES = {
    "29:59.999999": (HALF_HOUR - MICROSECOND, True),
    "30:00.000000": (HALF_HOUR, True),
    "30:00.000001": (HALF_HOUR + MICROSECOND, False),
}


def moment_of(night: tuple[str, str, int, str]) -> datetime:
    """When the order is placed, in UTC."""
    zone, wall, fold, _end = night
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def ordered(placed_at: datetime, zone: str = NEW_YORK) -> Order:
    country = {NEW_YORK: "US", BERLIN: "DE", TOKYO: "JP"}[zone]
    market = MarketplaceFactory(time_zone=zone, country=country)
    return authorised((ListingFactory(seller__marketplace=market, on_hand=3), 1), now=placed_at)


def cancel_by_page(order: Order) -> bool:
    """Whether the buyer's page offers to cancel and then does; or neither offers nor does."""
    path = buyer_links.path_for(order)
    is_offered = "Cancel order" in buyer.get(path).content.decode()
    status = buyer.post(f"{path}cancel/").status_code
    order.refresh_from_db()
    is_done = (order.status, order.canceled_by) == (OrderStatus.CANCELED, "buyer")
    assert is_done or order.status == OrderStatus.UNSHIPPED
    assert (is_offered, status) == ((True, 302) if is_done else (False, 409))
    return is_done


@pytest.fixture
def at(monkeypatch):
    """Set the database's clock."""
    return lambda moment: monkeypatch.setattr("accounts.clock.now", lambda: moment)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("night", NIGHTS, ids=[f"{night[1]} fold {night[2]} {night[0]}" for night in NIGHTS])
def test_t1_the_half_hour_is_half_an_hour_on_every_night(night, edge, at):
    after, is_inside = EDGES[edge]
    placed_at = moment_of(night)
    order = ordered(placed_at, night[0])
    ends_at = order.cancel_window_ends_at.astimezone(ZoneInfo(night[0]))
    assert (order.cancel_window_ends_at - placed_at, f"{ends_at:%H:%M %Z}") == (HALF_HOUR, night[3])
    at(placed_at + after)
    assert cancel_by_page(order) is is_inside


@pytest.mark.parametrize("night", NIGHTS, ids=[f"{night[1]} fold {night[2]} {night[0]}" for night in NIGHTS])
def test_t1_the_job_that_closes_windows_keeps_the_same_time(night):
    placed_at = moment_of(night)
    order = ordered(placed_at, night[0])
    assert sweeps.close_cancel_windows(placed_at + HALF_HOUR, SYSTEM) == 0
    assert sweeps.close_cancel_windows(placed_at + HALF_HOUR + MICROSECOND, SYSTEM) == 1
    order.refresh_from_db()
    assert order.cancel_window_closed_at == placed_at + HALF_HOUR + MICROSECOND


def by_the_wall(placed_at: datetime, zone: str, minutes: int) -> datetime:
    """The mistake: minutes added to the wall clock, whatever it does meanwhile."""
    wall = placed_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + timedelta(minutes=minutes)
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


ASTRAY = [
    night for night in NIGHTS if by_the_wall(moment_of(night), night[0], 30) != moment_of(night) + HALF_HOUR
]


@pytest.mark.parametrize("night", ASTRAY, ids=[f"{night[1]} fold {night[2]} {night[0]}" for night in ASTRAY])
def test_t1_twin_that_adds_minutes_to_the_wall_clock_is_an_hour_off(night, at):
    placed_at = moment_of(night)
    order = ordered(placed_at, night[0])
    wrong = by_the_wall(placed_at, night[0], 30)
    Order.objects.filter(pk=order.pk).update(cancel_window_ends_at=wrong)
    is_too_long = wrong > placed_at + HALF_HOUR
    at(placed_at + (HALF_HOUR + MICROSECOND if is_too_long else HALF_HOUR))
    assert cancel_by_page(order) is is_too_long
    assert abs(wrong - placed_at - HALF_HOUR) == HOUR


def test_t1_the_nights_hold_such_as_would_end_an_hour_early_and_an_hour_late():
    assert [(wall, fold) for _zone, wall, fold, _end in ASTRAY] == [
        ("2026-11-01 01:30", 0),
        ("2026-11-01 01:45", 0),
        ("2026-11-01 01:15", 1),
        ("2026-10-25 02:45", 0),
    ]


STEPS = {"an hour ahead": HOUR, "an hour behind": -HOUR, "right": timedelta(0)}
AGES = {
    # Long enough for a slow machine between placing and asking; to the microsecond it is asked above.
    "inside": (HALF_HOUR - timedelta(seconds=30), True),
    "outside": (HALF_HOUR + timedelta(milliseconds=1), False),
    "new": (timedelta(seconds=1), True),
    "old": (HALF_HOUR + HOUR - timedelta(seconds=30), False),
}


@pytest.mark.parametrize("age", AGES)
@pytest.mark.parametrize("step", STEPS)
def test_t1_a_web_server_whose_clock_is_wrong_decides_as_any_other(step, age):
    """Only the machine's clock is stepped; the database's goes on, and it decides."""
    old, is_inside = AGES[age]
    order = ordered(clock.now() - old)
    with time_machine.travel(datetime.now(UTC) + STEPS[step]):
        assert abs(datetime.now(UTC) - clock.now() - STEPS[step]) < timedelta(seconds=5)
        assert cancel_by_page(order) is is_inside


@pytest.mark.parametrize(("step", "age"), [("an hour ahead", "new"), ("an hour behind", "old")])
def test_t1_twin_that_asks_the_machines_clock_decides_wrongly(step, age, monkeypatch):
    old, is_inside = AGES[age]
    order = ordered(clock.now() - old)
    monkeypatch.setattr("accounts.clock.now", lambda: datetime.now(UTC))
    with time_machine.travel(datetime.now(UTC) + STEPS[step]):
        assert cancel_by_page(order) is not is_inside


@pytest.mark.parametrize("step", STEPS)
def test_t1_a_clock_that_is_stepped_while_the_page_is_open(step):
    """The page was opened by one server, the form is sent to another."""
    order = ordered(clock.now() - HALF_HOUR + timedelta(seconds=30))
    path = buyer_links.path_for(order)
    assert "Cancel order" in buyer.get(path).content.decode()
    with time_machine.travel(datetime.now(UTC) + STEPS[step]):
        assert buyer.post(f"{path}cancel/").status_code == 302
    order.refresh_from_db()
    assert order.canceled_at - order.placed_at < HALF_HOUR
    assert abs(order.canceled_at - clock.now()) < timedelta(seconds=30)
