"""Stock at random against a simple model: available never lies, no unit is sold twice, ledger = figures (I1–I5, R6)."""

import contextlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.actors import Actor
from inventory import listings, rebuild, refusals, stock
from inventory.listings import Edit
from inventory.models import Listing, MovementKind, StockMovement
from orders import lifecycle, shipping, supply, sweeps
from orders.entry import intake
from orders.models import Order, OrderItem
from orders.refusals import Refused
from orders.states import SELLER_REASONS, CancelReason, OrderStatus
from refunds import returns, shortages
from refunds.returns import Received
from tests.factories import NOON, ChannelFactory, ListingFactory, SellerFactory, UserFactory
from tests.helpers import CHANNEL, SYSTEM, new_order, parcel

TOKENS = ["tok_approve", "tok_approve", "tok_approve", "tok_decline", "tok_pend_then_approve"]
HOUR = timedelta(hours=1)


@dataclass
class Shelf:
    """What a person with pencil and paper would write about one listing."""

    on_hand: int
    reserved: int = 0
    was_counted_down: bool = False

    @property
    def available(self) -> int:
        return max(self.on_hand - self.reserved, 0)

    def let_go(self, units: int, *, is_there: bool) -> None:
        """Units that are not there are not for sale again; what other orders were promised stays theirs."""
        before = self.available
        self.reserved -= units
        self.on_hand = self.on_hand if is_there else min(self.on_hand, self.reserved + before)

    def ship(self, units: int) -> None:
        self.reserved -= units
        self.on_hand = max(self.on_hand - units, 0)


