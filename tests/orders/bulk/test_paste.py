"""Rows pasted from a spreadsheet: columns in any order, with or without headings, and what else people paste (O14)."""

import pytest

from orders.bulk import paste

ONE, TWO = "114-1234567-0000001", "114-1234567-0000002"
UNCLEAR = "It is not clear which column holds the tracking numbers."
WIDE = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}


def table(*rows, by="\t", end="\n"):
    return end.join(by.join(row) for row in rows)


UPS = {"carrier": "UPS", "tracking_number": "1Z999AA10123456784"}
DHL = {"carrier": "DHL", "tracking_number": "JD014600003RU"}
ROWS = {
    "headings": table(
        ["order-id", "carrier-code", "tracking-number"],
        [ONE, "UPS", "1Z999AA10123456784"],
        [TWO, "DHL", "JD014600003RU"],
    ),
    "other order of columns": table(
        ["Tracking Number", "Order ID", "Carrier"],
        ["1Z999AA10123456784", ONE, "UPS"],
        ["JD014600003RU", TWO, "DHL"],
    ),
    "no headings": table([ONE, "UPS", "1Z999AA10123456784"], [TWO, "DHL", "JD014600003RU"]),
    "no headings, turned round": table(["1Z999AA10123456784", "UPS", ONE], ["JD014600003RU", "DHL", TWO]),
    "columns of no interest": table(
        ["Buyer", "order number", "x", "TRACKING #", "Courier"],
        ["Ada", ONE, "", "1Z999AA10123456784", "UPS"],
        ["Bob", TWO, "", "JD014600003RU", "DHL"],
    ),
    "chinese headings": table(
        ["订单号", "物流公司", "快递单号"], [ONE, "UPS", "1Z999AA10123456784"], [TWO, "DHL", "JD014600003RU"]
    ),
    "Windows lines and blank ones": table(
        ["order id", "carrier", "tracking"],
        ["", "", ""],
        [ONE, "UPS", "1Z999AA10123456784"],
        [""],
        [TWO, "DHL", "JD014600003RU"],
        end="\r\n",
    ),
    "commas": table([ONE, "UPS", "1Z999AA10123456784"], [TWO, "DHL", "JD014600003RU"], by=","),
    "semicolons": table([ONE, "UPS", "1Z999AA10123456784"], [TWO, "DHL", "JD014600003RU"], by=";"),
    "kept as text": table([f'="{ONE}"', "UPS", "'1Z999AA10123456784"], [f"'{TWO}", "DHL", "JD014600003RU"]),
    "quoted cells": table([f'"{ONE}"', "UPS", '"1Z999AA10123456784"'], [TWO, "DHL", "JD014600003RU"]),
    "numbers without dashes, full width": table(
        ["11412345670000001", "UPS", "1Z999AA10123456784"],
        [TWO.translate(WIDE), "DHL", "JD014600003RU"],
    ),
    "invisible marks": table(
        [f"\ufeff{ONE}\u200b", "UPS\u202e", "\u200e1Z999AA10123456784"], [TWO, " DHL ", "JD014600003RU\xa0"]
    ),
    "the same row twice": table([ONE, *UPS.values()], [TWO, *DHL.values()], [ONE, *UPS.values()]),
}


@pytest.mark.parametrize("name", ROWS)
def test_the_rows_are_read_whatever_the_sheet_looks_like(name):
    assert paste.read(ROWS[name]) == paste.Pasted({ONE: UPS, TWO: DHL}, [])


def test_more_columns_come_in_by_their_headings():
    sheet = table(
        ["order id", "carrier code", "carrier name", "tracking id", "ship-method", "ship-date"],
        [ONE, "Other", "Horse", "H-1", "Gallop", "2026-11-20"],
    )
    row = {"carrier": "Other", "carrier_name": "Horse", "tracking_number": "H-1", "service": "Gallop"}
    assert paste.read(sheet).rows == {ONE: {**row, "ship_date": "2026-11-20"}}


