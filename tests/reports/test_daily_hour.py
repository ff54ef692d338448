"""A daily report every day, whatever becomes of the setting of its hour; each order in exactly one (F1)."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Plan, Seller
from reports import chain, desk
from reports.models import Arrival, Report, Schedule
from tests.factories import ListingFactory, SellerFactory
from tests.helpers import at_once, authorised

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# 7:00 in New York.
SEVEN = datetime(2026, 11, 20, 12, tzinfo=UTC)


def at(hour: int, day: int = 20) -> datetime:
    """This hour of a day of November in New York."""
    return datetime(2026, 11, day, tzinfo=UTC) + timedelta(hours=hour + 5)


def schedule(seller: Seller, hour: int) -> None:
    Schedule.objects.update_or_create(seller=seller, defaults={"hour": hour})


def daily(seller: Seller) -> list[Report]:
    """The daily reports in the order in which they were posted."""
    return list(Report.objects.filter(seller=seller, daily_for__isnull=False).order_by("last_moment", "pk"))


@pytest.mark.django_db
class TestMoved:
    def test_moved_from_6_to_20_at_7_the_next_one_comes_at_20_the_same_day(self):
        listing = ListingFactory(on_hand=50)
        chain.post_due(at(6))
        schedule(listing.seller, 20)
        order = authorised((listing, 1), now=at(8))
        assert [chain.post_due(at(hour)) for hour in (7, 12, 19, 20, 21)] == [0, 0, 0, 1, 0]
        assert [each.daily_for for each in daily(listing.seller)] == [date(2026, 11, 20)] * 2
        assert [each.order_id for each in daily(listing.seller)[-1].arrivals.all()] == [order.pk]

    def test_on_a_first_day_no_report_of_yesterday_comes_after_todays(self):
        listing = ListingFactory(on_hand=50)
        authorised((listing, 1), now=at(1, day=17))
        chain.post_due(at(6))
        schedule(listing.seller, 20)
        assert chain.post_due(at(7)) == 0
        chain.post_due(at(20))
        days = [each.daily_for for each in daily(listing.seller)]
        assert days == sorted(days) == [date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 20)]

    def test_moved_a_minute_before_it_is_due_it_comes_at_once_and_not_38_hours_later(self):
        seller = SellerFactory()
        chain.post_due(at(6, day=19))
        schedule(seller, 20)
        assert chain.post_due(at(6) - timedelta(minutes=1)) == 1
        assert [chain.post_due(at(hour)) for hour in (6, 7, 20)] == [0, 0, 1]

    def test_an_order_of_the_day_is_in_one_of_the_reports_that_are_shown_for_the_day(self):
        listing = ListingFactory(on_hand=50)
        for hour in (6, 9, 14):
            schedule(listing.seller, hour)
            chain.post_due(at(hour))
        order = authorised((listing, 1), now=at(22))
        chain.post_due(at(14, day=21))
        shown = desk.daily_of(date(2026, 11, 20), listing.seller)
        assert len(shown) == 4
        assert Arrival.objects.get(order=order).report in shown


@pytest.mark.django_db
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_f1_a_report_each_day_and_each_order_once_however_the_hour_is_moved(seed):
    """Four days around the end of summer time; the hour is moved now and then, and orders come."""
    draw, now = random.Random(seed), datetime(2026, 10, 30, 5, tzinfo=UTC)
    Seller.objects.update(plan=Plan.INDIVIDUAL)
    listing = ListingFactory(on_hand=1000)
    seller = listing.seller
    for _hour in range(4 * 24):
        now += HOUR
        if draw.random() < 0.1:
            schedule(seller, draw.randrange(24))
        if draw.random() < 0.2:
            authorised((listing, 1), now=now - timedelta(minutes=draw.randrange(1, 50)))
        chain.post_due(now)
    posted = daily(seller)
    # 25 hours: the day on which the clocks are set back.
    assert all(after.last_moment - before.last_moment <= 25 * HOUR for before, after in pairwise(posted))
    assert now - posted[-1].last_moment <= 25 * HOUR
    days = [each.daily_for for each in posted]
    assert days == sorted(days)
    assert all(after.first_moment == before.last_moment for before, after in pairwise(posted))
    reported = Counter(order for each in posted for order in each.arrivals.values_list("order_id", flat=True))
    waiting = Arrival.objects.filter(seller=seller, report=None).count()
    assert set(reported.values()) <= {1}
    assert len(reported) + waiting == Arrival.objects.filter(seller=seller).count()


@pytest.mark.django_db(transaction=True)
class TestTwoBeats:
    """One beat has read the old hour and the other the new one, on a seller's first day."""

    def posted(self) -> list[date]:
        seller = SellerFactory()
        zone = seller.marketplace.time_zone
        dues = [
            chain.Due(seller, Schedule(seller=seller, hour=hour), chain.periods.due_day(hour, zone, SEVEN))
            for hour in (6, 20)
        ]
        outcomes = at_once(*[lambda due=due: chain.post(due, SEVEN) for due in dues])
        assert all(isinstance(each, bool) for each in outcomes), outcomes
        return [each.daily_for for each in daily(seller)]

    def test_they_post_one_report(self):
        for _round in range(5):
            assert len(self.posted()) == 1

    def test_twin_that_does_not_hold_the_seller_posts_two(self, monkeypatch):
        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_how: self.all())
        assert any(len(self.posted()) > 1 for _round in range(20))
