"""The case files that failed once, each with the right result (issue 12; tests/reports/feeds/data/cases)."""

import pytest

from orders.models import Package
from tests.reports.feeds import case_steps
from tests.reports.feeds.case_steps import on_hand, order_of, sent
from tests.reports.feeds.feed_steps import results, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evening")]


@pytest.fixture
def evening(monkeypatch):
    """The clock of the case files."""
    monkeypatch.setattr("accounts.clock.now", lambda: case_steps.EVENING)


@pytest.fixture
def member():
    return case_steps.shop()


@pytest.fixture
def shipper(member):
    """A member of the shop whose orders are in."""
    case_steps.with_orders(member)
    return member


class TestQuotes:
    @pytest.mark.parametrize(
        ("name", "wanted"),
        [
            ("stock-excel.txt", {"CAB,2M": 7, '1/2" BOLT': 8, "LP-HOM-06": 44}),
            ("stock-excel-2.txt", {"CAB,2M": 17, '1/2" BOLT': 18, "MUSIC/CD+1,2 #3 %20|x": 19}),
        ],
    )
    def test_a_spreadsheet_programs_quotes_are_not_part_of_the_sku(self, member, name, wanted):
        feed = sent(member, name)
        assert told(feed) == [("done", "")] * 3
        assert on_hand(member) == on_hand(member) | wanted

    def test_a_file_without_such_quotes_keeps_its_inch_marks(self, member):
        rows = 'sku\tquantity\n1/2" BOLT\t5\nCAB,2M\t6\n'
        feed = case_steps.worked(case_steps.upload(member, rows))
        assert told(feed) == [("done", "")] * 2
        assert on_hand(member) == on_hand(member) | {'1/2" BOLT': 5, "CAB,2M": 6}

    def test_a_carriers_name_has_no_quotes(self, shipper):
        feed = sent(shipper, "ship-excel.txt")
        assert [row.state for row in results(feed)] == ["done", "done"]
        names = [order_of(shipper, place).packages.get().carrier_name for place in (36, 37)]
        assert names == ["Smith, Jones & Co", 'The "Fast" Line']


class TestShipping:
    def test_a_trailing_tab_is_no_column(self, shipper):
        feed = sent(shipper, "ship-trailing-tab.txt")
        assert [row.state for row in results(feed)] == ["done", "refused"]
        assert results(feed)[1].code == "70301"
        assert Package.objects.count() == 1
