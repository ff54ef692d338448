"""A refund that failed later is taken back once, however many events say so at the same time (P3, R7)."""

from datetime import timedelta

import pytest

from orders.models import Order
from orders.models.order import OrderQuerySet
from orders.states import EventKind
from payments import audit, corrections
from payments.models import EventState, LedgerEntry, ProviderEvent
from refunds import amounts
from tests.factories import NOON, ListingFactory
from tests.helpers import at_once, authorised, ship
from tests.payments.provider_news import deliver, follow, payload, shown  # noqa: F401
from tests.payments.test_stripe import CARD, address, trouble  # noqa: F401
from tests.refunds.steps import refund, send_all
from tests.twins import unlocked_order

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOON + timedelta(days=1)


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)


def returned() -> int:
    """Count what was booked of refunds that failed later: three entries each."""
    return LedgerEntry.objects.filter(kind="refund_returned").count()


def still_waiting() -> int:
    """Count the events that could not be followed."""
    return ProviderEvent.objects.filter(state=EventState.WAITING).count()


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
    assert (returned(), list(audit.faults()), still_waiting()) == (3, [], 0)


def test_twin_without_its_locks_follows_it_more_than_once(shown, monkeypatch):  # noqa: F811
    """What stands in place of the booking holds no payment either, and lets those who race meet."""
    monkeypatch.setattr(OrderQuerySet, "lock", unlocked_order)
    monkeypatch.setattr(corrections, "reverse", lambda *_args, **_kwargs: None)
    order = twenty_events_at_once(shown)
    times = order.events.filter(kind=EventKind.REFUND_FAILED).count()
    assert times > 1 or still_waiting() > 0, "each of six workers saw it done and not yet failed"
