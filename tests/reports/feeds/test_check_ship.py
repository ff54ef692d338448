"""The cells of the Shipping Confirmation feed (O14, F5)."""

from datetime import date

import pytest

from reports.feeds.files import checks, codes
from reports.feeds.files.cells import Terms
from reports.feeds.files.checks import ShipRow
from reports.feeds.files.rows import FeedRow
from tests.reports.feeds.feed_files import ITEM, ORDER, TERMS, codes_of, row


def ship(**changes: str) -> ShipRow:
    found = checks.ship(row("ship", **changes), TERMS)
    assert isinstance(found, ShipRow), found
    return found


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-20", date(2026, 11, 20)),
        ("2026-11-20T08:34:47+00:00", date(2026, 11, 20)),
        ("2026-11-20T03:00:00Z", date(2026, 11, 19)),
        ("2026-11-20T23:30:00-08:00", date(2026, 11, 21)),
        ("2026-11-20T23:30:00.123", date(2026, 11, 20)),
        ("2026-11-20t01:00:00+09:00", date(2026, 11, 19)),
    ],
)
def test_a_moment_is_the_day_that_it_was_at_the_marketplace(text: str, day: date) -> None:
    assert ship(ship_date=text).ship_date == day


def test_another_zone_has_another_day() -> None:
    found = checks.ship(row("ship", ship_date="2026-11-20T23:30:00-08:00"), Terms("JPY", "Asia/Tokyo"))
    assert isinstance(found, ShipRow)
    assert found.ship_date == date(2026, 11, 21)


@pytest.mark.parametrize(
    "text",
    [
        *("20-11-2026", "20.11.2026", "11/20/2026", "2026-13-01", "2026-02-30", "20261120", "2026-W47-5"),
        *("2026-11-20 08:00", "0000-00-00", "46345", "today", "2026-11-20T25:00:00", "２０２６-11-20"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "-2026-11-20", "2026-1-1", "NULL"),
    ],
)
def test_other_dates_are_refused(text: str) -> None:
    found = checks.ship(row("ship", ship_date=text), Terms("USD", "Pacific/Kiritimati"))
    if text.startswith(("0001", "9999")):
        assert isinstance(found, ShipRow) or codes_of(found) == [(codes.DATE, "ship-date")]
    else:
        assert codes_of(found) == [(codes.DATE, "ship-date")]


def test_blank_keeps_and_null_clears() -> None:
    assert ship(tracking_number="", ship_method="NULL", carrier_code="", carrier_name="") == ShipRow(
        ORDER, ITEM, 1, date(2026, 11, 20), None, None, "", None
    )


@pytest.mark.parametrize(
    ("code", "name", "carrier", "carrier_name"),
    [
        ("UPS", "", "UPS", ""),
        ("ups", "", "UPS", ""),
        ("fedex smartpost", "", "FedEx SmartPost", ""),
        ("Other", "Village Post", "Other", "Village Post"),
        ("", "Village Post", "Other", "Village Post"),
        ("OTHER", "NULLA Post", "Other", "NULLA Post"),
    ],
)
def test_the_carrier(code: str, name: str, carrier: str, carrier_name: str) -> None:
    found = ship(carrier_code=code, carrier_name=name)
    assert (found.carrier, found.carrier_name) == (carrier, carrier_name)


def test_a_name_beside_a_known_carrier_is_left_out_and_said() -> None:
    found = ship(carrier_code="UPS", carrier_name="United Parcel")
    assert found.carrier_name == ""
    assert [remark.code for remark in found.remarks] == [codes.NAME_UNUSED]


def test_a_lost_zero_comes_back_and_is_said() -> None:
    found = ship(order_item_id="1000000000001")
    assert found.item_number == "01000000000001"
    assert [remark.code for remark in found.remarks] == [codes.ZERO_RESTORED]


def test_the_whole_order_and_a_whole_item() -> None:
    assert ship(order_item_id="", quantity="").item_number == ""
    assert ship(quantity="").quantity is None


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"order_id": ""}, codes.MISSING, "order-id"),
        ({"order_id": "70112345677654321"}, codes.ORDER_ID, "order-id"),
        ({"order_id": "701-1234567-765432١"}, codes.ORDER_ID, "order-id"),
        ({"order_id": "7.01E+16"}, codes.SPREADSHEET, "order-id"),
        ({"order_item_id": "1.23E+13"}, codes.SPREADSHEET, "order-item-id"),
        ({"order_item_id": "1,23E+13"}, codes.SPREADSHEET, "order-item-id"),
        ({"order_item_id": "123"}, codes.ITEM_ID, "order-item-id"),
        ({"order_item_id": "100000000000011"}, codes.ITEM_ID, "order-item-id"),
        ({"quantity": "0"}, codes.WHOLE_NUMBER, "quantity"),
        ({"quantity": "-1"}, codes.WHOLE_NUMBER, "quantity"),
        ({"quantity": "1.0"}, codes.WHOLE_NUMBER, "quantity"),
        ({"quantity": "1001"}, codes.WHOLE_NUMBER, "quantity"),
        ({"quantity": "9" * 5000}, codes.WHOLE_NUMBER, "quantity"),
        ({"quantity": "²"}, codes.WHOLE_NUMBER, "quantity"),
        ({"order_item_id": ""}, codes.QUANTITY_WITHOUT_ITEM, "quantity"),
        ({"ship_date": ""}, codes.MISSING, "ship-date"),
        ({"carrier_code": "Pigeon"}, codes.CARRIER, "carrier-code"),
        ({"carrier_code": "NULL"}, codes.CARRIER, "carrier-code"),
        ({"carrier_code": "Other"}, codes.CARRIER_NAME, "carrier-name"),
        ({"carrier_code": "Other", "carrier_name": "NULL"}, codes.CARRIER_NAME, "carrier-name"),
        ({"carrier_code": "Other", "carrier_name": "x" * 51}, codes.TOO_LONG, "carrier-name"),
        ({"tracking_number": "1" * 61}, codes.TOO_LONG, "tracking-number"),
        ({"ship_method": "Ground\u202e"}, codes.NOT_TEXT_IN_CELL, "ship-method"),
        ({"tracking_number": "1Z\x07"}, codes.NOT_TEXT_IN_CELL, "tracking-number"),
    ],
)
def test_what_is_refused_says_where(changes: dict[str, str], code: str, column: str) -> None:
    assert codes_of(checks.ship(row("ship", **changes), TERMS)) == [(code, column)]


def test_every_problem_of_a_row_is_named() -> None:
    found = checks.ship(FeedRow(1, 2, {"carrier-code": "Pigeon", "quantity": "x"}), TERMS)
    assert [column for _code, column in codes_of(found)] == [
        *("order-id", "quantity", "quantity", "ship-date", "carrier-code"),
    ]
