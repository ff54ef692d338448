"""The cells of the Inventory feed (F5)."""

import pytest

from reports.feeds.files import checks, codes
from reports.feeds.files.checks import StockRow
from reports.feeds.files.rows import FeedRow, Problem
from tests.reports.feeds.feed_files import TERMS, codes_of, row


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"price": "", "handling_time": ""}, StockRow("CABLE-2M", None, 5, None)),
        ({"quantity": "0"}, StockRow("CABLE-2M", 1234, 0, 2)),
        ({"quantity": "", "handling_time": "", "price": "0.01"}, StockRow("CABLE-2M", 1, None, None)),
        ({"sku": "a B 'c'", "add_delete": "A"}, StockRow("a B 'c'", 1234, 5, 2)),
        ({"sku": "12E4"}, StockRow("12E4", 1234, 5, 2)),
        ({"sku": "=SUM(A1)"}, StockRow("=SUM(A1)", 1234, 5, 2)),
    ],
)
def test_blank_keeps(changes: dict[str, str], expected: StockRow) -> None:
    assert checks.stock(row("stock", **changes), TERMS) == expected


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"sku": ""}, codes.SKU, "sku"),
        ({"sku": "x" * 41}, codes.TOO_LONG, "sku"),
        ({"sku": "1.23E+13"}, codes.SPREADSHEET, "sku"),
        ({"sku": "A\u200bB"}, codes.NOT_TEXT_IN_CELL, "sku"),
        ({"price": "0"}, codes.PRICE_ZERO, "price"),
        ({"price": "0.00"}, codes.PRICE_ZERO, "price"),
        ({"price": "-1"}, codes.NEGATIVE, "price"),
        ({"price": "1.234"}, codes.AMOUNT, "price"),
        ({"price": "$1"}, codes.AMOUNT, "price"),
        ({"price": "delete"}, codes.AMOUNT, "price"),
        ({"quantity": "1.5"}, codes.WHOLE_NUMBER, "quantity"),
        ({"quantity": "10000000"}, codes.WHOLE_NUMBER, "quantity"),
        ({"handling_time": "31"}, codes.WHOLE_NUMBER, "handling-time"),
        ({"price": "", "quantity": "", "handling_time": ""}, codes.NOTHING_TO_CHANGE, ""),
        ({"add_delete": "x"}, codes.ADD_DELETE, "add-delete"),
        ({"add_delete": "d"}, codes.ADD_DELETE, "add-delete"),
    ],
)
def test_what_is_refused_says_where(changes: dict[str, str], code: str, column: str) -> None:
    assert codes_of(checks.stock(row("stock", **changes), TERMS)) == [(code, column)]


def test_a_sku_stands_in_a_file_once() -> None:
    repeats = checks.Repeats()
    said: list[Problem | None] = []
    for number, sku in enumerate(["A", "a", "A", "B", "A"], start=1):
        typed = StockRow(sku, 100, None, None)
        said.append(repeats.of(FeedRow(number, number + 1, {"sku": sku}), typed))
    assert [each.code if each else "" for each in said] == ["", "", codes.ROW_TWICE, "", codes.ROW_TWICE]
    assert said[2] is not None
    assert "row 1" in said[2].sentence
