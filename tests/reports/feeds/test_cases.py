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

    @pytest.mark.parametrize("place", [48, 49, 50])
    def test_a_number_that_a_spreadsheet_program_changed_is_refused(self, shipper, place):
        feed = sent(shipper, "ship-scientific.txt")
        row = results(feed)[place - 48]
        assert (row.state, row.code, row.column) == ("refused", "70208", "tracking-number")
        assert "spreadsheet program" in row.sentence
        assert not order_of(shipper, place).packages.exists()

    def test_two_rows_without_items_are_not_two_packages(self, shipper):
        first, second = results(sent(shipper, "ship-no-items.txt"))
        assert (first.state, second.state, second.code) == ("done", "refused", "70310")
        assert "enter order-item-id and quantity in both rows" in second.sentence
        numbers = order_of(shipper, 6).packages.values_list("tracking_number", flat=True)
        assert list(numbers) == ["1Z999AA10123456784"]

    def test_two_numbers_in_one_cell_are_said(self, shipper):
        (row,) = results(sent(shipper, "ship-one-cell.txt"))
        assert (row.state, row.code, row.is_warning) == ("done", "70307", True)
        assert "holds 2 tracking numbers" in row.sentence

    def test_a_carriers_name_is_that_carrier(self, shipper):
        rows = results(sent(shipper, "ship-name-only.txt"))
        assert [row.state for row in rows] == ["done", "done", "done", "refused", "done", "done"]
        carriers = [order_of(shipper, place).packages.get().carrier for place in (42, 43, 44, 46, 47)]
        assert carriers == ["UPS", "USPS", "FedEx", "UPS", "FedEx"]

    def test_a_carriers_name_in_xml_is_that_carrier(self, shipper):
        (row,) = results(sent(shipper, "ship-name-only.xml"))
        assert (row.state, order_of(shipper, 19).packages.get().carrier) == ("done", "FedEx")

    def test_one_number_on_five_orders_is_a_remark_on_all_but_the_first(self, shipper):
        rows = results(sent(shipper, "setup-ship-us.txt"))
        assert [(row.state, row.code) for row in rows] == [("done", ""), *[("done", "70308")] * 4]


class TestAgain:
    def test_an_hourly_stock_file_takes_effect_each_time(self, member):
        for name, units in (("stock-a.txt", 55), ("stock-b.txt", 39), ("stock-a.txt", 55)):
            assert told(sent(member, name)) == [("done", "")]
            assert on_hand(member)["LP-HOM-06"] == units
