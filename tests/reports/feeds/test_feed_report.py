"""The processing report as the trade writes it, and read back (F5)."""

import io
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from reports.feeds.files import codes, report
from reports.feeds.files.report import Entry, Report, Totals
from reports.feeds.files.rows import FeedRow, Problem, Unreadable

GOLDEN = Path(__file__).parent / "golden"
ORDER, ITEM = "701-1234567-7654321", "10000000000001"
TOTALS = Totals(processed=4, successful=2, errors=2, warnings=1)
OF_ORDERS = [
    Entry(
        0,
        codes.UNKNOWN_COLUMN,
        "The field heading colour is unknown; its values were ignored.",
        is_warning=True,
    ),
    Entry(2, codes.CARRIER, "Pigeon is not a known carrier.", order_id=ORDER, order_item_id=ITEM),
    Entry(3, codes.ZERO_RESTORED, "Read as 01000000000001.", is_warning=True, order_id=ORDER),
    Entry(4, codes.ORDER_ID, "“=1+1” is no order number.", order_id="=1+1"),
]
OF_STOCK = [
    Entry(
        0,
        codes.UNKNOWN_COLUMN,
        "The field heading colour is unknown; its values were ignored.",
        is_warning=True,
    ),
    Entry(2, codes.PRICE_ZERO, "The price cannot be 0.", sku="CABLE-2M"),
    Entry(3, codes.NOTHING_NEW, "Nothing is new.", is_warning=True, sku="-MINUS"),
    Entry(4, codes.SKU_UNKNOWN, "There is no listing of this SKU.", sku="'=QUOTED & <SIGNED>"),
]
OF_XML = [
    Entry(**{**vars(entry), "message": str(entry.number), "sku": sku})
    for entry, sku in zip(OF_ORDERS, ["", "", "A & <B>", ""], strict=True)
]


def written_text(kind: str, entries: list[Entry], totals: Totals = TOTALS) -> str:
    out = io.StringIO()
    report.write_text(kind, totals, iter(entries), out)
    return out.getvalue()


def written_xml(entries: list[Entry], totals: Totals = TOTALS) -> str:
    out = io.StringIO()
    report.write_xml(totals, iter(entries), out, transaction="4711", merchant="north & co")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("processing-report-orders.txt", written_text("ship", OF_ORDERS)),
        ("processing-report-stock.txt", written_text("stock", OF_STOCK)),
        ("processing-report.xml", written_xml(OF_XML)),
        ("processing-report-nothing-wrong.txt", written_text("cancel", [], Totals(2, 2))),
    ],
)
def test_the_reports_are_these_bytes(name: str, content: str) -> None:
    assert content.encode() == (GOLDEN / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "totals", "entries"),
    [
        ("processing-report-orders.txt", TOTALS, OF_ORDERS),
        ("processing-report-stock.txt", TOTALS, OF_STOCK),
        ("processing-report.xml", TOTALS, OF_XML),
        ("processing-report-nothing-wrong.txt", Totals(2, 2), []),
    ],
)
def test_they_are_read_back(name: str, totals: Totals, entries: list[Entry]) -> None:
    assert report.read(GOLDEN / name) == Report(totals, entries)


def test_the_summary_is_what_clients_skip() -> None:
    lines = written_text("ship", OF_ORDERS).split("\n")
    assert lines[:4] == [
        "Feed Processing Summary:",
        "\tNumber of records processed\t\t4",
        "\tNumber of records successful\t\t2",
        "",
    ]
    assert lines[4].split("\t")[:2] == ["original-record-number", "order-id"]


def test_a_report_without_its_colon_and_its_header_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(
        b"\xef\xbb\xbfFeed Processing Summary\r\n"
        b"\tNumber of records processed\t\t1\r\n\tNumber of records successful\t\t1\r\n"
    )
    assert report.read(path) == Report(Totals(1, 1), [])


@pytest.mark.parametrize(
    "content", [b"", b"order-id\tquantity\n", b"\xff\xfe", b"<html/>", b"<AmazonEnvelope/>"]
)
def test_another_file_is_no_report(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(content)
    with pytest.raises(Unreadable):
        report.read(path)


def test_an_entry_names_the_column_once() -> None:
    row = FeedRow(7, 9, {"order-id": ORDER, "order-item-id": ITEM}, "12")
    entry = Entry.of(Problem(codes.AMOUNT, "item-tax-adj", "“x” is not an amount."), row)
    assert entry == Entry(
        7, codes.AMOUNT, "item-tax-adj: “x” is not an amount.", False, "", ORDER, ITEM, "12"
    )
    assert Entry.of(Problem(codes.MISSING, "currency", "currency is empty.")).sentence == "currency is empty."


def test_error_types_stay_english_for_programs() -> None:
    with translation.override("zh-hans"):
        assert written_text("ship", OF_ORDERS) == (GOLDEN / "processing-report-orders.txt").read_text()


TEXTS = st.text(max_size=60)


@given(st.lists(st.builds(Entry, st.integers(0, 99), TEXTS, TEXTS, st.booleans(), sku=TEXTS), max_size=4))
def test_whatever_stands_in_the_cells_each_entry_is_one_row(entries: list[Entry]) -> None:
    lines = written_text("stock", entries).split("\n")[5:-1]
    assert len(lines) == len(entries)
    cells = [cell for line in lines for cell in line.split("\t")]
    assert len(cells) == 5 * len(entries)
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@＝\t\r\0") and cell]


@given(st.lists(st.builds(Entry, st.integers(0, 99), TEXTS, TEXTS, sku=TEXTS), max_size=4))
def test_whatever_stands_in_the_cells_the_xml_is_well_formed(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]
) -> None:
    path = tmp_path_factory.getbasetemp() / "report.xml"
    path.write_text(written_xml(entries), encoding="utf-8")
    assert [entry.number for entry in report.read(path).entries] == [entry.number for entry in entries]
