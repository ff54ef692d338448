"""The cells of the Order Cancellation feed (O11, F5)."""

import pytest

from orders.states import SELLER_REASONS, CancelReason
from reports.feeds.files import cancel_rows, checks, codes
from reports.feeds.files.checks import CancelRow
from tests.reports.feeds.feed_files import ITEM, ORDER, TERMS, codes_of, row


def test_each_reason_that_a_seller_has_can_be_written() -> None:
    assert set(cancel_rows.REASONS.values()) == set(SELLER_REASONS)


@pytest.mark.parametrize("code", cancel_rows.REASONS)
def test_a_reason_in_any_case(code: str) -> None:
    for written in (code, code.lower()):
        found = checks.cancel(row("cancel", cancellation_reason_code=written), TERMS)
        assert found == CancelRow(ORDER, ITEM, cancel_rows.REASONS[code])


@pytest.mark.parametrize("code", cancel_rows.TAKEN_AS_GENERAL)
def test_other_codes_of_the_trade_are_general_and_said(code: str) -> None:
    found = checks.cancel(row("cancel", cancellation_reason_code=code), TERMS)
    assert isinstance(found, CancelRow)
    assert found.reason == CancelReason.GENERAL_ADJUSTMENT
    assert [remark.code for remark in found.remarks] == [codes.REASON_TAKEN_AS]


def test_an_order_by_itself() -> None:
    found = checks.cancel(row("cancel", cancellation_reason_code="", amazon_order_item_code=""), TERMS)
    assert found == CancelRow(ORDER, "", CancelReason.GENERAL_ADJUSTMENT)


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"order_id": "701-1234567-765432"}, codes.ORDER_ID, "order-id"),
        ({"amazon_order_item_code": ""}, codes.REASON_AND_ITEM, "amazon-order-item-code"),
        ({"cancellation_reason_code": ""}, codes.REASON_AND_ITEM, "cancellation-reason-code"),
        ({"amazon_order_item_code": "1.23E+13"}, codes.SPREADSHEET, "amazon-order-item-code"),
        ({"cancellation_reason_code": "BuyerCancelled"}, codes.CANCEL_REASON, "cancellation-reason-code"),
        ({"cancellation_reason_code": "NO_INVENTORY"}, codes.CANCEL_REASON, "cancellation-reason-code"),
        ({"cancellation_reason_code": "=1+1"}, codes.CANCEL_REASON, "cancellation-reason-code"),
    ],
)
def test_what_is_refused_says_where(changes: dict[str, str], code: str, column: str) -> None:
    assert codes_of(checks.cancel(row("cancel", **changes), TERMS)) == [(code, column)]
