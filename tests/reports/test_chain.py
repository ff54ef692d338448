"""The chain of daily reports: every order in exactly one, whatever happens in between (F1, F3, T4, J2; ADR 14)."""

import random
import threading
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from accounts import clock
from accounts.models import Plan, Seller
from orders import lifecycle, sweeps
from orders.models import Order
from orders.refusals import Refused
from orders.states import OrderStatus
from reports import chain, copying, making, periods, spreadsheet, work
from reports.models import Arrival, Report, Schedule
from reports.states import DAYS, Format, ReportKind
from tests.factories import NOON, ListingFactory, SellerFactory
from tests.helpers import SYSTEM, at_once, authorised, place
from tests.reports.steps import DAY, asked, made, numbers

NEW_YORK = "America/New_York"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def posted(seller: Seller, now: datetime) -> list[str]:
    """The orders of the reports that are posted at this moment."""
    before = set(Report.objects.values_list("pk", flat=True))
    chain.post_due(now)
    found = Report.objects.filter(seller=seller).exclude(pk__in=before)
    return [number for report in found for number in numbers(made(report))]


@pytest.mark.django_db
class TestPosting:
    def test_f1_every_professional_seller_gets_one_a_day_without_asking(self):
        seller, other = SellerFactory(), SellerFactory()
        SellerFactory(plan=Plan.INDIVIDUAL)
        Schedule.objects.create(seller=SellerFactory(), is_on=False)
        Schedule.objects.create(seller=other, hour=13, format=Format.CSV, columns=["latest-ship-date"])
        assert chain.post_due(NOON) == 2
        first = Report.objects.get(seller=seller)
        assert (first.kind, first.format, first.daily_for) == ("new_orders", "tsv", date(2026, 11, 20))
        # One o'clock in New York is still to come: what is posted to the other is the report of the day before.
        late = Report.objects.get(seller=other)
        assert (late.format, late.columns, late.daily_for) == (
            "csv",
            ["latest-ship-date"],
            date(2026, 11, 19),
        )
        assert chain.post_due(NOON + HOUR) == 1
        assert chain.post_due(NOON + HOUR) == 0

    def test_f1_a_late_run_posts_one_report_of_all_that_came_since(self):
        listing = ListingFactory(on_hand=50)
        first = authorised((listing, 1), now=NOON)
        assert posted(listing.seller, NOON + MINUTE) == [first.number]
        later = [authorised((listing, 1), now=NOON + n * DAY) for n in (1, 2, 3)]
        assert posted(listing.seller, NOON + 3 * DAY + HOUR) == [order.number for order in later]
        assert posted(listing.seller, NOON + 4 * DAY) == []
        assert Report.objects.filter(daily_for__isnull=False).count() == 3

    def test_f1_the_first_one_holds_a_day_and_what_came_before_is_in_a_report_of_its_own(self):
        listing = ListingFactory(on_hand=50)
        old = [authorised((listing, 1), now=NOON - n * DAY) for n in (30, 2)]
        new = authorised((listing, 1), now=NOON - HOUR)
        assert chain.post_due(NOON) == 1
        before, first = Report.objects.order_by("daily_for")
        assert first.daily_for - before.daily_for == DAY
        assert numbers(made(before)) == [order.number for order in old]
        assert numbers(made(first)) == [new.number]
        assert (before.last_moment, chain.post_due(NOON + HOUR)) == (first.first_moment, 0)

    def test_f1_a_daily_one_is_not_canceled(self):
        order = authorised((ListingFactory(), 1))
        chain.post_due(NOON)
        report = Report.objects.get()
        with pytest.raises(Refused, match="daily"):
            making.cancel(report, NOON)
        assert numbers(made(report)) == [order.number]

    def test_f1_one_that_broke_five_times_stays_owed_and_holds_its_orders_in_the_end(self, monkeypatch):
        order = authorised((ListingFactory(), 1))
        chain.post_due(NOON)
        report, tries = Report.objects.get(), []
        with monkeypatch.context() as patch:
            patch.setattr(copying, "rows", lambda *_words: tries.append(1) or 1 / 0)
            with capture_logs() as logs:
                for _n in range(work.FAULTS + 2):
                    Report.objects.update(claimed_until=None)
                    made(report)
        assert (len(tries), report.is_open, "none of its orders is lost" in report.error) == (7, True, True)
        assert [line["event"] for line in logs].count("report_failed") == 3
        assert report.claimed_until > clock.now() + work.LONG_PAUSE / 2
        made(report)
        assert len(tries) == 7
        Report.objects.update(claimed_until=clock.now())
        assert (numbers(made(report)), report.error) == ([order.number], "")

    def test_f1_a_workbook_that_is_too_long_is_posted_as_text(self, monkeypatch):
        listing = ListingFactory()
        Schedule.objects.create(seller=listing.seller, format=Format.XLSX)
        orders = [authorised((listing, 1)) for _n in range(2)]
        monkeypatch.setattr(spreadsheet, "MOST_ROWS", 1)
        assert posted(listing.seller, NOON + MINUTE) == [order.number for order in orders]
        assert Report.objects.get().format == Format.TSV

    def test_o2_pending_orders_are_in_no_report(self):
        listing = ListingFactory()
        waiting = place((listing, 1))
        assert posted(listing.seller, NOON) == []
        assert numbers(made(asked(listing.seller))) == []
        sweeps.run(sweeps.finish_provider_calls, now=NOON + HOUR, actor=SYSTEM)
        assert posted(listing.seller, NOON + DAY) == [waiting.number]

    def test_a_report_made_again_has_the_same_orders(self):
        listing = ListingFactory()
        order = authorised((listing, 1))
        chain.post_due(NOON)
        report = Report.objects.get()
        authorised((listing, 1), now=NOON + MINUTE)
        assert numbers(made(report)) == [order.number]
        assert [each.order_id for each in report.arrivals.all()] == [order.pk]
        with pytest.raises(Exception, match="reported_once"), transaction.atomic():
            report.arrivals.update(report=None)


