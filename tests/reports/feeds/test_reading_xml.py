"""Feeds as XML: each message becomes the rows that text would have, and nothing foreign is read (F5, I2)."""

import socket
from datetime import date
from pathlib import Path

import pytest

from orders.states import CancelReason
from reports.feeds.files import codes, reading
from reports.feeds.files.checks import CancelRow, ShipRow, StockRow
from reports.feeds.files.rows import Unreadable
from tests.reports.feeds.feed_files import (
    ADJUST_BODY,
    BODIES,
    CANCEL_BODY,
    ITEM,
    ORDER,
    PRICE_BODY,
    SHIP_BODY,
    STOCK_BODY,
    adjust_body,
    checked,
    codes_of,
    component,
    envelope,
)
from tests.reports.feeds.test_reading_text import TYPED

NAMED = f"<AmazonOrderID>{ORDER}</AmazonOrderID>"
TYPED_XML = {
    **{message: TYPED[kind] for message, (kind, _body) in BODIES.items()},
    "Inventory": StockRow("CABLE-2M", None, 5, 2),
    "Price": StockRow("CABLE-2M", 1234, None, None),
    "OrderFulfillment": ShipRow(
        ORDER, ITEM, 1, date(2026, 11, 20), "UPS", "", "Ground", "1Z0000000000000001"
    ),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "feed.xml"


@pytest.mark.parametrize("message", BODIES)
@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-8", "utf-16"),
        ("latin-1", "ISO-8859-1"),
        ("latin-1", "UTF-8"),
        ("cp932", "Shift_JIS"),
    ],
)
def test_each_message_in_each_encoding(path: Path, message: str, encoding: str, declared: str) -> None:
    kind, body = BODIES[message]
    content = envelope(message, [body, body], head=f'<?xml version="1.0" encoding="{declared}"?>')
    assert checked(path, content.encode(encoding)) == [TYPED_XML[message]] * 2
    assert reading.open(path).kind == kind


@pytest.mark.parametrize(
    ("encoding", "declared", "name"),
    [("latin-1", "UTF-8", "Größe"), ("gb18030", "GB2312", "村邮局"), ("cp932", "Shift_JIS", "村の郵便")],
)
def test_letters_beyond_ascii_come_out_right(path: Path, encoding: str, declared: str, name: str) -> None:
    body = SHIP_BODY.replace("<CarrierCode>UPS</CarrierCode>", f"<CarrierName>{name}</CarrierName>")
    content = envelope("OrderFulfillment", [body], head=f'<?xml version="1.0" encoding="{declared}"?>')
    (found,) = checked(path, content.encode(encoding))
    assert isinstance(found, ShipRow)
    assert (found.carrier, found.carrier_name) == ("Other", name)


def test_every_item_is_a_row_with_its_message(path: Path) -> None:
    second = "<Item><AmazonOrderItemCode>10000000000002</AmazonOrderItemCode></Item>"
    path.write_text(envelope("OrderFulfillment", [SHIP_BODY + second, SHIP_BODY]))
    rows = [(row.number, row.message, row.line, row["order-item-id"]) for row in reading.open(path).rows()]
    assert rows == [(1, "1", 5, ITEM), (2, "1", 5, "10000000000002"), (3, "2", 6, ITEM)]


def test_an_acknowledgement_is_done_and_says_so(path: Path) -> None:
    body = f"{NAMED}<StatusCode>Success</StatusCode><Item><AmazonOrderItemCode>{ITEM}</AmazonOrderItemCode></Item>"
    (found,) = checked(path, envelope("OrderAcknowledgement", [body]))
    assert isinstance(found, CancelRow)
    assert found.is_acknowledgement
    assert [remark.code for remark in found.remarks] == [codes.ACKNOWLEDGED]


def test_a_failure_without_items_cancels_the_order(path: Path) -> None:
    found = checked(path, envelope("OrderAcknowledgement", [f"{NAMED}<StatusCode>Failure</StatusCode>"]))
    assert found == [CancelRow(ORDER, "", CancelReason.GENERAL_ADJUSTMENT)]


