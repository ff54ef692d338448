"""Killed workers and lost messages: whatever dies between two steps, the sweeps end it, once (J1, J3, J5)."""

import random
import time
import uuid
from datetime import timedelta
from functools import partial

import pytest

from accounts.actors import Actor
from inventory.models import Listing
from orders import history, shipping, sweeps
from orders.models import Order, OrderEvent
from orders.states import CancelReason, EventKind, OrderStatus
from payments import calls, providers
from payments.models import LedgerEntry, Payment, ProviderCall, SandboxOperation
from payments.models.call import LEASE
from payments.providers.sandbox import SandboxProvider
from payments.states import CallState, PaymentState
from tests.crashes import die, forked, killed_in
from tests.factories import NOON, ChannelFactory, ListingFactory, UserFactory
from tests.helpers import SYSTEM, authorised, everything, parcel, place

pytestmark = pytest.mark.django_db(transaction=True)
AFTER_THE_LEASE = NOON + LEASE + timedelta(seconds=1)


class DiesAfterCapture(SandboxProvider):
    """The money is taken, and the answer finds nobody alive."""

    def capture(self, request):
        super().capture(request)
        die()


class DiesBeforeCapture(SandboxProvider):
    """Killed with the intent on record and nobody asked."""

    def capture(self, request):
        die()


def confirm(order: Order, actor: Actor) -> None:
    parcels = [(parcel(), everything(order))]
    shipping.confirm_shipment(order, parcels, key=uuid.uuid4(), actor=actor, now=NOON)


def captures() -> int:
    return SandboxOperation.objects.filter(operation="capture").count()


@pytest.mark.parametrize("provider", [DiesBeforeCapture, DiesAfterCapture])
def test_o15_killed_around_the_capture_ends_with_one_charge_and_a_shipped_order(monkeypatch, provider):
    order = authorised((ListingFactory(), 3))
    actor = Actor.seller(UserFactory())
    with monkeypatch.context() as patched:
        patched.setattr(providers, "get", lambda _name: provider())
        killed_in(partial(confirm, order, actor))
    order.refresh_from_db()
    assert (order.status, captures()) == (OrderStatus.UNSHIPPED, int(provider is DiesAfterCapture))
    assert ProviderCall.objects.get(operation="capture").state == CallState.SENT

    # While the dead worker's lease runs nobody touches its call; afterwards any sweep finishes it.
    assert sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM) == 0
    assert sweeps.run(sweeps.finish_provider_calls, now=AFTER_THE_LEASE, actor=SYSTEM) == 1
    order.refresh_from_db()
    assert (order.status, captures()) == (OrderStatus.SHIPPED, 1)
    assert order.events.get(kind=EventKind.SHIPMENT_CONFIRMED).actor == actor.user
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 0
    assert LedgerEntry.objects.get(account="charges").amount == order.total


def test_o15_twin_with_a_fresh_key_for_each_ask_charges_twice(monkeypatch):
    order = authorised((ListingFactory(), 3))
    with monkeypatch.context() as patched:
        patched.setattr(providers, "get", lambda _name: DiesAfterCapture())
        killed_in(partial(confirm, order, Actor.seller(UserFactory())))
    ProviderCall.objects.filter(operation="capture").update(key=uuid.uuid4())
    sweeps.run(sweeps.finish_provider_calls, now=AFTER_THE_LEASE, actor=SYSTEM)
    assert captures() == 2


@pytest.mark.parametrize("step", ["history.write", "calls.record"])
def test_killed_while_recording_the_capture(monkeypatch, step):
    order = authorised((ListingFactory(), 3))
    module = {"history.write": history, "calls.record": calls}[step]
    with monkeypatch.context() as patched:
        patched.setattr(module, step.split(".")[1], die)
        killed_in(partial(confirm, order, Actor.seller(UserFactory())))
    assert (captures(), LedgerEntry.objects.count()) == (1, 0)
    sweeps.run(sweeps.finish_provider_calls, now=AFTER_THE_LEASE, actor=SYSTEM)
    order.refresh_from_db()
    assert (order.status, captures(), LedgerEntry.objects.count()) == (OrderStatus.SHIPPED, 1, 3)