class Desk(RuleBasedStateMachine):
    """One seller, two listings, and everything that moves stock."""

    @initialize()
    def open(self) -> None:
        self.block = transaction.atomic()
        # As a test case's own transaction: what must be durable may still stand inside it.
        self.block._from_testcase = True
        self.block.__enter__()
        self.seller = SellerFactory()
        self.channel = ChannelFactory(marketplace=self.seller.marketplace)
        self.member, self.now = Actor.seller(UserFactory()), NOON
        self.listings = [ListingFactory(seller=self.seller, on_hand=0) for _ in range(2)]
        self.shelves = {}
        for listing, units in zip(self.listings, (5, 1), strict=True):
            stock.add(listing, units, kind=MovementKind.EDIT, now=NOON, actor=self.member)
            self.shelves[listing.pk] = Shelf(units)
        self.orders: list[int] = []
        self.pages = {listing.pk: [1] for listing in self.listings}

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def some(self, data: st.DataObject) -> Order:
        return Order.objects.get(pk=data.draw(st.sampled_from(self.orders)))

    def done(self, operation, *args, **kwargs) -> bool:
        with contextlib.suppress(Refused, refusals.Refused):
            operation(*args, now=self.now, actor=kwargs.pop("actor", self.member), **kwargs)
            event(f"{operation.__name__} done")
            return True
        return False

    @rule(
        units=st.tuples(st.integers(0, 3), st.integers(0, 2)),
        token=st.sampled_from(TOKENS),
        heard=st.booleans(),
    )
    def place(self, units, token, heard) -> None:
        lines = [(listing, count) for listing, count in zip(self.listings, units, strict=True) if count]
        if not lines:
            return
        new = new_order(*lines, now=self.now, payment_token=token)
        shared = {"seller": self.seller, "channel": self.channel, "actor": CHANNEL, "now": self.now}
        (result,) = intake.place([new], **shared)
        fits = all(count <= self.shelves[listing.pk].available for listing, count in lines)
        assert isinstance(result, intake.Placed) == fits
        if fits:
            self.orders.append(result.order.pk)
            for listing, count in lines:
                self.shelves[listing.pk].reserved += count
        if heard:
            sweeps.run(sweeps.finish_provider_calls, now=self.now, actor=SYSTEM)

    @rule(pause=st.sampled_from([timedelta(0), HOUR, 7 * HOUR]))
    def pay(self, pause) -> None:
        """Authorisations are answered; none of them is ever old enough to be given up."""
        self.now += pause if self.now < NOON + timedelta(days=3) else timedelta(0)
        for sweep in (sweeps.retry_authorisations, sweeps.finish_provider_calls):
            sweeps.run(sweep, now=self.now, actor=SYSTEM)

    @rule(data=st.data(), on_hand=st.integers(0, 8), is_stale=st.booleans())
    def edit(self, data, on_hand, is_stale) -> None:
        """Sets on hand, never available; refused from a page that showed another version."""
        listing = data.draw(st.sampled_from(self.listings))
        listing.refresh_from_db()
        seen = data.draw(st.sampled_from(self.pages[listing.pk])) if is_stale else listing.version
        shelf = self.shelves[listing.pk]
        was_done = self.done(listings.edit, listing, Edit(seen, on_hand=on_hand))
        is_possible = on_hand >= shelf.reserved or on_hand == shelf.on_hand
        assert was_done == (seen == listing.version and is_possible)
        if was_done:
            shelf.on_hand = on_hand
        self.pages[listing.pk].append(listing.version)

    @rule(data=st.data(), on_hand=st.integers(0, 8))
    def count(self, data, on_hand) -> None:
        """What is on the shelf is what there is, whatever was promised."""
        listing = data.draw(st.sampled_from(self.listings))
        listing.refresh_from_db()
        shelf = self.shelves[listing.pk]
        shared = {"seen_version": listing.version, "kind": MovementKind.COUNT, "reason": "counted"}
        assert self.done(stock.set_on_hand, listing, on_hand, **shared)
        shelf.on_hand = on_hand
        shelf.was_counted_down |= on_hand < shelf.reserved

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def ship(self, data) -> None:
        order = self.some(data)
        contents = {item.pk: data.draw(st.integers(0, item.units_open)) for item in order.items.all()}
        contents = {pk: units for pk, units in contents.items() if units}
        held = {item.pk: item for item in order.items.all()}
        shared = {"key": uuid.uuid4()}
        if self.done(shipping.confirm_shipment, order, [(parcel(order.placed_on), contents)], **shared):
            for pk, units in contents.items():
                self.shelves[held[pk].listing_id].ship(min(units, held[pk].units_open))

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), reason=st.sampled_from(SELLER_REASONS), is_buyer=st.booleans())
    def cancel(self, data, reason, is_buyer) -> None:
        order = self.some(data)
        items = list(order.items.all())
        who = {"actor": Actor.buyer()} if is_buyer else {}
        if self.done(lifecycle.cancel, order, reason=reason, **who):
            for item in items:
                self.shelves[item.listing_id].let_go(
                    item.units_open, is_there=reason != CancelReason.NO_INVENTORY
                )

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), reason=st.sampled_from(SELLER_REASONS))
    def cancel_units(self, data, reason) -> None:
        order = self.some(data)
        item = data.draw(st.sampled_from(list(order.items.all())))
        units = data.draw(st.integers(1, 2))
        if self.done(lifecycle.cancel_units, order, {item.pk: units}, reason=reason):
            self.shelves[item.listing_id].let_go(units, is_there=reason != CancelReason.NO_INVENTORY)

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def settle(self, data) -> None:
        """Oversold: the newest order that cannot be met, in one step (I4, R6)."""
        listing = data.draw(st.sampled_from(self.listings))
        listing.refresh_from_db()
        unmet = shortages.unmet(listing)
        assert sum(each.short for each in unmet) == shortages.missing(listing)
        assert (unmet == []) == (self.shelves[listing.pk].reserved <= self.shelves[listing.pk].on_hand)
        for holding in unmet[:1]:
            held, key = holding.item.units_open, uuid.uuid4()
            step = shortages.Step(holding.short, held, holding.is_charged, "Sorry", key)
            was_done = self.done(shortages.settle, listing, holding.item, step)
            assert was_done != holding.is_pending
            if was_done:
                self.shelves[listing.pk].let_go(holding.short, is_there=False)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), back=st.integers(0, 2))
    def come_back(self, data, back) -> None:
        """Shipped goods are returned; on hand is only what the seller says is fit to be sold again (R8)."""
        order = self.some(data)
        item = data.draw(st.sampled_from(list(order.items.all())))
        units = data.draw(st.integers(1, 2))
        shared = {"key": uuid.uuid4(), "reason": "defective"}
        if not self.done(returns.ask, order, {item.pk: units}, **shared):
            return
        opened = order.returns.latest("pk")
        received = {item.pk: Received(units, "used", min(back, units))}
        assert self.done(returns.receive, opened, received)
        assert not self.done(returns.receive, opened, received)
        self.shelves[item.listing_id].on_hand += min(back, units)

    @invariant()
    def available_never_lies(self) -> None:
        if not hasattr(self, "block"):
            return
        for listing in Listing.objects.all():
            shelf = self.shelves[listing.pk]
            figures = (listing.on_hand, listing.reserved, listing.available)
            assert figures == (shelf.on_hand, shelf.reserved, shelf.available)
            assert listing.reserved == sum(item.units_open for item in supply.holders(listing))
            assert listing.reserved <= listing.on_hand or shelf.was_counted_down

    @invariant()
    def the_ledger_adds_up_to_the_figures(self) -> None:
        if not hasattr(self, "block"):
            return
        assert list(rebuild.differences()) == []
        for listing in Listing.objects.all():
            moved = StockMovement.objects.filter(listing=listing).aggregate(Sum("on_hand"), Sum("reserved"))
            assert (listing.on_hand, listing.reserved) == (moved["on_hand__sum"], moved["reserved__sum"])

    @invariant()
    def what_has_left_is_no_longer_held(self) -> None:
        if not hasattr(self, "block"):
            return
        over = OrderItem.objects.filter(order__status__in=[OrderStatus.SHIPPED, OrderStatus.CANCELED])
        assert all(item.units_open == 0 for item in over)


def run(examples: int, steps: int, phases: Sequence[Phase] = tuple(Phase)) -> None:
    """So many random histories of so many steps each."""
    chosen = settings(
        phases=phases,
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(Desk, settings=chosen)


@pytest.mark.django_db
def test_whatever_happens_available_never_lies():
    run(examples=50, steps=50)


@pytest.mark.soak
@pytest.mark.django_db
def test_at_length():
    run(examples=2_000, steps=60)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name, without",
    [
        ("_shortage", lambda _listings, _cart: None),
        ("check_seen", lambda _listing, _seen: None),
        ("release", lambda *_args, **_kwargs: None),
    ],
)
def test_twin_with_a_guard_taken_away_is_found(monkeypatch, name, without):
    monkeypatch.setattr(stock, name, without)
    with pytest.raises(AssertionError):
        run(examples=300, steps=50, phases=[Phase.generate])
