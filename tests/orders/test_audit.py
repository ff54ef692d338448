"""The books are looked through each day: what nobody may change, changed behind the app's back, is found (D9, G1)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from structlog.testing import capture_logs

from config.celery import app
from inventory.models import Listing
from orders import audit, lifecycle, tasks
from orders.models import Order, OrderEvent
from orders.states import CancelReason
from tests.factories import NOON, UserFactory
from tests.helpers import SYSTEM, authorised, ship
from tests.inventory.test_rebuild import stocked
from tests.settings import APP_ROLE

pytestmark = pytest.mark.django_db
NOTHING = {"histories": 0, "ledgers": 0, "listings": 0}
BLIND_DIGEST = """
    CREATE OR REPLACE FUNCTION orders_event_digest(before text, event orders_orderevent) RETURNS text
    LANGUAGE sql AS $$ SELECT before $$
"""
TABLES = ["orders_orderevent", "payments_ledgerentry", "inventory_stockmovement"]


@contextmanager
def behind_the_back() -> Iterator[Any]:
    """The owner of the tables at work, with the triggers that guard them off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET ROLE NONE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(f'SET ROLE "{APP_ROLE}"')


@pytest.fixture
def listing() -> Listing:
    return stocked(100)


@pytest.fixture
def orders(listing: Listing) -> list[Order]:
    """One order shipped, one canceled, one to ship; of 5, 3 and 2 events."""
    shipped, canceled, open_one = (authorised((listing, 2)) for _n in range(3))
    lifecycle.cancel(canceled, reason=CancelReason.PRICING_ERROR, actor=SYSTEM, now=NOON)
    return [ship(shipped), canceled, open_one]


@pytest.fixture(autouse=True)
def _not_looked_yet() -> Iterator[None]:
    cache.delete(audit.AUDITED)
    yield
    cache.delete(audit.AUDITED)


def first_broken() -> list[tuple[str, int | None]]:
    return [(each.order_number, each.event_id) for each in audit.broken_histories()]


class TestTampering:
    """One row edited as superuser; the first broken link is named."""

    ANOTHER = {
        "seller_id": "(SELECT seller_id FROM accounts_membership LIMIT 1)",
        "order_id": "(SELECT max(id) FROM orders_order)",
        "kind": "CASE kind WHEN 'charged' THEN 'placed' ELSE 'charged' END",
        "at": "at - interval '1 microsecond'",
        "actor_id": "(SELECT max(id) FROM accounts_user)",
        "actor_kind": "'buyer'",
        "source": "'admin'",
        "old_status": "'shipped'",
        "new_status": "CASE new_status WHEN 'shipped' THEN 'canceled' ELSE 'shipped' END",
        "details": """details || '{"x": 1}'""",
        "digest": "md5(digest)",
    }

    def test_every_column_of_an_event_is_named_here(self):
        columns = {field.column for field in OrderEvent._meta.concrete_fields}
        assert columns == {*self.ANOTHER, "id"}

    @pytest.mark.parametrize("column", sorted(set(ANOTHER) - {"seller_id"}))
    def test_any_column_of_any_event_of_an_order(self, orders, column):
        UserFactory()
        for event in orders[0].events.all():
            sid = transaction.savepoint()
            with behind_the_back() as cursor:
                change = f"{column} = {self.ANOTHER[column]}"
                cursor.execute(f"UPDATE orders_orderevent SET {change} WHERE id = %s", [event.pk])
            assert event.pk in [pk for _number, pk in first_broken()], event.kind
            transaction.savepoint_rollback(sid)
            assert first_broken() == []

    def test_an_event_that_changes_its_seller(self, orders):
        other = stocked().seller
        event = orders[0].events.all()[1]
        with behind_the_back() as cursor:
            cursor.execute("UPDATE orders_orderevent SET seller_id = %s WHERE id = %s", [other.pk, event.pk])
        assert first_broken() == [(orders[0].number, event.pk)]

    def test_two_events_that_change_places(self, orders):
        first, second = orders[0].events.all()[1:3]
        with behind_the_back() as cursor:
            swap = "UPDATE orders_orderevent SET id = %s WHERE id = %s"
            for pair in ((-1, first.pk), (first.pk, second.pk), (second.pk, -1)):
                cursor.execute(swap, pair)
        assert first_broken() == [(orders[0].number, first.pk)]

    def test_an_event_put_in_between(self, orders):
        events = list(orders[0].events.all())
        with behind_the_back() as cursor:
            cursor.execute(
                "INSERT INTO orders_orderevent (id, order_id, seller_id, kind, at, actor_kind, source, old_status,"
                " new_status, details, digest) SELECT 0, order_id, seller_id, kind, at, actor_kind, source,"
                " old_status, new_status, details, digest FROM orders_orderevent WHERE id = %s",
                [events[0].pk],
            )
        assert first_broken() == [(orders[0].number, events[0].pk)]

    def test_all_events_of_an_order_taken_away(self, orders):
        with behind_the_back() as cursor:
            cursor.execute("DELETE FROM orders_orderevent WHERE order_id = %s", [orders[0].pk])
        assert first_broken() == [(orders[0].number, None)]

    def test_a_status_set_past_its_history(self, orders):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET ROLE NONE")
            cursor.execute("ALTER TABLE orders_order DISABLE TRIGGER USER")
            cursor.execute("UPDATE orders_order SET status = 'shipped' WHERE id = %s", [orders[2].pk])
            cursor.execute("ALTER TABLE orders_order ENABLE TRIGGER USER")
            cursor.execute(f'SET ROLE "{APP_ROLE}"')
        assert first_broken() == [(orders[2].number, None)]

    def test_each_broken_order_is_named_once_also_across_the_batches(self, orders, monkeypatch):
        monkeypatch.setattr(audit, "STRIDE", 1)
        with behind_the_back() as cursor:
            cursor.execute("UPDATE orders_orderevent SET source = 'admin'")
        assert first_broken() == [(order.number, order.events.first().pk) for order in orders]

    def test_a_chain_that_is_broken_goes_on_and_stays_found(self, orders):
        """What is added after the change is sound by itself; the broken link is still the first."""
        event = orders[2].events.first()
        with behind_the_back() as cursor:
            cursor.execute("UPDATE orders_orderevent SET source = 'admin' WHERE id = %s", [event.pk])
        ship(orders[2])
        assert first_broken() == [(orders[2].number, event.pk)]


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER {trigger} ON orders_orderevent",
        "DROP FUNCTION orders_event_digest(text, orders_orderevent) CASCADE",
        BLIND_DIGEST,
        "ALTER TABLE orders_orderevent OWNER TO CURRENT_USER",
        "GRANT UPDATE ON orders_orderevent TO CURRENT_USER",
        "SET LOCAL session_replication_role = 'replica'",
        "CREATE RULE quiet AS ON INSERT TO orders_orderevent DO INSTEAD NOTHING",
    ],
)
def test_the_apps_role_cannot_take_the_guards_away(orders, statement):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'orders_orderevent'::regclass AND NOT tgisinternal"
        )
        trigger = cursor.fetchall()[0][0]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(trigger=trigger))
        # GRANT without the right to is no error in itself: it grants nothing.
        cursor.execute("UPDATE orders_orderevent SET at = at")