def test_the_currency_of_an_amount_may_be_left_out(path: Path) -> None:
    (found,) = checked(path, envelope("OrderAdjustment", [ADJUST_BODY.replace(' currency="USD"', "")]))
    assert found == TYPED["adjust"]


PROBLEMS = {
    "no status": ("OrderAcknowledgement", NAMED, codes.MISSING),
    "an empty status": ("OrderAcknowledgement", f"{NAMED}<StatusCode> </StatusCode>", codes.MISSING),
    "an odd status": ("OrderAcknowledgement", f"{NAMED}<StatusCode>Maybe</StatusCode>", codes.STATUS_CODE),
    "an item without its code": (
        "OrderAcknowledgement",
        f"{NAMED}<StatusCode>Failure</StatusCode><Item/>",
        codes.MISSING,
    ),
    "an item without its reason": (
        "OrderAcknowledgement",
        CANCEL_BODY.replace("<CancelReason>NoInventory</CancelReason>", ""),
        codes.REASON_AND_ITEM,
    ),
    "an item of the seller's own number": (
        "OrderFulfillment",
        SHIP_BODY.replace("AmazonOrderItemCode", "MerchantOrderItemID"),
        codes.MISSING,
    ),
    "no order": ("OrderFulfillment", SHIP_BODY.replace("AmazonOrderID", "MerchantOrderID"), codes.MISSING),
    "two orders": ("OrderFulfillment", NAMED + SHIP_BODY, codes.ELEMENT),
    "an unknown element": ("Inventory", f"{STOCK_BODY}<Lookup>FulfillmentNetwork</Lookup>", codes.ELEMENT),
    "no items to refund": ("OrderAdjustment", f"{NAMED}<ActionType>Refund</ActionType>", codes.MISSING),
    "an action that is no refund": (
        "OrderAdjustment",
        ADJUST_BODY.replace("Refund<", "Cancel<"),
        codes.INCOMPLETE,
    ),
    "a component of its own": (
        "OrderAdjustment",
        adjust_body(component("Goodwill", "1.00")),
        codes.COMPONENT,
    ),
    "a component twice": (
        "OrderAdjustment",
        adjust_body(component("Tax", "1.00") + component("Tax", "2.00")),
        codes.ELEMENT,
    ),
    "a component of two amounts": (
        "OrderAdjustment",
        adjust_body("<Component><Type>Tax</Type><Amount>1.00</Amount><Amount>2.00</Amount></Component>"),
        codes.ELEMENT,
    ),
    "two currencies": (
        "OrderAdjustment",
        adjust_body(component("Tax", "1.00") + component("Shipping", "2.00", ' currency="EUR"')),
        codes.CURRENCY,
    ),
    "another currency": ("Price", PRICE_BODY.replace("USD", "EUR"), codes.CURRENCY),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_message_that_says_less_or_more_than_it_should_is_refused_by_itself(path: Path, name: str) -> None:
    message, body, code = PROBLEMS[name]
    sound = BODIES[message][1]
    bad, good = checked(path, envelope(message, [body, sound]))
    assert code in [found for found, _column in codes_of(bad)]
    assert good == TYPED_XML[message]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<MessageID>1</MessageID>", ""),
        ("<MessageID>1</MessageID>", "<MessageID>0</MessageID>"),
        ("<MessageID>1</MessageID>", "<MessageID>1²</MessageID>"),
        ("<MessageID>1</MessageID>", f"<MessageID>{'1' * 21}</MessageID>"),
        (">Update<", ">Delete<"),
        ("</OperationType>", "</OperationType><Inventory/>"),
    ],
)
def test_what_is_odd_around_a_body_refuses_the_message(path: Path, old: str, new: str) -> None:
    (found,) = checked(path, envelope("Inventory", [STOCK_BODY]).replace(old, new))
    assert [code for code, _column in codes_of(found)][:1] in ([codes.ELEMENT], [codes.MESSAGE_BODY])


