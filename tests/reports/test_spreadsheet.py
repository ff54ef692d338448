"""Workbooks: texts stay what they are, amounts are numbers, nothing is a formula, memory stays flat (F4, I3)."""

import tracemalloc
from dataclasses import dataclass
from decimal import Decimal

import pytest

from reports import spreadsheet
from tests.reports import workbooks


@dataclass(frozen=True)
class Column:
    name: str
    is_number: bool = False
    is_moment: bool = False
    is_day: bool = False


COLUMNS = [Column("order-id"), Column("sku"), Column("ship-postal-code"), Column("item-price", True)]
SIGNS = ["=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠", " =", "\u200b=", "\ufeff@"]
HOSTILE = [f"{sign}cmd|' /C calc'!A0" for sign in SIGNS]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "book.xlsx"


def test_identifiers_stay_texts_and_amounts_are_numbers_f4(path):
    rows = [
        ("701-0000001-0000001", "00042", "01002", "12.50"),
        ("701-0000001-0000002", "1E5", "7", Decimal("0.10")),
        ("701-0000001-0000003", "2026-11-01", "", -3),
        ("701-0000001-0000004", None, "http://example.com", ""),
        ("701-0000001-0000005", "x", "y", "1e309"),
    ]
    assert spreadsheet.write(path, COLUMNS, rows) == 5
    assert workbooks.cells(path) == [
        ["order-id", "sku", "ship-postal-code", "item-price"],
        ["701-0000001-0000001", "00042", "01002", 12.5],
        ["701-0000001-0000002", "1E5", "7", 0.1],
        ["701-0000001-0000003", "2026-11-01", None, -3.0],
        ["701-0000001-0000004", None, "http://example.com"],
        ["701-0000001-0000005", "x", "y", "1e309"],
    ]
    assert workbooks.links(path) == 0
    assert workbooks.has_frozen_head(path)


@pytest.mark.parametrize("text", [*HOSTILE, "+1 206 555 0100 ext. 00001", "'=1", "O'Neil"])
def test_a_text_is_a_text_cell_without_an_apostrophe_i3(path, text):
    spreadsheet.write(path, COLUMNS, [(text, text, text, text)])
    assert workbooks.formulas(path) == 0
    # As the file format writes a carriage return; programs show it as one.
    assert workbooks.cells(path)[1] == [text.replace("\x00", "\ufffd").replace("\r", "_x000D_")] * 4


def test_moments_and_days_are_dates_f4(path):
    columns = [Column("purchase-date", is_moment=True), Column("posted-date", is_day=True), Column("title")]
    spreadsheet.write(path, columns, [("2026-11-20 12:00:00", "2026-11-20", "2026-11-20"), ("", None, "")])
    assert workbooks.cells(path)[1] == [46346.5, 46346.0, "2026-11-20"]
    assert workbooks.number_formats(path) == ["yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"]


def test_what_xml_cannot_hold_is_replaced_and_a_cell_has_its_limit(path):
    spreadsheet.write(path, COLUMNS, [("a\x01b\ufffe\ud800", "_x0041_", "x" * 40_000, "1")])
    found = workbooks.cells(path)[1]
    assert found[0] == "a\ufffdb\ufffd\ufffd"
    assert len(found[2]) == spreadsheet.LONGEST


def test_more_rows_than_a_sheet_holds_are_refused_with_the_figure(path, monkeypatch):
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 3)
    rows = [("1", "2", "3", "4")] * 4
    with pytest.raises(spreadsheet.TooManyRows, match="at most 3 rows"):
        spreadsheet.write(path, COLUMNS, iter(rows))
    assert spreadsheet.write(path, COLUMNS, iter(rows[:3])) == 3


def test_an_empty_report_has_its_names(path):
    assert spreadsheet.write(path, COLUMNS, iter(())) == 0
    assert workbooks.cells(path) == [[column.name for column in COLUMNS]]


def test_memory_does_not_grow_with_the_rows(path):
    def peak(count: int) -> int:
        rows = ((f"701-{n:07}-0000000", f"SKU-{n}", "01002", "12.34") for n in range(count))
        tracemalloc.start()
        spreadsheet.write(path, COLUMNS, rows)
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small, large = peak(300), peak(6_000)
    assert large < small + 300_000, (small, large)
