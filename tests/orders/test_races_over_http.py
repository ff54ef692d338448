"""The same races as requests of browsers and runs of tasks: one outcome, no error page (R1)."""

import time
import uuid
from collections.abc import Callable
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from orders import buyer_links, tasks
from orders.models import Order
from orders.states import OrderStatus
from tests.factories import ListingFactory, MembershipFactory
from tests.helpers import at_once, authorised
from tests.orders.test_races import faults

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 25


def ship_form(order: Order, units: int = 1) -> dict[str, str]:
    """What the browser sends for one package of everything."""
    item = order.items.get()
    total = {"package-TOTAL_FORMS": "1", "package-INITIAL_FORMS": "0"}
    package = {"ship_date": str(order.placed_on), "carrier": "UPS", f"units_{item.pk}": str(units)}
    return {
        **total,
        "key": str(uuid.uuid4()),
        **{f"package-0-{name}": value for name, value in package.items()},
    }


def status_of(client: Client, address: str, data: dict[str, str], *, after: float = 0) -> int:
    time.sleep(after)
    return client.post(address, data).status_code


def callers(order: Order, sellers: list[Client], head_start: float) -> list[Callable[[], int | None]]:
    """Two browsers that confirm, by so many seconds first, two that cancel, the buyer's two tabs, two workers."""
    ship, cancel = (reverse(f"orders:{name}", args=[order.number]) for name in ("ship", "cancel"))
    own_page = reverse("buyer:cancel", args=[buyer_links.token_of(order)])
    return [
        partial(status_of, sellers[0], ship, ship_form(order)),
        partial(status_of, sellers[1], ship, ship_form(order)),
        partial(status_of, sellers[2], cancel, {"reason": "no_inventory"}, after=head_start),
        partial(status_of, sellers[3], cancel, {"reason": "pricing_error"}, after=head_start),
        partial(status_of, Client(), own_page, {}, after=head_start),
        partial(status_of, Client(), own_page, {}, after=head_start),
        tasks.cancel_overdue,
        tasks.finish_provider_calls,
    ]


def test_r1_browsers_and_workers_on_one_order():
    listing = ListingFactory(on_hand=1_000)
    membership = MembershipFactory(seller=listing.seller)
    sellers = [Client() for _each in range(4)]
    for client in sellers:
        client.force_login(membership.user)
    ends = []
    for turn in range(ROUNDS):
        order = authorised((listing, 1), now=clock.now())
        listing.refresh_from_db()
        # A page to confirm costs more than one to cancel: by turns it starts with the others, or well before them.
        outcomes = at_once(*callers(order, sellers, head_start=turn % 5 * 0.2))
        assert set(outcomes[:6]) <= {200, 302, 409, 422}, outcomes
        order.refresh_from_db()
        written_off = order.cancel_reason == "no_inventory"
        found = faults(order, [True], listing.on_hand - written_off)
        assert found == []
        ends.append(order.status)
    assert set(ends) <= {OrderStatus.SHIPPED, OrderStatus.CANCELED}
    assert OrderStatus.SHIPPED in ends


def test_the_same_confirmation_sent_eight_times_at_once_ships_once():
    listing = ListingFactory(on_hand=100)
    membership = MembershipFactory(seller=listing.seller)
    browsers = [Client() for _each in range(8)]
    for client in browsers:
        client.force_login(membership.user)
    for _round in range(10):
        order = authorised((listing, 3), now=clock.now())
        form, address = ship_form(order), reverse("orders:ship", args=[order.number])
        outcomes = at_once(*[partial(status_of, client, address, form) for client in browsers])
        assert set(outcomes) <= {302, 422}, outcomes
        item = order.items.get()
        assert (item.units_shipped, order.packages.count()) == (1, 1)