class TestClocks:
    def test_t4_days_of_23_and_25_hours_and_every_hour_of_them(self):
        """Two beats a quarter of an hour, for four days around both changes of the clocks: a report for each day."""
        for start in (datetime(2026, 3, 6, tzinfo=UTC), datetime(2026, 10, 30, tzinfo=UTC)):
            ticks = [start + n * 15 * MINUTE for n in range(4 * 96)]
            for hour in range(24):
                days = [periods.due_day(hour, NEW_YORK, tick) for tick in ticks]
                assert all(later - day in (timedelta(0), DAY) for day, later in pairwise(days))
                assert days == sorted(days)
                assert days[-1] - days[0] >= 3 * DAY
                for day in set(days):
                    assert periods.due_at(day + DAY, hour, NEW_YORK) > periods.due_at(day, hour, NEW_YORK)

    def test_t4_days_that_were_asked_for_meet_without_a_gap(self):
        for days in DAYS:
            for now in (datetime(2026, 3, 8, 4, 59, tzinfo=UTC), datetime(2026, 11, 1, 15, tzinfo=UTC)):
                later = (now.astimezone(periods.ZoneInfo(NEW_YORK)) + days * DAY).astimezone(UTC)
                assert periods.past(days, NEW_YORK, later).first == periods.past(days, NEW_YORK, now).last
        for day in (date(2026, 3, 8), date(2026, 11, 1), date(2026, 7, 1)):
            mine, next_one = (periods.of_dates(each, each, NEW_YORK) for each in (day, day + DAY))
            assert mine.last == next_one.first
            hours = {date(2026, 3, 8): 23, date(2026, 11, 1): 25}
            assert mine.last - mine.first == hours.get(day, 24) * HOUR


