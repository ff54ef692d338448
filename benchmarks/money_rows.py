"""The rows of an order's money: its payment, the capture, and what the ledger says of it (P1, P2)."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from benchmarks.stories import DAY, PER_ORDER, Book, Story, day, number
from orders.states import OrderStatus
from payments import ledger
from payments.states import PaymentState

S, P = OrderStatus, PaymentState
STATES: dict[str, str] = {
    S.PENDING: P.DECLINED,
    S.UNSHIPPED: P.AUTHORISED,
    S.PARTIALLY_SHIPPED: P.CAPTURED,
    S.SHIPPED: P.CAPTURED,
    S.CANCELED: P.VOIDED,
}

Row = dict[str, Any]


def payment(book: Book, story: Story) -> Row:
    """A pending order's payment was declined and is tried again tomorrow (O4)."""
    charged, is_pending = story.shipped_at, story.status == S.PENDING
    return {
        "id": story.pk,
        "seller_id": book.seller.pk,
        "order_number": number(story.pk),
        "currency": book.market.currency,
        "amount": story.total,
        "captured_amount": story.total if charged else 0,
        "provider": "sandbox",
        "token": "tok_approve",
        "provider_reference": "" if is_pending else f"sandbox-{story.pk}",
        "state": STATES[story.status].value,
        "tries": int(is_pending),
        "next_try_at": book.now + DAY if is_pending else None,
        "created_at": story.placed_at,
        "authorised_at": story.authorised_at,
        "charged_at": charged,
        "available_on": _available_on(book, charged) if charged else None,
        "settles_on": _available_on(book, charged) if charged else None,
        "due_amount": story.total - ledger.fee_of(story.total, book.market.fee_basis_points)
        if charged
        else 0,
        "released_at": story.canceled_at,
    }


def capture(book: Book, story: Story, shipped_at: datetime) -> Row:
    """The finished call that charged the buyer (O15)."""
    return {
        "id": story.pk,
        "payment_id": story.pk,
        "operation": "capture",
        "amount": story.total,
        "currency": book.market.currency,
        "key": uuid.UUID(int=story.pk),
        "state": "done",
        "attempts": 1,
        "needs_attention": False,
        "requested_at": shipped_at,
        "claimed_at": shipped_at,
        "next_try_at": None,
        "finished_at": shipped_at,
        "reference": f"sandbox-{story.pk}",
        "code": "",
        "error": "",
    }


def entries(book: Book, story: Story, shipped_at: datetime) -> Iterator[Row]:
    """The charge, and what it went to."""
    fee = ledger.fee_of(story.total, book.market.fee_basis_points)
    amounts = {"charges": story.total, "fees": -fee, "due": fee - story.total}
    for place, (account, amount) in enumerate(amounts.items()):
        yield {
            "id": story.pk * PER_ORDER + place,
            "payment_id": story.pk,
            "seller_id": book.seller.pk,
            "order_number": number(story.pk),
            "call_id": story.pk,
            "transaction": uuid.UUID(int=story.pk),
            "kind": "charge",
            "account": account,
            "amount": amount,
            "currency": book.market.currency,
            "at": shipped_at,
            "available_on": _available_on(book, shipped_at),
        }


def _available_on(book: Book, charged_at: datetime) -> object:
    return day(charged_at + book.market.settlement_days * DAY, book.market.time_zone)
