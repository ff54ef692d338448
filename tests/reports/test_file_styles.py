"""The same report for software and for spreadsheet programs: dates, decimals, separators, texts (F4, I3)."""

import csv
import io
import uuid
from pathlib import Path

import pytest
from django.urls import reverse

from orders.entry.report_file import ReportFile
from orders.models import Order
from reports import chain
from reports.models import Report, Schedule
from reports.states import Format, ReportKind
from tests.factories import NOON
from tests.helpers import authorised
from tests.reports import workbooks
from tests.reports.steps import asked, cells, made, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
KIND = ReportKind.NEW_ORDERS


@pytest.fixture
def order(seller, listing):
    """An order whose buyer wrote a formula, and whose phone begins with +."""
    order = authorised((listing, 2))
    order.items.update(sku="=1+1", title="'=2")
    phone = {"relay_phone": "+1 206 555 0100", "relay_extension": "00001"}
    Order.objects.filter(pk=order.pk).update(recipient="=1+1", buyer_name="王小明", **phone)
    return order


def table(report: Report, separator: str = ",") -> list[dict[str, str]]:
    """The rows of a CSV file, as a spreadsheet program reads it."""
    content = text(report)
    assert content[0] == "\ufeff"
    return list(csv.DictReader(io.StringIO(content[1:], newline=""), delimiter=separator))


def test_a_workbook_has_dates_numbers_and_the_plain_texts(order, seller):
    report = made(asked(seller, KIND, now=NOON, format=Format.XLSX))
    row = dict(zip(*workbooks.cells(Path(report.file.path)), strict=False))
    # Noon in New York on the 20th, as a spreadsheet counts days.
    assert row["purchase-date"] == pytest.approx(46346.5)
    assert (row["quantity-purchased"], row["item-price"]) == (2.0, 20.0)
    assert (row["sku"], row["recipient-name"], row["product-name"]) == ("=1+1", "=1+1", "'=2")
    assert row["buyer-phone-number"] == "+1 206 555 0100 ext. 00001"
    assert workbooks.formulas(Path(report.file.path)) == 0


def test_a_csv_file_opens_on_a_double_click(order, seller):
    (row,) = table(made(asked(seller, KIND, now=NOON, format=Format.CSV)))
    assert (row["purchase-date"], row["item-price"]) == ("2026-11-20 12:00:00", "20.00")
    assert (row["buyer-name"], row["sku"]) == ("王小明", "'=1+1")


def test_with_semicolons_the_decimals_have_a_comma(order, seller):
    (row,) = table(made(asked(seller, KIND, now=NOON, format=Format.CSV, separator=";")), ";")
    assert (row["order-id"], row["item-price"], row["quantity-purchased"]) == (order.number, "20,00", "2")


def test_tab_delimited_text_is_for_software_and_guarded_unless_asked(order, seller, tmp_path):
    guarded, exact = (made(asked(seller, KIND, now=NOON, is_exact=exact)) for exact in (False, True))
    (row,) = cells(guarded)
    assert row["purchase-date"] == "2026-11-20T17:00:00+00:00"
    assert (row["sku"], row["product-name"]) == ("'=1+1", "''=2")
    assert row["buyer-phone-number"] == "+1 206 555 0100 ext. 00001"
    assert [(row["sku"], row["product-name"]) for row in cells(exact)] == [("=1+1", "'=2")]
    (tmp_path / "report.txt").write_bytes(text(guarded).encode())
    (read,) = ReportFile.open(tmp_path / "report.txt").rows()
    assert (read["sku"], read["product-name"], read["recipient-name"]) == ("=1+1", "'=2", "=1+1")


def test_the_choice_is_remembered_and_sent_twice_it_is_one_report(alice, order):
    form = {"key": uuid.uuid4(), "kind": KIND, "days": "7", "format": "csv", "separator": ";"}
    assert '<option value="," selected>' in alice.get("/reports/").content.decode()
    for _twice in range(2):
        assert alice.post(reverse("reports:ask"), form).status_code == 302
    assert Report.objects.get().separator == ";"
    assert '<option value=";" selected>' in alice.get("/reports/").content.decode()
    alice.post(reverse("reports:selection"), {"order": order.number, "format": "csv"})
    assert Report.objects.newest_first().first().separator == ";"
    answer = alice.post(reverse("reports:ask"), {**form, "key": uuid.uuid4(), "separator": "|"})
    assert (answer.status_code, Report.objects.count()) == (422, 2)


def test_the_daily_report_is_written_as_its_schedule_says(alice, order, seller):
    sent = {"is_on": "on", "hour": "6", "format": "csv", "separator": ";", "is_exact": "on"}
    assert alice.post(reverse("reports:schedule"), sent).status_code == 302
    kept = Schedule.objects.get()
    assert (kept.separator, kept.is_exact) == (";", True)
    chain.post_due(NOON)
    report = Report.objects.get(seller=seller)
    assert (report.separator, report.is_exact) == (";", True)
    assert [row["order-id"] for row in table(made(report), ";")] == [order.number]
