"""Every kind of report, to the letter: names and order of columns, cells, escaping (F4, I3)."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from accounts import formulas
from orders import sweeps
from orders.entry import intake, order_report
from orders.entry.imports import Fate, Import
from orders.entry.order_report import Terms
from orders.entry.report_file import ReportFile
from reports import copying, kinds
from reports.models import Report
from reports.states import Format, ReportKind, ReportState
from tests.factories import NOON, ChannelFactory, ListingFactory, MembershipFactory, SellerFactory
from tests.helpers import CHANNEL, SYSTEM, new_order
from tests.messaging import steps as messages
from tests.reports.steps import DAY, asked, made, masked, settled, shop, text

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "golden"
ASKABLE = [kind for kind in ReportKind if kind != ReportKind.SELECTION]


def differs(report: Report, name: str) -> bool:
    """Whether the report's text is not that of the golden file; one that is missing is written, to be read."""
    assert report.state == ReportState.DONE, report.error
    golden, found = GOLDEN / name, masked(text(report))
    if not golden.exists():
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found, newline="")
        return True
    with golden.open(newline="") as file:
        return found != file.read()


@pytest.fixture
def seller():
    found = shop()
    settled(found)
    return found


def test_f4_each_kind_to_the_letter(seller):
    different = []
    days = {"days": None, "first_day": (NOON - DAY).date(), "last_day": (NOON + 61 * DAY).date()}
    for kind in ASKABLE:
        for form in (Format.TSV, Format.CSV):
            report = made(asked(seller, kind, format=form, **days))
            name = f"{kind.value}.{form.value}"
            different += [name] if differs(report, name) else []
            assert report.rows_done == report.rows_total
            assert report.bytes == len(text(report).encode())
        report = made(
            asked(seller, kind, columns=[*reversed(kinds.optional(kind)), "no-such-column"], **days)
        )
        name = f"{kind.value}.all_columns.tsv"
        different += [name] if differs(report, name) else []
        assert text(report).split("\n")[0].split("\t") == [column.name for column in kinds.of(kind).columns]
    assert different == []


def test_f4_the_headers_are_the_trade_s_own():
    sizes = {kind: len(kinds.of(kind).header()) for kind in (ReportKind.NEW_ORDERS, ReportKind.UNSHIPPED)}
    assert sizes == {ReportKind.NEW_ORDERS: 30, ReportKind.UNSHIPPED: 27}
    by_date, by_update = (
        kinds.of(ReportKind.BY_ORDER_DATE).header(),
        kinds.of(ReportKind.BY_LAST_UPDATE).header(),
    )
    assert (len(by_date), len(by_update)) == (32, 31)
    assert [each for each in by_date if each not in by_update] == [
        each for each in by_date if each.name == "cpf"
    ]


def test_i3_in_csv_no_text_is_a_formula_and_the_portal_reads_back_what_it_writes(
    seller, tmp_path, monkeypatch
):
    monkeypatch.setattr(copying, "DENSE", 0)
    for kind in ASKABLE:
        report = made(asked(seller, kind, days=30, format=Format.CSV, columns=kinds.optional(kind)))
        header = kinds.of(kind).header(report.columns)
        for row in list(csv.reader(io.StringIO(text(report), newline="")))[1:]:
            for column, cell in zip(header, row, strict=True):
                assert cell[:1] not in tuple("=@\t\r＝＋－＠"), (column.name, cell)
                assert cell[:1] not in ("+", "-") or (column.is_number and float(cell) < 0), (
                    column.name,
                    cell,
                )

    reads_back(seller, tmp_path)


def reads_back(seller, tmp_path):
    """The portal reads back what it writes, by the reader of the reports that it imports."""
    for kind in (
        ReportKind.NEW_ORDERS,
        ReportKind.UNSHIPPED,
        ReportKind.BY_ORDER_DATE,
        ReportKind.BY_LAST_UPDATE,
    ):
        report = made(asked(seller, kind))
        (tmp_path / "report.txt").write_bytes(text(report).encode())
        found = ReportFile.open(tmp_path / "report.txt")
        rows = [dict(row.cells) for row in found.rows()]
        assert found.encoding == "utf-8"
        assert len(rows) == report.rows_done
        lines = [line.split("\t") for line in text(report).split("\n")[1:-1]]
        assert [list(row.values()) for row in rows] == [
            [formulas.plain(cell.strip()) for cell in line] for line in lines
        ]


def test_an_import_of_new_orders_reads_the_very_same_orders(tmp_path):
    seller = SellerFactory()
    MembershipFactory(seller=seller)
    lines = [(ListingFactory(seller=seller, title=f'{n}" pipe, "fine"'), n) for n in (1, 2)]
    new = replace(
        new_order(*lines), number="701-1234567-7654321", reference="701-1234567-7654321", city="Zürich 東京"
    )
    channel = ChannelFactory(marketplace=seller.marketplace)
    (placed,) = intake.place([new], seller=seller, channel=channel, actor=CHANNEL, now=NOON)
    sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
    messages.from_buyer(placed.order)
    (tmp_path / "report.txt").write_bytes(text(made(asked(seller))).encode())
    file = ReportFile.open(tmp_path / "report.txt")
    order_report.check(file)
    (group,) = order_report.groups(file, order_report.last_lines(file))
    found = order_report.order_of(group, Terms(new.payment_token, new.currency, None))
    items = [
        replace(item, number=row.number, title=row.title)
        for item, row in zip(new.items, placed.order.items.all(), strict=True)
    ]
    relay = f"{placed.order.threads.get().seller_alias}@{django_settings.RELAY_DOMAIN}"
    assert found == replace(new, items=tuple(items), buyer_email=relay)
    (outcome,) = Import(file, seller, channel, new.payment_token).outcomes(order_report.last_lines(file))
    assert outcome.fate == Fate.ALREADY_THERE
