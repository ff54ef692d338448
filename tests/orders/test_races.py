"""Several people and jobs on one order at the same moment, on PostgreSQL (R1, R2 of the reliability list).

Every race has a twin with the row lock taken away, which must go wrong: a race test that cannot fail proves
nothing.
"""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connections

from accounts.actors import Actor
from inventory.models import Listing
from orders import lifecycle, shipping, sweeps
from orders.models import Order, OrderEvent
from orders.models.order import OrderQuerySet
from orders.refusals import Refused
from orders.states import CancelReason, EventKind, OrderStatus
from payments.models import LedgerEntry, SandboxOperation
from payments.states import PaymentState
from tests.factories import NOON, ListingFactory, UserFactory
from tests.helpers import SYSTEM, at_once, authorised, everything, parcel
from tests.twins import unlocked_due, unlocked_order

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 200
TWIN_ROUNDS = 4


def confirm(order: Order, actor: Actor) -> bool:
    parcels = [(parcel(), everything(order))]
    shipping.confirm_shipment(order, parcels, key=uuid.uuid4(), actor=actor, now=NOON)
    return True


def cancel(order: Order, actor: Actor) -> bool:
    lifecycle.cancel(order, reason=CancelReason.BUYER_CANCELED, actor=actor, now=NOON)
    return True


def cancel_overdue(order: Order) -> bool:
    return sweeps.cancel_overdue(order.confirm_deadline + timedelta(seconds=1), SYSTEM) == 1


def callers(order: Order, actor: Actor) -> list[Callable[[], bool]]:
    """Two of each: confirming, the seller canceling, the buyer canceling, the sweep."""
    return 2 * [
        partial(confirm, order, actor),
        partial(cancel, order, actor),
        partial(cancel, order, Actor.buyer()),
        partial(cancel_overdue, order),
    ]


def faults(order: Order, outcomes: list[Any], stock_before: int) -> list[str]:
    """What is wrong after a round: not exactly one winner, or records that contradict each other."""
    sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
    order = Order.objects.select_related("payment").get(pk=order.pk)
    listing = Listing.objects.get()
    captured = SandboxOperation.objects.filter(order_number=order.number, operation="capture").count()
    ended = {EventKind.CANCELED, EventKind.SHIPMENT_CONFIRMED}
    is_shipped = order.status == OrderStatus.SHIPPED
    found = {
        "winners": sum(outcome is True for outcome in outcomes) == 1,
        "losers are refused": all(isinstance(each, Refused | bool) for each in outcomes),
        "it ended": order.status in (OrderStatus.SHIPPED, OrderStatus.CANCELED),
        "charged when shipped": captured == is_shipped == (order.payment.state == PaymentState.CAPTURED),
        "one end": OrderEvent.objects.filter(order=order, kind__in=ended).count() == 1,
        "stock": (listing.on_hand, listing.reserved) == (stock_before - is_shipped, 0),
        "ledger": LedgerEntry.objects.filter(order_number=order.number).count() == 3 * is_shipped,
    }
    return [name for name, holds in found.items() if not holds]


def race(rounds: int) -> list[list[str]]:
    """The rounds that went wrong, each with its faults."""
    listing = ListingFactory(on_hand=rounds)
    actor = Actor.seller(UserFactory())
    wrong = []
    for _round in range(rounds):
        order = authorised((listing, 1))
        stock = Listing.objects.get().on_hand
        if found := faults(order, at_once(*callers(order, actor)), stock):
            wrong.append(found)
    return wrong


def test_r1_eight_callers_on_one_order_have_one_winner():
    assert race(ROUNDS) == []


def test_r1_twin_without_the_lock_goes_wrong(monkeypatch):
    monkeypatch.setattr(OrderQuerySet, "lock", unlocked_order)
    assert race(TWIN_ROUNDS) != []


COMMANDS: dict[str, Callable[[Order, Actor], bool]] = {
    "confirm": confirm,
    "seller cancels": cancel,
    "buyer cancels": lambda order, _actor: cancel(order, Actor.buyer()),
    "overdue": lambda order, _actor: cancel_overdue(order),
}
PAIRS = [(first, second) for first in COMMANDS for second in COMMANDS if first != second]


class Interloper:
    """Runs a second command exactly before, or right after, the nth lock that the first one takes."""

    def __init__(self, command: Callable[[], bool], *, at: int, is_after: bool) -> None:
        self.command, self.at, self.is_after = command, at, is_after
        self.locks, self.outcome, self.first = 0, None, threading.get_ident()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            self.outcome = self.command()
        except Exception as error:
            self.outcome = error
        finally:
            connections.close_all()

    def around(self, take: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any) -> Any:
            if threading.get_ident() != self.first:
                return take(*args)
            self.locks += 1
            if self.locks == self.at and not self.is_after:
                self.thread.start()
                self.thread.join()
            taken = take(*args)
            if self.locks == self.at and self.is_after:
                # It meets the held row: it waits for the first command's end, or passes over it.
                self.thread.start()
                self.thread.join(timeout=0.1)
            return taken

        return wrapped

    def finish(self) -> None:
        if not self.thread.ident:
            self.thread.start()
        self.thread.join()


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", [1, 2])
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_r2_every_ordered_pair_at_every_lock(monkeypatch, first, second, at, is_after):
    listing = ListingFactory(on_hand=1)
    actor = Actor.seller(UserFactory())
    order = authorised((listing, 1))
    interloper = Interloper(partial(COMMANDS[second], order, actor), at=at, is_after=is_after)
    with monkeypatch.context() as patched:
        for name in ("lock", "lock_due"):
            patched.setattr(OrderQuerySet, name, interloper.around(getattr(OrderQuerySet, name)))
        try:
            outcome: Any = COMMANDS[first](order, actor)
        except Refused as refusal:
            outcome = refusal
        interloper.finish()
    assert faults(order, [outcome, interloper.outcome], 1) == []


def swept_by_four(orders: int) -> list[str]:
    """What is wrong after four workers swept the same due orders at once."""
    listing = ListingFactory(on_hand=300)
    due = [authorised((listing, 1)) for _each in range(orders)]
    late = due[0].confirm_deadline + timedelta(seconds=1)
    wrong = []
    for sweep, kind in (
        (sweeps.close_cancel_windows, EventKind.WINDOW_CLOSED),
        (sweeps.warn_of_deadlines, EventKind.DEADLINE_NEAR),
        (sweeps.cancel_overdue, EventKind.CANCELED),
    ):
        handled = at_once(*[partial(sweeps.run, sweep, now=late, actor=SYSTEM)] * 4)
        if any(isinstance(each, Exception) for each in handled) or sum(handled) != orders:
            wrong.append(f"{kind} handled {handled}")
        if OrderEvent.objects.filter(kind=kind).count() != orders:
            wrong.append(f"{kind} not told once")
    listing.refresh_from_db()
    if (listing.on_hand, listing.reserved) != (300, 0):
        wrong.append("stock")
    return wrong


def test_j2_four_sweeps_at_once_handle_each_order_once():
    assert swept_by_four(30) == []


def test_j2_twin_that_does_not_claim_its_rows_goes_wrong(monkeypatch):
    monkeypatch.setattr(OrderQuerySet, "lock_due", unlocked_due)
    assert swept_by_four(30) != []
