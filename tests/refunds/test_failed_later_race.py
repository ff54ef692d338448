"""A refund that failed later is taken back once, however many events say so at the same time (P3, R7)."""

from datetime import timedelta

import pytest

from orders.models import Order
from orders.states import EventKind
from payments import audit
from payments.models import LedgerEntry
from refunds import amounts
from tests.factories import NOON, ListingFactory
from tests.helpers import at_once, authorised, ship
from tests.payments.provider_news import deliver, follow, payload, shown  # noqa: F401
from tests.payments.test_stripe import CARD, address, trouble  # noqa: F401
from tests.refunds.steps import refund, send_all

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + timedelta(days=1)


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)


def returned() -> int:
    """Count what was booked of refunds that failed later: three entries each."""
    return LedgerEntry.objects.filter(kind="refund_returned").count()


def twenty_events_at_once(shown) -> Order:  # noqa: F811
    """Return an order whose one refund failed later, as twenty events say that six workers follow at once."""
    order = ship(authorised((ListingFactory(on_hand=9), 2), payment_token=CARD))
    made = refund(order)
    send_all()
    made.refresh_from_db()
    about = shown.refund(made, "failed")
    for _time in range(20):
        deliver(payload("refund.failed", about))
    at_once(*[lambda: follow(LATER)] * 6)
    while follow(LATER):
        pass
    return order


def test_twenty_events_of_one_failed_refund_followed_at_once_take_it_back_once(shown):  # noqa: F811
    order = twenty_events_at_once(shown)
    assert (order.events.filter(kind=EventKind.REFUND_FAILED).count(), amounts.refunded(order)) == (1, 0)
    assert (returned(), list(audit.faults())) == (3, [])