def test_a_body_of_another_type_refuses_each_message(path: Path) -> None:
    found = checked(path, envelope("OrderFulfillment", [CANCEL_BODY] * 2, inner="OrderAcknowledgement"))
    assert [codes_of(each)[0][0] for each in found] == [codes.MESSAGE_BODY] * 2


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "billion laughs": (f'<!DOCTYPE x [<!ENTITY a0 "ha">{BOMB}]>', "&a9;", codes.DTD),
    "quadratic": (f'<!DOCTYPE x [<!ENTITY a "{"x" * 50_000}">]>', "&a;" * 1000, codes.DTD),
    "a local file": ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "&a;", codes.DTD),
    "an outside entity": ('<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:9/a">]>', "&a;", codes.DTD),
    "a parameter entity": ('<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/a">%a;]>', "", codes.DTD),
    "an outside DTD": ('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', "", codes.DTD),
    "an empty DTD": ("<!DOCTYPE x>", "", codes.DTD),
    "an unknown entity": ("", "&nbsp;", codes.ILL_FORMED),
    "a forbidden character": ("", "&#0;", codes.ILL_FORMED),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("name", HOSTILE)
def test_entities_and_document_types_are_refused(
    path: Path, name: str, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prologue, inside, code = HOSTILE[name]
    monkeypatch.setattr(socket, "socket", None)
    head = f'<?xml version="1.0" encoding="{"UTF-8" if encoding == "utf-8" else "UTF-16"}"?>{prologue}'
    content = envelope("Inventory", [f"<SKU>{inside}</SKU>"], head=head)
    path.write_bytes(content.encode(encoding))
    with pytest.raises(Unreadable) as refusal:
        reading.open(path)
    assert refusal.value.code == code


WHOLE = envelope("Inventory", [STOCK_BODY] * 3)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (WHOLE.replace("</SKU>", "", 1), codes.ILL_FORMED),
        (WHOLE[: len(WHOLE) // 2], codes.ILL_FORMED),
        (f"{WHOLE}<x/>", codes.ILL_FORMED),
        (f"\n{WHOLE}", codes.ILL_FORMED),
        ("<", codes.ILL_FORMED),
        ("<html></html>", codes.NOT_AN_ENVELOPE),
        ("<AmazonEnvelope/>", codes.NO_ROWS),
        (envelope("Inventory", []), codes.NO_ROWS),
        (envelope("Product", [""]), codes.UNKNOWN_MESSAGE),
        (WHOLE.replace("<MessageType>Inventory</MessageType>", ""), codes.UNKNOWN_MESSAGE),
        (WHOLE.replace("UTF-8", "UTF-7"), codes.ENCODING),
        (WHOLE.replace("UTF-8", "rot13"), codes.ENCODING),
        (WHOLE.replace("UTF-8", "IBM037"), codes.ENCODING),
        (WHOLE.encode("utf-32").decode("latin-1"), codes.NOT_TEXT),
        (envelope("Inventory", ["<a>" * 20 + "</a>" * 20]), codes.XML_TOO_DEEP),
        (envelope("Inventory", ["<a/>" * 6_000]), codes.XML_TOO_DEEP),
    ],
)
def test_xml_that_is_no_feed_is_refused_whole(path: Path, content: str, code: str) -> None:
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(Unreadable) as refusal:
        reading.open(path)
    assert refusal.value.code == code
    assert refusal.value.sentence


def test_i1_a_message_of_thousands_of_unknown_elements_has_twenty_problems_at_most(path: Path) -> None:
    body = STOCK_BODY + "".join(f"<Odd{n}>x</Odd{n}>" for n in range(4_000))
    path.write_text(envelope("Inventory", [body, STOCK_BODY]))
    odd, sound = reading.open(path).rows()
    assert (len(odd.problems), sound.problems) == (20, ())
    assert "More is wrong" in odd.problems[-1].sentence
