"""Nothing of a file is lost in silence: a column or an element that is not read is a warning, or refuses (F5)."""

from pathlib import Path

import pytest

from reports.feeds.files import checks, codes, reading
from reports.feeds.files.rows import Unreadable
from tests.reports.feeds.feed_files import (
    ADJUST,
    ADJUST_ROW,
    BODIES,
    SHIP_BODY,
    STOCK,
    STOCK_BODY,
    STOCK_ROW,
    TERMS,
    adjust_body,
    codes_of,
    component,
    envelope,
    text,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "feed.txt"


def warned(path: Path, content: str) -> list[tuple[str, str]]:
    """Code and sentence of what is said of the file as a whole; every row of it is taken."""
    path.write_text(content)
    feed = reading.open(path)
    assert not [
        found for row in feed.rows() if isinstance(found := checks.check(feed.kind, row, TERMS), list)
    ]
    return [(each.code, each.sentence) for each in feed.warnings]


@pytest.mark.parametrize("message", BODIES)
def test_a_plain_file_has_no_warning(path: Path, message: str) -> None:
    assert warned(path, envelope(message, [BODIES[message][1]])) == []


@pytest.mark.parametrize(
    "element",
    [
        *("MerchantOrderID", "MerchantFulfillmentID", "MerchantOrderItemID", "MerchantFulfillmentItemID"),
        *("CODCollectionMethod", "TransparencyCode", "ShipFromSupplySourceId"),
    ],
)
def test_an_element_that_is_known_and_not_used_is_named(path: Path, element: str) -> None:
    body = SHIP_BODY.replace("</Quantity>", f"</Quantity><{element}>7</{element}>")
    ((code, sentence),) = warned(path, envelope("OrderFulfillment", [SHIP_BODY, body, body]))
    assert (code, element in sentence) == (codes.UNUSED_COLUMN, True)


def test_a_ship_from_address_is_named_once_for_all_messages(path: Path) -> None:
    body = SHIP_BODY + "<ShipFromAddress><City>Springfield</City></ShipFromAddress>"
    ((code, sentence),) = warned(path, envelope("OrderFulfillment", [body] * 3))
    assert (code, sentence) == (
        codes.UNUSED_COLUMN,
        "This portal does not use ShipFromAddress; the values were ignored.",
    )


def test_promotions_ids_and_the_items_quantity_of_an_adjustment_are_named(path: Path) -> None:
    promotion = (
        f"<PromotionAdjustments><PromotionClaimCode>X</PromotionClaimCode>{component('Principal', '-1.00')}"
    )
    body = adjust_body(
        component("Principal", "10.00"), f"<Quantity>1</Quantity>{promotion}</PromotionAdjustments>"
    )
    ((code, sentence),) = warned(path, envelope("OrderAdjustment", [body]))
    assert (code, "Quantity" in sentence, "PromotionClaimCode" in sentence) == (
        codes.UNUSED_COLUMN,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("before", "name"),
    [("<MessageType>", "EffectiveDate"), ("</Header>", "Priority"), ("<MessageID>", "MarketplaceName")],
)
def test_what_stands_around_the_messages_is_named(path: Path, before: str, name: str) -> None:
    content = envelope("Inventory", [STOCK_BODY]).replace(before, f"<{name}>1</{name}>{before}", 1)
    ((code, sentence),) = warned(path, content)
    assert (code, name in sentence) == (codes.UNUSED_COLUMN, True)


@pytest.mark.parametrize(("value", "is_refused"), [("true", True), ("1", True), ("false", False)])
def test_to_replace_everything_is_refused(path: Path, value: str, is_refused: bool) -> None:
    purge = f"<PurgeAndReplace>{value}</PurgeAndReplace><Message>"
    path.write_text(envelope("Inventory", [STOCK_BODY]).replace("<Message>", purge, 1))
    if not is_refused:
        assert reading.open(path).warnings == ()
        return
    with pytest.raises(Unreadable) as refusal:
        reading.open(path)
    assert refusal.value.code == codes.PURGE


@pytest.mark.parametrize("name", ["Quantity", "SKU", "FulfillmentLatency"])
def test_a_value_that_holds_elements_refuses_its_message(path: Path, name: str) -> None:
    start, _tag, rest = STOCK_BODY.partition(f"<{name}>")
    path.write_text(
        envelope("Inventory", [f"{start}<{name}><Odd>9</Odd></{name}>{rest.partition(f'</{name}>')[2]}"])
    )
    feed = reading.open(path)
    (found,) = [checks.check(feed.kind, row, TERMS) for row in feed.rows()]
    assert (codes.ELEMENT, name) in codes_of(found)


def test_a_column_without_a_heading_is_named(path: Path) -> None:
    columns, row = [STOCK[0], "", *STOCK[1:]], [STOCK_ROW[0], "lost", *STOCK_ROW[1:]]
    ((code, sentence),) = warned(path, text(columns, [row]))
    assert (code, sentence) == (codes.UNKNOWN_COLUMN, "Columns without a heading were ignored: column 2.")


def test_promotion_ids_of_a_row_are_a_remark(path: Path) -> None:
    row = [*ADJUST_ROW]
    row[ADJUST.index("item-promotion-id")] = "SUMMER"
    path.write_text(text(ADJUST, [row]))
    (found,) = [checks.check("adjust", each, TERMS) for each in reading.open(path).rows()]
    assert not isinstance(found, list)
    assert [(each.code, each.column) for each in found.remarks] == [
        (codes.UNUSED_COLUMN, "item-promotion-id")
    ]
