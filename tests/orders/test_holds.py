"""Holds that end before an order may ship are renewed, and told of in time where they can't be (P3)."""

from datetime import timedelta

import pytest

from accounts import clock
from notifications import notices
from notifications.models import Notice
from notifications.states import Kind
from orders import due, home_warnings, lifecycle, sweeps
from orders.lists import attention
from orders.lists.attention import Attention
from orders.models import Order
from orders.refusals import CaptureRefused
from orders.states import CancelReason, EventKind
from payments import calls
from payments.models import Payment, ProviderCall, SandboxOperation
from payments.states import Operation, PaymentState
from tests.factories import NOON, ListingFactory, MembershipFactory, free_item
from tests.helpers import SYSTEM, authorised, new_order, ship

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def held(token: str = "tok_hold_7_days", **listing: object) -> Order:
    """An order whose hold ends after seven days; it may ship until some 12 days after NOON."""
    return authorised((ListingFactory(on_hand=20, handling_days=5, **listing), 2), payment_token=token)


def run(now: object) -> None:
    """The sweeps that renew holds and let go of replaced ones."""
    sweeps.run(sweeps.renew_holds, now=now, actor=SYSTEM)
    sweeps.run(sweeps.finish_provider_calls, now=now, actor=SYSTEM)


def payment_of(order: Order) -> Payment:
    return Payment.objects.get(order=order)


def holds_at_provider(order: Order) -> int:
    """Holds granted less holds let go of, by the provider's own books."""
    rows = SandboxOperation.objects.filter(order_number=order.number, status="approved")
    count = {operation: rows.filter(operation=operation).count() for operation in ("authorise", "void")}
    return count["authorise"] - count["void"]


def kinds(order: Order) -> list[str]:
    return list(order.events.values_list("kind", flat=True))


def test_an_authorization_says_when_its_hold_ends():
    payment = payment_of(held())
    assert (payment.capture_before, payment.renew_at) == (NOON + 7 * DAY, NOON + 5 * DAY)


def test_a_hold_without_an_end_is_never_renewed():
    order = held("tok_approve")
    run(NOON + 10 * DAY)
    assert (payment_of(order).capture_before, holds_at_provider(order)) == (None, 1)


def test_an_order_confirmed_on_day_10_is_charged_since_its_hold_was_renewed():
    order = held()
    run(NOON + 5 * DAY - timedelta(microseconds=1))
    assert EventKind.HOLD_RENEWED not in kinds(order)
    run(NOON + 5 * DAY)
    assert (kinds(order)[-1], holds_at_provider(order)) == (EventKind.HOLD_RENEWED, 1)
    assert payment_of(order).capture_before == NOON + 12 * DAY
    ship(order, now=NOON + 10 * DAY)
    payment = payment_of(order)
    assert (payment.state, payment.captured_amount) == (PaymentState.CAPTURED, order.total)


def test_without_the_sweep_the_same_order_cannot_ship_control():
    order = held()
    with pytest.raises(CaptureRefused, match="expired"):
        ship(order, now=NOON + 10 * DAY)


def test_a_hold_that_outlasts_the_last_day_to_ship_is_left_alone():
    order = held("tok_hold_30_days")
    run(NOON + 28 * DAY)
    assert (holds_at_provider(order), ProviderCall.objects.filter(operation=Operation.RENEW).count()) == (
        1,
        0,
    )