def test_a_digest_that_is_handed_in_is_not_taken(orders):
    event = orders[2].events.last()
    forged = OrderEvent.objects.create(
        order=event.order,
        seller=event.seller,
        kind="deadline_near",
        at=NOON,
        actor_kind="system",
        source="job",
        digest="0" * 64,
    )
    forged.refresh_from_db()
    assert forged.digest not in ("", "0" * 64)
    assert first_broken() == []


class TestOnceADay:
    def test_books_that_hold_are_no_error(self, orders):
        with capture_logs() as logs:
            assert audit.once_a_day() == NOTHING
        assert [(line["event"], line["log_level"]) for line in logs] == [("books_hold", "info")]

    def test_what_is_wrong_is_one_error_line_of_counts_and_nothing_else(self, orders, listing):
        with behind_the_back() as cursor:
            cursor.execute(
                "UPDATE orders_orderevent SET source = 'admin' WHERE order_id IN %s",
                [tuple(order.pk for order in orders[:2])],
            )
            cursor.execute("UPDATE payments_ledgerentry SET amount = amount + 1 WHERE account = 'due'")
            cursor.execute("UPDATE inventory_stockmovement SET on_hand = on_hand + 1 WHERE kind = 'count'")
        with capture_logs() as logs:
            tasks.audit()
        assert logs == [
            {"event": "books_do_not_hold", "log_level": "error", "histories": 2, "ledgers": 1, "listings": 1}
        ]

    def test_it_looks_once_a_day_whoever_asks_and_however_often(self, orders, monkeypatch):
        looked = []
        monkeypatch.setattr(audit, "faults", lambda: looked.append(1) or NOTHING)
        for _hour in range(23):
            tasks.audit()
        assert looked == [1]
        cache.delete(audit.AUDITED)
        tasks.audit()
        assert looked == [1, 1]

    def test_broken_off_it_looks_again(self, monkeypatch):
        def broken_off() -> dict[str, int]:
            raise SystemExit

        with monkeypatch.context() as patched:
            patched.setattr(audit, "faults", broken_off)
            with pytest.raises(SystemExit):
                audit.once_a_day()
        assert audit.once_a_day() == NOTHING

    def test_beat_asks_each_hour_and_the_task_has_time(self):
        entries = [
            entry for entry in app.conf.beat_schedule.values() if entry["task"] == "orders.tasks.audit"
        ]
        assert [entry["schedule"] for entry in entries] == [3600.0]
        assert (tasks.audit.soft_time_limit, tasks.audit.time_limit) == (240, 300)
        assert tasks.audit.name == "orders.tasks.audit"

    def test_the_commands_that_name_it_agree(self, orders):
        with behind_the_back() as cursor:
            cursor.execute("UPDATE inventory_stockmovement SET on_hand = on_hand + 1 WHERE kind = 'count'")
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("rebuild_stock", "--json", stdout=out)
        assert len(json.loads(out.getvalue())["different"]) == audit.faults()["listings"] == 1
