"""A portal to take pictures of: the demo marketplace in a database of its own, gone afterwards."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connection, connections
from django.test.testcases import LiveServerThread
from django.test.utils import (
    setup_databases,
    setup_test_environment,
    teardown_databases,
    teardown_test_environment,
)

from accounts import clock
from accounts.models import Right
from config.local import servers
from demo import load
from demo.market import SHOPS, Shop
from orders import shipping
from orders.refusals import CaptureRefused
from tests.helpers import authorised, everything, parcel
from tests.settings import ROOT

PASSWORD = "four lanterns over a pine"
# What the demo does not have: a charge that is refused, and one whose answer is lost.
TROUBLES = ("tok_capture_fails", "tok_capture_timeout")


@contextmanager
def running(orders: int) -> Iterator[str]:
    """The address of a portal with about so many orders; its database is dropped at the end."""
    wanted = {"DATABASE_URL": "postgres", "REDIS_URL": "redis"}
    local = frozenset(server for name, server in wanted.items() if f"{name}_IS_LOCAL" in os.environ)
    with servers.running(ROOT, durable=False, servers=local):
        setup_test_environment()
        databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=())
        try:
            _fill(orders)
            with _serving() as address:
                yield address
        finally:
            _send_away()
            teardown_databases(databases, verbosity=0)
            teardown_test_environment()


def _fill(orders: int) -> None:
    now = clock.now()
    opened = load.open_market(password=PASSWORD, now=now)
    load.play(opened, orders=orders, now=now)
    for token in TROUBLES:
        _confirm_in_trouble(opened.shops[0], token)


def _confirm_in_trouble(shop: Shop, token: str) -> None:
    """Confirm all of an order whose charge goes wrong in this way."""
    assert shop.seller.slug == SHOPS[0].slug
    rng, now = Random(token), clock.now()
    listing = shop.listings[rng.choice(shop.skus())]
    order = authorised((listing, 2), channel=shop.channels[0], now=now, payment_token=token)
    parcels = [(parcel(order.placed_on), everything(order))]
    actor = shop.someone(Right.SHIP, rng)
    with suppress(CaptureRefused):
        shipping.confirm_shipment(order, parcels, key=uuid.uuid4(), actor=actor, now=now)


def _send_away() -> None:
    """A thread of the server may hold its session a moment longer than the server lives."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@contextmanager
def _serving() -> Iterator[str]:
    """Pages and static files, at a free port of this machine."""
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.terminate()
        connections.close_all()