def test_a_renewed_hold_covers_what_is_left_of_the_order():
    order = held()
    item = order.items.get()
    lifecycle.cancel_units(order, {item.pk: 1}, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
    run(NOON + 5 * DAY)
    order.refresh_from_db()
    assert payment_of(order).amount == order.total


def test_seller_and_buyer_are_told_once_when_it_cannot_be_renewed():
    start = clock.now() - 5 * DAY  # what happened long ago is not told
    order = authorised((ListingFactory(), 2), payment_token="tok_hold_7_days_once", now=start)
    Order.objects.update(confirm_deadline=start + 12 * DAY)
    MembershipFactory(seller=order.seller)
    for hours in (0, 1, 6, 24):
        run(start + 5 * DAY + timedelta(hours=hours))
    assert kinds(order).count(EventKind.HOLD_NOT_RENEWED) == 1
    notices.write_due(start + 6 * DAY)
    told = Notice.objects.filter(order=order, kind__in=[Kind.HOLD, Kind.BUYER_HOLD])
    assert sorted(told.values_list("kind", flat=True)) == [Kind.BUYER_HOLD, Kind.HOLD]
    payment = payment_of(order)
    assert (payment.state, payment.renewal_refused_at) == (PaymentState.AUTHORISED, start + 6 * DAY)


def test_until_the_hold_ends_the_order_can_still_ship_and_then_it_cannot():
    order, late = held("tok_hold_7_days_once"), held("tok_hold_7_days_once")
    run(NOON + 5 * DAY)
    ship(order, now=NOON + 6 * DAY)
    with pytest.raises(CaptureRefused, match="expired"):
        ship(late, now=NOON + 8 * DAY)


def test_the_home_page_and_its_list_count_holds_that_end():
    order = held("tok_hold_7_days_once")
    held()
    run(NOON + 5 * DAY)
    now = NOON + 5 * DAY
    assert list(attention.orders(order.seller, Attention.HOLD_ENDING, now)) == [order]
    (warning,) = home_warnings.of(order.seller, home_warnings.count(order.seller, now), now)
    assert warning.context["title"] == "1 payment hold ends"
    assert "attention=hold-ending" in warning.context["url"]


def test_an_order_canceled_while_its_hold_is_renewed_holds_nothing_in_the_end():
    order = held()
    call = asked_to_renew(order)
    lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON + 5 * DAY)
    outcome = calls.run(call, now=NOON + 5 * DAY)
    calls.record(call.pk, outcome, now=NOON + 5 * DAY)
    run(NOON + 5 * DAY)
    assert (holds_at_provider(order), payment_of(order).state) == (0, PaymentState.VOIDED)


def test_an_order_charged_while_its_hold_is_renewed_is_charged_once_and_holds_nothing_more():
    order = held()
    call = asked_to_renew(order)
    ship(order, now=NOON + 5 * DAY)
    calls.record(call.pk, calls.run(call, now=NOON + 5 * DAY), now=NOON + 5 * DAY)
    run(NOON + 5 * DAY)
    done = SandboxOperation.objects.filter(order_number=order.number, status="approved")
    assert (done.filter(operation="capture").count(), holds_at_provider(order)) == (1, 1)
    assert payment_of(order).captured_amount == order.total


def asked_to_renew(order: Order) -> ProviderCall:
    return calls.request(payment_of(order), Operation.RENEW, order.total, now=NOON + 5 * DAY)


def test_killed_between_the_new_hold_and_the_release_there_is_one_hold_in_the_end():
    """The new hold is granted, and the worker dies before it can write that down."""
    order = held()
    calls.run(asked_to_renew(order), now=NOON + 5 * DAY)
    assert holds_at_provider(order) == 2
    run(NOON + 5 * DAY + timedelta(minutes=2))
    assert (holds_at_provider(order), payment_of(order).capture_before) == (1, NOON + 12 * DAY)


def test_without_a_release_two_holds_stay_control(monkeypatch):
    monkeypatch.setattr("payments.holds.release", lambda *args, **named: None)
    order = held()
    run(NOON + 5 * DAY)
    assert holds_at_provider(order) == 2


def test_orders_that_the_marketplace_ships_are_renewed_past_every_day():
    order = held(fulfilment="AFN")
    run(NOON + 40 * DAY)
    assert EventKind.HOLD_RENEWED in kinds(order)


def test_nothing_is_renewed_past_the_last_day_to_ship():
    order = held()
    assert not due.ending_holds(order.confirm_deadline).exists()
    assert due.ending_holds(NOON + 6 * DAY).count() == 1


def test_the_hold_is_asked_to_last_until_the_last_day_to_ship():
    order = held()
    assert payment_of(order).needed_until == order.confirm_deadline


def test_no_hold_is_asked_for_once_nothing_is_to_be_charged():
    """The paid line was canceled and the free one still ships: neither seller nor buyer has anything to be told."""
    listing = ListingFactory(on_hand=20, handling_days=5)
    gift = ListingFactory(seller=listing.seller, on_hand=5, handling_days=5)
    (paid,) = new_order((listing, 1)).items
    order = authorised((listing, 1), items=(paid, free_item(gift)), payment_token="tok_hold_7_days")
    units = {order.items.get(listing=listing).pk: 1}
    lifecycle.cancel_units(order, units, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
    run(NOON + 5 * DAY)
    assert not ProviderCall.objects.filter(operation=Operation.RENEW).exists()