@pytest.mark.parametrize(
    ("sheet", "sentence"),
    [
        ("", "Nothing was pasted."),
        (" \t \n\t", "Nothing was pasted."),
        ("\0\0", "Nothing was pasted."),
        ("UPS\t1Z999AA10123456784", "No column holds order numbers"),
        ("hello", "No column holds order numbers"),
        (ONE, "No column of tracking numbers or carriers was recognised."),
        (table([ONE, "JD014600003RU", "JD014600004RU"]), UNCLEAR),
        (table([ONE, "DHL", "JD014600003RU", "LAMP-1002"]), UNCLEAR),
        (table([ONE, "UPS", "LAMP-1002"]), UNCLEAR),
        (table([ONE, "UPS", "1Z999AA10123456785"]), UNCLEAR),
        (table([ONE, "UPS", "1"]) + "\n" * 10 + "\n".join([ONE] * 501), "At most 500 rows"),
        ("x" * 100_001, "too much text at once"),
    ],
)
def test_a_sheet_that_says_nothing_is_refused_with_the_reason(sheet, sentence):
    found = paste.read(sheet)
    assert found.rows == {}
    assert len(found.problems) == 1
    assert sentence in found.problems[0]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (["", "UPS", "1Z999AA10123456785"], "Line 3: there is no order number."),
        (["114-1234567", "UPS", "1Z9"], "Line 3: there is no order number."),
        (["114-1234567-00000019", "UPS", "1Z9"], "Line 3: there is no order number."),
        ([ONE, "DHL", "JD014600003RU"], f"Line 3: {ONE} stands in line 2 already"),
        (
            [TWO, "UPS", "1.23457E+15"],
            "Line 3: “1.23457E+15” is not a tracking number: a spreadsheet program changed it.",
        ),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_and_the_others_are_read(row, problem):
    sheet = table(["order id", "carrier", "tracking"], [ONE, *UPS.values()], row)
    found = paste.read(sheet)
    assert found.rows == {ONE: UPS}
    assert [problem in each for each in found.problems] == [True]


@pytest.mark.parametrize(
    "sheet",
    [
        "\t" * 5_000,
        '"' * 9_999,
        f'"{ONE}\tUPS\t1Z999AA10123456784\n{TWO}',
        "=cmd|' /C calc'!A0\t" + ONE,
        "<script>alert(1)</script>\t" + ONE + "\tUPS",
        ("x" * 300 + "\t") * 300,
        "\u202e".join(ONE) + "\tUPS",
        table([ONE] * 60),
        "order\torder\torder\n" + ONE,
        "\r\r\n\n\r" + ONE,
    ],
)
def test_hostile_text_breaks_nothing(sheet):
    found = paste.read(sheet)
    assert set(found.rows) <= {ONE, TWO}
    assert all(len(cell) <= paste.LONGEST_CELL for row in found.rows.values() for cell in row.values())


def test_of_two_columns_that_fit_the_one_is_taken_that_suits_the_carrier():
    sheet = table([ONE, "UPS", "1Z999AA10123456784", "LAMP-1002"])
    assert paste.read(sheet) == paste.Pasted({ONE: UPS}, [])


def test_how_many_units_the_sheet_ships_is_counted_over_the_lines_of_an_order():
    head = ["order id", "order-item-id", "quantity shipped", "carrier", "tracking"]
    rows = [[ONE, "1", "2", *UPS.values()], [ONE, "2", "1", *UPS.values()], [ONE, "1", "2", *UPS.values()]]
    found = paste.read(table(head, *rows, [TWO, "3", "0", *DHL.values()]))
    assert found == paste.Pasted({ONE: UPS, TWO: DHL}, [], {ONE: 3})
    found = paste.read(table(head, [ONE, "1", "two", *UPS.values()]))
    assert found == paste.Pasted({}, ["Line 2: two is no quantity."])
