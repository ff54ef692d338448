"""Downloads: whose they are, how they are sent, and that nothing in them is a formula (F4, I3, A2)."""

import csv
from pathlib import Path

import pytest
from django.urls import reverse

from accounts.formulas import FORMULA
from orders.models import Order, OrderItem
from reports.models import Report
from reports.states import ReportKind
from tests.factories import NOON
from tests.helpers import authorised
from tests.reports import workbooks
from tests.reports.steps import asked, made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
WRITTEN = ("buyer_name", "recipient", "address_1", "address_2", "address_3", "city", "state")
EVIL = "cmd|' /C calc'!A0"


def address(report: Report) -> str:
    return reverse("reports:download", args=[report.key])


def got(client, report: Report) -> bytes:
    return b"".join(client.get(address(report)).streaming_content)


class TestWho:
    def test_it_is_sent_as_a_download_and_nothing_else_f4(self, alice, seller, listing):
        authorised((listing, 1))
        report = made(asked(seller, now=NOON))
        answer = alice.get(address(report))
        assert answer.streaming
        assert answer.headers["Content-Disposition"].startswith(
            f'attachment; filename="{seller.slug}-new-orders-'
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Content-Type"] == "text/tab-separated-values; charset=utf-8"
        assert b"order-id\t" in b"".join(answer.streaming_content)

    def test_only_the_sellers_own_members_with_the_right_have_it_a2(
        self, client, alice, bob, charlie, seller
    ):
        report = made(asked(seller, now=NOON))
        found = [who.get(address(report)).status_code for who in (alice, bob, charlie, client)]
        assert found == [200, 403, 404, 302]
        for name in ("report", "cancel", "again"):
            url = reverse(f"reports:{name}", args=[report.key])
            ask = charlie.get if name == "report" else charlie.post
            assert ask(url).status_code == 404

    def test_what_is_not_ready_leads_to_its_page_and_what_is_gone_says_so(self, alice, seller):
        waiting = asked(seller, now=NOON)
        assert alice.get(address(waiting)).url == reverse("reports:report", args=[waiting.key])
        lost, old = (made(asked(seller, now=NOON)) for _ in range(2))
        Path(lost.file.path).unlink()
        Report.objects.filter(pk=old.pk).update(expires_at=NOON)
        assert [alice.get(address(each)).status_code for each in (lost, old)] == [410, 410]


@pytest.fixture
def hostile(seller, listing):
    """An order for each way to begin a formula, in every text that people write."""
    for n, sign in enumerate(SIGNS):
        order = authorised((listing, 1), reference=f"ref-{n}")
        Order.objects.filter(pk=order.pk).update(**dict.fromkeys(WRITTEN, f"{sign}{EVIL}"))
        OrderItem.objects.filter(order=order).update(title=f"{sign}{EVIL}", sku=f"{sign}{EVIL}")
    return seller


@pytest.mark.parametrize(
    "kind",
    [ReportKind.NEW_ORDERS, ReportKind.UNSHIPPED, ReportKind.BY_ORDER_DATE, ReportKind.BY_LAST_UPDATE],
)
def test_no_cell_of_a_table_or_workbook_is_a_formula_i3(hostile, kind, alice):
    table = list(
        csv.reader(got(alice, made(asked(hostile, kind=kind, now=NOON, format="csv"))).decode().splitlines())
    )
    written = [cell for row in table for cell in row if cell.endswith(EVIL)]
    assert len(written) >= 2 * len(SIGNS)
    assert not [cell for cell in written if FORMULA.match(cell)]
    report = made(asked(hostile, kind=kind, now=NOON, format="xlsx"))
    path = Path(report.file.path)
    assert workbooks.formulas(path) == 0
    header, *rows = workbooks.cells(path)
    assert len(rows) == len(SIGNS)
    by_name = [dict(zip(header, row, strict=False)) for row in rows]
    assert all(isinstance(row["item-price"], float) for row in by_name if "item-price" in row)
    evil = [cell for row in rows for cell in row if isinstance(cell, str) and cell.endswith(EVIL)]
    assert len(evil) == len(written)
    # As they were written; of a text that began with a tab or a line break only a blank is left.
    assert {cell[0] for cell in evil} == {"=", "+", "-", "@", "＝", "＋", "－", "＠", " "}


def test_every_format_is_read_back_with_the_same_orders_f4(alice, seller, listing):
    order = authorised((listing, 2), postal_code="00501")
    told = {"kind": ReportKind.NEW_ORDERS, "now": NOON}
    path = Path(made(asked(seller, format="xlsx", **told)).file.path)
    row = dict(zip(*workbooks.cells(path), strict=False))
    assert (row["order-id"], row["ship-postal-code"], row["quantity-purchased"]) == (
        order.number,
        "00501",
        2.0,
    )
    pdf = made(asked(seller, format="pdf", **told))
    answer = alice.get(address(pdf))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
