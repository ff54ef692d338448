"""Steps that many tests take: placing an order, getting it authorised, shipping it, running things at once."""

import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import connections

from accounts.actors import Actor
from accounts.models import SalesChannel
from inventory.models import Listing
from orders import shipping, sweeps
from orders.entry import cart, intake
from orders.models import Order
from orders.packages import Parcel
from tests.factories import NOON, ChannelFactory

SYSTEM = Actor.system()
CHANNEL = Actor.channel()


def new_order(*lines: tuple[Listing, int], now: datetime = NOON, **changes: Any) -> cart.NewOrder:
    """An order for units of these listings as a channel would hand it in, at the listings' prices."""
    items = tuple(
        cart.Item(sku=listing.sku, quantity=units, price=listing.price * units, tax=80 * units, shipping=500)
        for listing, units in lines
    )
    new = cart.NewOrder(
        reference=f"ref-{uuid.uuid4()}",
        placed_at=now,
        currency=lines[0][0].currency,
        service="Standard",
        buyer_name="Ada Buyer",
        buyer_email="ada@example.org",
        recipient="Ada Buyer",
        address_1="1 Main Street",
        city="Springfield",
        state="IL",
        postal_code="62701",
        country="US",
        payment_token="tok_approve",
        items=items,
    )
    return replace(new, **changes)


def place(
    *lines: tuple[Listing, int], channel: SalesChannel | None = None, now: datetime = NOON, **changes: Any
) -> Order:
    """A Pending order of these units; fails the test where intake refuses it."""
    seller = lines[0][0].seller
    channel = channel or ChannelFactory(marketplace=seller.marketplace)
    new = new_order(*lines, now=now, **changes)
    (result,) = intake.place([new], seller=seller, channel=channel, actor=CHANNEL, now=now)
    assert isinstance(result, intake.Placed), result
    return result.order


def authorised(*lines: tuple[Listing, int], now: datetime = NOON, **changes: Any) -> Order:
    """An Unshipped order: placed and authorised at the same moment."""
    order = place(*lines, now=now, **changes)
    sweeps.run(sweeps.finish_provider_calls, now=now, actor=SYSTEM)
    order.refresh_from_db()
    return order


def parcel(ship_date: date | None = None, **changes: Any) -> Parcel:
    """A parcel by UPS, shipped on the day of NOON."""
    return Parcel(
        **{"ship_date": ship_date or NOON.date(), "carrier": "UPS", "tracking_number": "1Z1", **changes}
    )


def everything(order: Order) -> dict[int, int]:
    """All open units of an order, as the contents of one package."""
    return {item.pk: item.units_open for item in order.items.all() if item.units_open}


def ship(
    order: Order, contents: dict[int, int] | None = None, *, actor: Actor = SYSTEM, now: datetime = NOON
) -> Order:
    """Confirm one package, by default of all that is open."""
    parcels = [(parcel(), contents or everything(order))]
    return shipping.confirm_shipment(order, parcels, key=uuid.uuid4(), actor=actor, now=now).order


MEETING = threading.local()
TOO_LONG = 3  # seconds; one of those that race may wait for a row of another's


def meet() -> None:
    """Wait, once in each call of `at_once`, until all of its calls are here or one has ended.

    A twin without a lock calls this after its read: then all have read before any of them writes, by no chance.
    """
    barrier = MEETING.__dict__.pop("barrier", None)
    if barrier is not None:
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=TOO_LONG)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that start together; each gives its result, or the exception it raised."""
    gate, meeting = threading.Barrier(len(calls)), threading.Barrier(len(calls))
    outcomes: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        MEETING.barrier = meeting
        gate.wait()
        try:
            outcomes[place] = call()
        except Exception as error:
            outcomes[place] = error
        finally:
            meeting.abort()
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