def test_j5_killed_between_commit_and_message(monkeypatch):
    """100 orders whose authorisation nobody was told of: the next sweep does all of them."""
    listing = ListingFactory(on_hand=100)
    channel = ChannelFactory(marketplace=listing.seller.marketplace)
    monkeypatch.setattr("accounts.nudge._publish", die)
    for _order in range(20):
        killed_in(partial(place, (listing, 1), channel=channel))
    monkeypatch.setattr("accounts.nudge._publish", lambda *_args: None)
    for _order in range(80):
        place((listing, 1))
    assert sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM) == 100
    assert Order.objects.filter(status=OrderStatus.UNSHIPPED).count() == 100
    assert SandboxOperation.objects.filter(operation="authorise").count() == 100


def overdue(count: int) -> list[Order]:
    listing = ListingFactory(on_hand=1_000)
    orders = [place((listing, 1)) for _each in range(count)]
    sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
    return orders


def sweep_forever(late) -> None:
    while True:
        sweeps.cancel_overdue(late, SYSTEM)


def test_j1_sweepers_killed_in_mid_batch_cancel_each_order_once(monkeypatch):
    """300 orders due, four sweepers, one of them killed every few milliseconds and replaced."""
    overdue(300)
    late = NOON + timedelta(days=60)
    monkeypatch.setattr(sweeps, "BATCH", 5)
    work, chance = partial(sweep_forever, late), random.Random(7)
    sweepers, kills, until = [forked(work) for _each in range(4)], 0, time.monotonic() + 60
    while time.monotonic() < until and (kills < 100 or Order.objects.filter(status="unshipped").exists()):
        time.sleep(chance.uniform(0.005, 0.03))
        place_of = chance.randrange(4)
        sweepers[place_of].kill()
        sweepers[place_of].join()
        sweepers[place_of] = forked(work)
        kills += 1
    for sweeper in sweepers:
        sweeper.kill()
        sweeper.join()
    assert kills >= 100
    sweeps.run(sweeps.cancel_overdue, now=late, actor=SYSTEM)
    assert set(Order.objects.values_list("status", "cancel_reason")) == {
        ("canceled", CancelReason.NOT_CONFIRMED)
    }
    assert OrderEvent.objects.filter(kind=EventKind.CANCELED).count() == 300
    assert ProviderCall.objects.filter(operation="void").count() == 300
    listing = Listing.objects.get()
    assert (listing.on_hand, listing.reserved) == (1_000, 0)


def test_j3_workers_down_for_six_hours_across_three_deadlines():
    """Authorisation limit, buyer window and deadline pass unattended; nothing is done early or twice."""
    listing = ListingFactory(on_hand=3_000)
    declined = [place((listing, 1), payment_token="tok_decline") for _each in range(50)]
    sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
    unshipped = [authorised((listing, 1)) for _each in range(50)]
    up_again = unshipped[0].confirm_deadline + timedelta(hours=6)
    fresh = [authorised((listing, 1), now=up_again - timedelta(minutes=1)) for _each in range(50)]

    started = time.monotonic()
    for _round in range(2):
        for sweep in (
            sweeps.close_cancel_windows,
            sweeps.warn_of_deadlines,
            sweeps.cancel_unauthorised,
            sweeps.cancel_overdue,
            sweeps.finish_provider_calls,
        ):
            sweeps.run(sweep, now=up_again, actor=SYSTEM)
    assert time.monotonic() - started < 120

    def ends(orders: list[Order]) -> set[tuple[str, str]]:
        found = Order.objects.filter(pk__in=[order.pk for order in orders])
        return set(found.values_list("status", "cancel_reason"))

    assert ends(declined) == {("canceled", CancelReason.PAYMENT_NOT_AUTHORISED)}
    assert ends(unshipped) == {("canceled", CancelReason.NOT_CONFIRMED)}
    assert ends(fresh) == {("unshipped", "")}
    counted = [OrderEvent.objects.filter(kind=kind).count() for kind in (EventKind.CANCELED, "window_closed")]
    assert counted == [100, 100]
    assert Payment.objects.filter(state=PaymentState.VOIDED).count() == 100
