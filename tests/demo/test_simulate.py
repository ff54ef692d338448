"""Sales go on by themselves: the steps are real operations, and nothing short of a signal ends them."""

import os
import signal
import threading
import time
from collections import Counter
from datetime import timedelta
from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.models import Sum
from django.test import override_settings

from accounts import clock
from demo import market
from demo.management.commands import simulate_sales
from demo.market import SHOPS, Shop
from demo.sales import Sales
from inventory.models import Listing, StockMovement
from orders import sweeps
from orders.models import CancelRequest, Order
from orders.states import OrderStatus
from tests.factories import MINUTE, NOON
from tests.helpers import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_local")]


@pytest.fixture
def _local(settings) -> None:
    settings.LOCAL = True


@pytest.fixture
def shop() -> Shop:
    """The demo seller with its opening stock and nothing sold."""
    return market.make_shop(
        SHOPS[0], market.make_marketplaces(), market.make_people("correct horse battery"), now=NOON
    )


def simulate(*options: str) -> list[str]:
    """The lines that the command prints."""
    out = StringIO()
    call_command("simulate_sales", "--seed", "3", *options, stdout=out)
    return out.getvalue().splitlines()


def test_a_day_of_sales_leaves_stock_and_orders_in_balance_i1_i5(shop: Shop) -> None:
    sales, now, lines = Sales(Random(7)), NOON, []
    for _step in range(60):
        now += 6 * MINUTE
        lines.append(sales.step(now))
        sweeps.run(sweeps.finish_provider_calls, now=now, actor=SYSTEM)
    placed = sum(": order " in line for line in lines)
    statuses = Counter(Order.objects.values_list("status", flat=True))
    assert placed == Order.objects.count() == sum(statuses.values())
    assert set(statuses) >= {OrderStatus.UNSHIPPED, OrderStatus.CANCELED, OrderStatus.SHIPPED}
    assert CancelRequest.objects.exists()
    sums = StockMovement.objects.values_list("listing").annotate(Sum("on_hand"), Sum("reserved"))
    assert {pk: figures for pk, *figures in sums} == {
        listing.pk: [listing.on_hand, listing.reserved] for listing in Listing.objects.all()
    }


def test_an_empty_shelf_is_a_line_and_no_order_i3(shop: Shop) -> None:
    Listing.objects.update(on_hand=0)
    assert "out of stock, no order" in Sales(Random(1))._order(shop, NOON)
    assert not Order.objects.exists()


def test_what_runs_low_is_delivered_i5(shop: Shop) -> None:
    listing = shop.listings["LP-LAN-01"]
    Listing.objects.filter(pk=listing.pk).update(on_hand=3)
    (again,) = market.open_shops()
    assert Sales(Random(1))._delivery(again, NOON) == "117 × LP-LAN-01 delivered"
    listing.refresh_from_db()
    assert listing.on_hand == 120


def test_orders_come_by_the_command(shop: Shop) -> None:
    before = clock.now()
    lines = simulate("--per-minute", "6000", "--for", "1")
    assert Order.objects.filter(placed_at__gte=before - timedelta(seconds=1)).count() > 0
    assert all(line.startswith("lantern-and-pine: ") for line in lines)


def test_without_a_demo_it_says_so_and_waits() -> None:
    assert "load_demo" in simulate("--per-minute", "6000", "--for", "0.05")[0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_quietly(shop: Shop, number: signal.Signals) -> None:
    before, started = signal.getsignal(number), time.monotonic()
    timer = threading.Timer(0.3, os.kill, [os.getpid(), number])
    timer.start()
    simulate("--per-minute", "1", "--for", "30")
    assert time.monotonic() - started < 10
    assert signal.getsignal(number) == before


def test_a_database_that_restarts_is_waited_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [OperationalError("server closed the connection\nunexpectedly"), NOON, NOON]

    def now():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(simulate_sales.clock, "now", now)
    monkeypatch.setattr(simulate_sales, "DATABASE_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(simulate_sales.connection, "close", lambda: None)
    lines = simulate("--per-minute", "60", "--for", "0.2")
    assert lines[0] == "the database does not answer, trying again: server closed the connection"
    assert lines[1].startswith("lantern-and-pine: ")


@override_settings(LOCAL=False)
def test_a_database_of_ones_own_needs_force() -> None:
    with pytest.raises(CommandError, match="--force"):
        simulate()


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(CommandError, match="per-minute"):
        simulate("--per-minute", "0")