@pytest.mark.django_db
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), steps=st.lists(st.sampled_from("oooppbcl"), min_size=5, max_size=18))
def test_f1_the_daily_reports_together_are_the_complete_report(seed, steps):
    """Orders come, are canceled, are loaded in bulk; reports are posted late, twice, or not for days."""
    draw, now = random.Random(seed), datetime(2026, 10, 30, 5, tzinfo=UTC)
    # Those of the examples before get no more reports.
    Seller.objects.update(plan=Plan.INDIVIDUAL)
    listing = ListingFactory(on_hand=1000)
    seller, waiting = listing.seller, []
    for step in steps:
        now += timedelta(minutes=draw.randrange(1, 2000))
        if step == "o":
            waiting.append(authorised((listing, draw.randrange(1, 3)), now=now))
        elif step == "b":
            some = [place((listing, 1), now=now).pk for _n in range(3)]
            dates = {"authorised_at": now, "ship_by": now, "confirm_deadline": now}
            Order.objects.filter(pk__in=some).update(status=OrderStatus.UNSHIPPED, **dates)
        elif step == "c" and waiting:
            lifecycle.cancel(waiting.pop(), reason="no_inventory", actor=SYSTEM, now=now)
        elif step == "l":
            place((listing, 1), now=now)
        else:
            chain.post_due(now)
            chain.post_due(now)
    chain.post_due(now + 2 * DAY)
    daily = Report.objects.filter(seller=seller, daily_for__isnull=False)
    days = [report.daily_for for report in daily]
    assert len(days) == len(set(days))
    found = [number for report in daily for number in numbers(made(report))]
    whole = made(asked(seller, days=90, now=now + 2 * DAY))
    assert sorted(found) == sorted(numbers(whole))
    assert len(found) == len(set(found)) == Arrival.objects.filter(seller=seller).count()


class Watermark:
    """The twin: remembers how far it has seen, by time or by number, as reports are often posted."""

    def __init__(self, field: str) -> None:
        self.field, self.mark = field, None

    def post(self) -> list[int]:
        """What came since the mark."""
        new = Arrival.objects.order_by(self.field)
        if self.mark is not None:
            new = new.filter(**{f"{self.field}__gt": self.mark})
        found = list(new.values_list("order_id", self.field))
        self.mark = found[-1][1] if found else self.mark
        return [order for order, _mark in found]


@pytest.mark.django_db(transaction=True)
class TestInFlight:
    """An order that is authorised, but not committed, while the report is cut (ADR 14)."""

    def test_f1_it_is_in_the_next_report_and_a_watermark_would_have_lost_it(self):
        listing = ListingFactory(on_hand=50)
        slow, quick = place((listing, 1)), place((listing, 1))
        twins = {field: Watermark(field) for field in ("arrived_at", "order_id")}
        seen = {field: [] for field in twins}
        begun, cut = threading.Event(), threading.Event()

        def authorise_slowly() -> None:
            with transaction.atomic():
                lifecycle.authorise(Order.objects.lock(slow.pk), actor=SYSTEM, now=NOON)
                begun.set()
                assert cut.wait(20)
            connections.close_all()

        thread = threading.Thread(target=authorise_slowly)
        thread.start()
        assert begun.wait(20)
        with transaction.atomic():
            lifecycle.authorise(Order.objects.lock(quick.pk), actor=SYSTEM, now=NOON + MINUTE)
        chain.post_due(NOON + HOUR)
        for field, twin in twins.items():
            seen[field] += twin.post()
        cut.set()
        thread.join()
        chain.post_due(NOON + DAY)
        reports = Report.objects.order_by("daily_for")
        assert [[each.order_id for each in report.arrivals.all()] for report in reports] == [
            [quick.pk],
            [slow.pk],
        ]
        for field, twin in twins.items():
            seen[field] += twin.post()
            assert seen[field] == [quick.pk], f"the twin by {field} should have lost the slow order"

    def test_j2_two_beats_for_ten_periods_post_one_report_a_seller_and_day(self):
        sellers = [ListingFactory(on_hand=50) for _n in range(2)]
        for n in range(10):
            for listing in sellers:
                authorised((listing, 1), now=NOON + n * DAY)
            outcomes = at_once(*[lambda n=n: chain.post_due(NOON + n * DAY + MINUTE)] * 2)
            assert sum(outcomes) == len(sellers), outcomes
        for listing in sellers:
            reports = Report.objects.filter(seller=listing.seller)
            assert reports.values("daily_for").distinct().count() == reports.count() == 10
            assert [report.arrivals.count() for report in reports] == [1] * 10
        assert not Arrival.objects.filter(report=None).exists()
        assert set(Report.objects.values_list("kind", flat=True)) == {ReportKind.NEW_ORDERS}
