"""Feeds as tab-delimited text, in every state that sellers' programs leave them in (F5)."""

from datetime import date
from pathlib import Path

import pytest

from accounts.formulas import FORMULA
from orders.states import CancelReason
from refunds.states import RefundReason
from reports.feeds.files import codes, formulas, reading
from reports.feeds.files.checks import AdjustRow, CancelRow, ShipRow, StockRow
from reports.feeds.files.rows import Unreadable
from tests.reports.feeds.feed_files import (
    ADJUST,
    CANCEL,
    CANCEL_FIRST,
    CANCEL_ROW,
    ITEM,
    ORDER,
    SHIP,
    SHIP_ROW,
    STOCK,
    STOCK_ROW,
    TEXTS,
    checked,
    codes_of,
    text,
)

TYPED = {
    "ship": ShipRow(ORDER, ITEM, 1, date(2026, 11, 20), "UPS", "", "Ground", "1Z0000000000000001"),
    "cancel": CancelRow(ORDER, ITEM, CancelReason.NO_INVENTORY),
    "adjust": AdjustRow(ORDER, ITEM, RefundReason.CUSTOMER_RETURN, "USD", 1000, 80, 250, 20, 0),
    "stock": StockRow("CABLE-2M", 1234, 5, 2),
}
SHIP_FROM = ["transparency_code", "ship_from_address_name", "ship_from_address_countrycode"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "feed.txt"


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\t\r\n"])
def test_each_feed_in_each_encoding_with_each_line_end(
    path: Path, kind: str, encoding: str, end: str
) -> None:
    columns, cells = TEXTS[kind]
    assert checked(path, text(columns, [cells, cells], end=end).encode(encoding)) == [TYPED[kind]] * 2
    assert reading.open(path).kind == kind


@pytest.mark.parametrize(
    ("encoding", "name", "country"),
    [
        ("utf-8", "Dorfpost Größe", "DE"),
        ("cp1252", "Dorfpost Größe", "DE"),
        ("utf-16-le", "Dorfpost", ""),
        ("cp932", "村の郵便", "JP"),
        ("gb18030", "村邮局", "CN"),
        ("gb18030", "村邮局", "US"),
        ("big5", "村郵局", "TW"),
    ],
)
def test_letters_beyond_ascii_come_out_right(path: Path, encoding: str, name: str, country: str) -> None:
    cells = [ORDER, "", "", "2026-11-20", "Other", name, "", ""]
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    (found,) = checked(path, (mark + text(SHIP, [cells])).encode(encoding), country=country)
    assert isinstance(found, ShipRow)
    assert found.carrier_name == name


@pytest.mark.parametrize(
    "first",
    [
        [CANCEL_FIRST],
        [CANCEL_FIRST.replace("\t", "   ")],
        [CANCEL_FIRST.lower()],
        [CANCEL_FIRST, "注文番号\tキャンセル理由\t注文商品番号"],
        ["", CANCEL_FIRST, ""],
    ],
)
def test_rows_above_the_header_are_no_records(path: Path, first: list[str]) -> None:
    path.write_text(text(CANCEL, [CANCEL_ROW], first=first))
    feed = reading.open(path)
    assert [(row.number, row.line) for row in feed.rows()] == [(1, len(first) + 2)]
    assert feed.kind == "cancel"


@pytest.mark.parametrize("template", ["PriceInventory", "InventoryLoader"])
def test_the_two_templates_of_stock_are_one_feed(path: Path, template: str) -> None:
    columns = ["SKU", "Price", "Quantity", "leadtime_to_ship"]
    found = checked(path, text(columns, [STOCK_ROW], first=[f"TemplateType={template}\tVersion=1.4"]))
    assert found == [TYPED["stock"]]


def test_the_current_template_with_underscores_and_its_further_columns(path: Path) -> None:
    columns = [*(name.replace("-", "_") for name in SHIP), *SHIP_FROM, "colour", "\tx"]
    path.write_text(text(columns, [[*SHIP_ROW, "", "North", "US", "red"]]))
    feed = reading.open(path)
    assert [warning.code for warning in feed.warnings] == [codes.UNKNOWN_COLUMN, codes.UNUSED_COLUMN]
    assert "colour" in feed.warnings[0].sentence
    assert [set(row.cells) for row in feed.rows()] == [set(SHIP)]


def test_columns_stand_in_any_order(path: Path) -> None:
    assert checked(path, text(SHIP[::-1], [SHIP_ROW[::-1]])) == [TYPED["ship"]]


def test_blank_lines_are_no_records(path: Path) -> None:
    path.write_text(text(STOCK, [STOCK_ROW, [], ["", "", ""], ["B", "", "1"]]))
    assert [(row.number, row.line, row["sku"]) for row in reading.open(path).rows()] == [
        (1, 2, "CABLE-2M"),
        (2, 5, "B"),
    ]


def test_a_row_that_was_cut_off_is_not_taken(path: Path) -> None:
    whole = text(CANCEL, [CANCEL_ROW, CANCEL_ROW])
    cut = whole[: whole.rindex("NoInventory") - 1]
    good, bad = checked(path, cut)
    assert good == TYPED["cancel"]
    assert codes_of(bad) == [(codes.ROW_CUT, "")]


def test_a_row_with_more_cells_than_columns_is_not_taken(path: Path) -> None:
    (found,) = checked(path, text(STOCK, [[*STOCK_ROW, "", "7"]]))
    assert codes_of(found) == [(codes.ROW_TOO_WIDE, "")]


def test_quotes_are_plain_characters(path: Path) -> None:
    (found,) = checked(path, text(STOCK, [['12" VINYL', "1.00", "", ""]]))
    assert found == StockRow('12" VINYL', 100, None, None)


@pytest.mark.parametrize(
    "sku", ["=SUM(A1)", "-MINUS", "+1", "@home", "'=quoted", "＝wide", "plain", "'plain"]
)
def test_what_was_defused_for_spreadsheets_is_read_as_it_was(path: Path, sku: str) -> None:
    assert not FORMULA.match(formulas.defused(sku))
    (found,) = checked(path, text(STOCK, [[formulas.defused(sku), "1.00", "", ""]]))
    assert found == StockRow(sku, 100, None, None)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", codes.EMPTY),
        ("\n\n\n\n\n", codes.EMPTY),
        (text(SHIP, [SHIP_ROW]).replace("\t", ","), codes.DELIMITER),
        (text(SHIP, [SHIP_ROW]).replace("\t", ";"), codes.DELIMITER),
        (text(STOCK, [STOCK_ROW]).replace("\t", "  "), codes.DELIMITER),
        (text(CANCEL, [CANCEL_ROW], first=[CANCEL_FIRST]).replace("\t", ","), codes.DELIMITER),
        (text(SHIP, []), codes.NO_ROWS),
        (text(["name", "street"], [["a", "b"]]), codes.NO_HEADER),
        (text(["order-id", "purchase-date", "sku"], [["a", "b", "c"]]), codes.NO_HEADER),
        (text([*STOCK, "SKU"], [[*STOCK_ROW, "x"]]), codes.COLUMN_TWICE),
        (text([*STOCK, "leadtime_to_ship"], [[*STOCK_ROW, "x"]]), codes.COLUMN_TWICE),
        (text(["order-id", "carrier-code"], [[ORDER, "UPS"]]), codes.COLUMN_MISSING),
        (text(CANCEL[:2], [CANCEL_ROW[:2]]), codes.COLUMN_MISSING),
        (text(ADJUST[:3], [[ORDER, ITEM, "Other"]]), codes.COLUMN_MISSING),
        (text(["sku", "asin"], [["A", "B"]]), codes.COLUMN_MISSING),
        (text(SHIP, [SHIP_ROW], first=[CANCEL_FIRST]), codes.TWO_KINDS),
        (text([*SHIP, "cancellation-reason-code"], [SHIP_ROW]), codes.TWO_KINDS),
        ('{"errors": []}', codes.NO_HEADER),
    ],
)
def test_a_file_that_is_no_feed_is_refused_whole_with_its_reason(path: Path, content: str, code: str) -> None:
    path.write_text(content)
    with pytest.raises(Unreadable) as refusal:
        reading.open(path)
    assert refusal.value.code == code
    assert str(refusal.value) == refusal.value.sentence != ""


def test_a_refusal_says_what_to_do(path: Path) -> None:
    path.write_text(text(SHIP, [SHIP_ROW]).replace("\t", ";"))
    with pytest.raises(Unreadable, match="Save the file as tab-delimited text"):
        reading.open(path)


def test_a_file_that_is_not_there(path: Path) -> None:
    with pytest.raises(Unreadable) as refusal:
        reading.open(path)
    assert refusal.value.code == codes.NOT_THERE
