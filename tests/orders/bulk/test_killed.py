"""A worker that is killed in the middle of many shipments or cancellations: each order is done once (O14, O15, F5)."""

import uuid
from functools import partial

import pytest
from django.db.models import F

from accounts import clock
from accounts.actors import Actor
from batches import engine, stints
from batches.models import Batch
from orders import packages
from orders.models import Order, Package
from payments import providers
from payments.models import SandboxOperation
from payments.providers.sandbox import SandboxProvider
from tests.crashes import die, killed_in
from tests.factories import ListingFactory, MembershipFactory
from tests.helpers import authorised, everything

pytestmark = pytest.mark.django_db(transaction=True)
SOME = 4


class DiesAfterSecondCapture(SandboxProvider):
    """The money of the second order is taken, and the answer finds nobody alive."""

    taken = 0

    def capture(self, request):
        answer = super().capture(request)
        type(self).taken += 1
        if type(self).taken == 2:
            die()
        return answer


@pytest.fixture
def batch():
    """Four shipments, asked for today by a member."""
    listing = ListingFactory(on_hand=100)
    now = clock.now()
    orders = [authorised((listing, 2), now=now) for _n in range(SOME)]
    actor = Actor.seller(MembershipFactory(seller=listing.seller).user)
    parcel = {"carrier": "UPS", "carrier_name": "", "service": "", "tracking_number": "T0001234567"}
    parcel["ship_date"] = f"{orders[0].placed_on}"
    rows = [
        (
            order.number,
            {"parcel": parcel, "units": list(everything(order).items()), "seen": order.events.last().pk},
        )
        for order in orders
    ]
    return engine.create(
        seller=listing.seller, kind="ship", rows=rows, key=uuid.uuid4(), actor=actor, now=now
    )


def captures():
    return SandboxOperation.objects.filter(operation="capture").count()


def next_worker(batch):
    """Another one, once the claim of the dead one is over."""
    Batch.objects.filter(pk=batch.pk).update(claimed_until=F("claimed_until") - stints.LEASE)
    engine.work(batch.pk)
    batch.refresh_from_db()


def test_killed_after_a_capture_the_next_worker_ships_each_order_once(batch, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(providers, "get", lambda _name: DiesAfterSecondCapture())
        killed_in(partial(engine.work, batch.pk))
    assert captures() == 2
    next_worker(batch)
    assert (batch.state, batch.done_count, captures(), Package.objects.count()) == ("done", SOME, SOME, SOME)
    waiting = batch.rows.get(code="waiting")
    assert waiting.place == 2
    others = Order.objects.exclude(number=waiting.subject)
    assert set(others.values_list("status", flat=True)) == {"shipped"}


def test_twin_without_a_lasting_key_refuses_what_it_has_begun_itself(batch, monkeypatch):
    """A worker that forgets the key of its row: only the order's state keeps the second package out."""
    with monkeypatch.context() as patched:
        patched.setattr(providers, "get", lambda _name: DiesAfterSecondCapture())
        DiesAfterSecondCapture.taken = 0
        killed_in(partial(engine.work, batch.pk))
    monkeypatch.setattr("batches.models.BatchRow.key", property(lambda _row: uuid.uuid4()))
    next_worker(batch)
    assert batch.refused_count == 1
    assert "being confirmed this very moment" in batch.rows.get(state="refused").sentence


def test_killed_inside_a_cancellation_nothing_of_it_is_left_and_it_is_done_once(monkeypatch):
    listing = ListingFactory(on_hand=100)
    now = clock.now()
    orders = [authorised((listing, 2), now=now) for _n in range(SOME)]
    actor = Actor.seller(MembershipFactory(seller=listing.seller).user)
    words = {"seller": listing.seller, "kind": "cancel", "key": uuid.uuid4(), "actor": actor, "now": now}
    batch = engine.create(
        **words, rows=[(order.number, {}) for order in orders], params={"reason": "pricing_error"}
    )
    with monkeypatch.context() as patched:
        patched.setattr("orders.lifecycle._free", die)
        killed_in(partial(engine.work, batch.pk))
    assert set(Order.objects.values_list("status", flat=True)) == {"unshipped"}
    next_worker(batch)
    assert (batch.done_count, batch.refused_count) == (SOME, 0)
    assert [order.events.filter(kind="canceled").count() for order in orders] == [1] * SOME
    listing.refresh_from_db()
    assert (listing.on_hand, listing.reserved) == (100, 0)


def test_the_packages_of_a_row_are_its_own(batch):
    engine.work(batch.pk)
    keys = {row.subject: row.key for row in batch.rows.select_related("batch")}
    assert {
        package.order.number: package.request_key for package in Package.objects.select_related("order")
    } == keys
    assert packages.waiting(Order.objects.first()) == []
