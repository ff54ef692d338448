"""The commands for ops: each says in one line what it did, for machines in one object, and beforehand what it would."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import InternalError, ProgrammingError, connection, transaction

from accounts import calendars, clock
from accounts.models import ChannelToken
from orders import deadlines, lifecycle
from orders.models import Order, OrderEvent
from orders.states import CancelReason, EventKind, OrderStatus
from payments.models import ProviderCall
from tests.factories import ChannelFactory, ListingFactory
from tests.helpers import SYSTEM, authorised, place
from tests.settings import APP_ROLE

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def run(name: str, *args: str, **options: Any) -> tuple[int, list[str]]:
    """The exit code and the lines of a command."""
    out, code = StringIO(), 0
    try:
        call_command(name, *args, stdout=out, **options)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue().splitlines()


def window_over() -> None:
    place((ListingFactory(), 1), now=clock.now() - timedelta(minutes=31))
    place((ListingFactory(), 1), now=clock.now() - timedelta(minutes=29))


def overdue() -> None:
    authorised((ListingFactory(), 1), now=clock.now() - 40 * DAY)
    authorised((ListingFactory(), 1), now=clock.now() - DAY)


def unauthorised() -> None:
    place((ListingFactory(), 1), now=clock.now() - 6 * DAY)
    place((ListingFactory(), 1), now=clock.now() - 4 * DAY)


def declined() -> None:
    authorised((ListingFactory(), 1), now=clock.now() - 2 * DAY, payment_token="tok_decline_then_approve")
    authorised((ListingFactory(), 1), now=clock.now(), payment_token="tok_decline_then_approve")


def unasked() -> None:
    authorised((ListingFactory(), 1), now=clock.now() - DAY)
    place((ListingFactory(), 1), now=clock.now() - DAY)


def near_deadline() -> None:
    order = authorised((ListingFactory(), 1), now=clock.now() - DAY)
    Order.objects.filter(pk=order.pk).update(warn_at=clock.now())
    authorised((ListingFactory(), 1), now=clock.now())


def delivered() -> None:
    order = authorised((ListingFactory(), 1), now=clock.now() - DAY)
    Order.objects.filter(pk=order.pk).update(phone_until=clock.now() - DAY)
    order = authorised((ListingFactory(), 1), now=clock.now() - DAY)
    Order.objects.filter(pk=order.pk).update(phone_until=clock.now() + DAY)


def ending() -> None:
    for days in (5, 4):
        listing = ListingFactory(handling_days=5)
        authorised((listing, 1), payment_token="tok_hold_7_days", now=clock.now() - days * DAY)


SWEEPS = [
    ("close_cancel_windows", window_over, "Buyer-cancel windows closed", EventKind.WINDOW_CLOSED),
    ("cancel_overdue_orders", overdue, "Overdue orders canceled", EventKind.CANCELED),
    ("cancel_unauthorised_orders", unauthorised, "Unauthorised orders canceled", EventKind.CANCELED),
    ("retry_authorisations", declined, "Authorisations tried again", EventKind.AUTHORISED),
    ("finish_provider_calls", unasked, "Provider calls asked", EventKind.AUTHORISED),
    ("warn_of_deadlines", near_deadline, "Warnings of a deadline given", EventKind.DEADLINE_NEAR),
    ("renew_holds", ending, "Holds renewed or asked for", EventKind.HOLD_RENEWED),
    ("expire_phones", delivered, "Relay numbers released", EventKind.PHONE_RELEASED),
]


@pytest.mark.parametrize(("name", "arrange", "said", "kind"), SWEEPS, ids=[sweep[0] for sweep in SWEEPS])
@pytest.mark.django_db(transaction=True)
class TestSweeps:
    def test_it_handles_what_is_due_and_nothing_else(
        self, name: str, arrange: Callable[[], None], said: str, kind: EventKind
    ) -> None:
        arrange()
        before = OrderEvent.objects.count()
        assert run(name) == (0, [f"{said}: 1."])
        (event,) = OrderEvent.objects.order_by("pk")[before:]
        assert (event.kind, event.actor_kind, event.source) == (kind, "system", "command")
        assert run(name) == (0, [f"{said}: 0."])

    def test_a_dry_run_counts_it_and_changes_nothing(
        self, name: str, arrange: Callable[[], None], said: str, kind: EventKind
    ) -> None:
        arrange()
        before = [list(table.objects.order_by("pk").values()) for table in (Order, OrderEvent, ProviderCall)]
        assert run(name, dry_run=True) == (0, [f"{said}: 1 to be done, nothing was changed."])
        assert json.loads(run(name, dry_run=True, json=True)[1][0]) == {"count": 1, "dry_run": True}
        assert before == [
            list(table.objects.order_by("pk").values()) for table in (Order, OrderEvent, ProviderCall)
        ]
        assert json.loads(run(name, json=True)[1][0]) == {"count": 1, "dry_run": False}


@contextmanager
def behind_the_back() -> Iterator[Any]:
    """The owner of the tables at work, with the triggers that guard the history off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET ROLE NONE; ALTER TABLE orders_orderevent DISABLE TRIGGER USER")
        yield cursor
        cursor.execute("ALTER TABLE orders_orderevent ENABLE TRIGGER USER")
        cursor.execute(f'SET ROLE "{APP_ROLE}"')


class TestCheckHistory:
    @pytest.fixture
    def orders(self) -> list[Order]:
        """Two orders of three events each, one of a single event."""
        orders = [authorised((ListingFactory(), 1), now=clock.now() - DAY) for _n in range(2)]
        for order in orders:
            lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=clock.now())
        return [*orders, place((ListingFactory(), 1), now=clock.now())]

    def test_a_history_that_nobody_touched(self, orders: list[Order]) -> None:
        assert run("check_history") == (0, ["Histories checked: 3, broken: 0."])

    def test_no_orders(self) -> None:
        assert run("check_history") == (0, ["Histories checked: 0, broken: 0."])

    @pytest.mark.parametrize("place_in_chain", [0, 1, 2])
    @pytest.mark.parametrize(
        "change",
        [
            """details = '{"reason": "buyer_canceled"}'""",
            "at = at + interval '1 microsecond'",
            "kind = 'charged'",
            "actor_kind = 'seller'",
            "digest = repeat('0', 64)",
        ],
    )
    def test_a_changed_event_is_the_first_broken_link(
        self, orders: list[Order], change: str, place_in_chain: int
    ) -> None:
        event = orders[1].events.all()[place_in_chain]
        with behind_the_back() as cursor:
            cursor.execute(f"UPDATE orders_orderevent SET {change} WHERE id = %s", [event.pk])
        code, lines = run("check_history")
        assert (code, lines[-1]) == (1, "Histories checked: 3, broken: 1.")
        assert re.match(rf"{orders[1].number}: event {event.pk} \(\w+\) does not follow", lines[0])

    @pytest.mark.parametrize("place_in_chain", [0, 1])
    def test_an_event_that_was_taken_out(self, orders: list[Order], place_in_chain: int) -> None:
        events = list(orders[1].events.all())
        with behind_the_back() as cursor:
            cursor.execute("DELETE FROM orders_orderevent WHERE id = %s", [events[place_in_chain].pk])
        code, (found, _sum) = run("check_history", json=False)
        assert (code, f"event {events[place_in_chain + 1].pk} " in found) == (1, True)

    @pytest.mark.parametrize("which", [1, 2])
    def test_the_newest_events_taken_away(self, orders: list[Order], which: int) -> None:
        with behind_the_back() as cursor:
            newest = orders[which].events.last().pk
            cursor.execute("DELETE FROM orders_orderevent WHERE id = %s", [newest])
        code, lines = run("check_history", json=True)
        (broken,) = json.loads(lines[0])["broken"]
        status = Order.objects.get(pk=orders[which].pk).status
        assert (code, broken) == (1, {"order_number": orders[which].number, "event_id": None, "what": status})

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE orders_orderevent SET kind = 'charged'",
            "DELETE FROM orders_orderevent",
            "TRUNCATE orders_orderevent CASCADE",
            "ALTER TABLE orders_orderevent DISABLE TRIGGER USER",
        ],
    )
    def test_the_app_itself_cannot(self, orders: list[Order], statement: str) -> None:
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            connection.cursor().execute(statement)
        assert run("check_history")[0] == 0


class TestCheckDeadlines:
    def test_deadlines_that_hold(self) -> None:
        authorised((ListingFactory(), 1), now=clock.now())
        assert run("check_deadlines") == (
            0,
            ["Deadlines that would be counted otherwise today: 0; none was moved."],
        )

    def test_t3_a_new_calendar_moves_no_stored_deadline_and_the_differences_are_reported(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        orders = [authorised((ListingFactory(handling_days=n), 1), now=clock.now()) for n in (1, 2)]
        stored = list(Order.objects.order_by("pk").values())
        order = orders[1]
        day = calendars.local_date(order.ship_by, "America/New_York")
        known = calendars._business_days
        monkeypatch.setattr(calendars, "_business_days", lambda *place: known(*place) - {day})
        code, lines = run("check_deadlines", json=True)
        moved = json.loads(lines[0])["moved"]
        assert code == 0
        assert {(each["order_number"], each["deadline"]) for each in moved} == {
            (orders[0].number, "confirm_deadline"),
            (orders[0].number, "warn_at"),
            (orders[1].number, "ship_by"),
            (orders[1].number, "confirm_deadline"),
            (orders[1].number, "warn_at"),
        }
        counted = deadlines.of(order.seller.marketplace, [2], order.authorised_at)
        assert str(counted.ship_by) in {each["today"] for each in moved}
        assert run("check_deadlines")[1][-1].startswith("Deadlines that would be counted otherwise today: 5;")
        assert list(Order.objects.order_by("pk").values()) == stored

    def test_orders_that_are_done_are_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        order = authorised((ListingFactory(), 1), now=clock.now())
        lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=clock.now())
        Order.objects.update(ship_by=clock.now())
        assert Order.objects.get().status == OrderStatus.CANCELED
        assert "today: 0;" in run("check_deadlines")[1][0]


class TestIssueChannelToken:
    def test_it_opens_the_channel_and_is_shown_once(self) -> None:
        channel = ChannelFactory(slug="web")
        code, (line,) = run("issue_channel_token", "web", days=30)
        secret = line.split(": ")[1]
        token = ChannelToken.objects.get()
        assert (code, line.startswith("Token of web, until ")) == (0, True)
        assert ChannelToken.objects.of_secret(secret).valid(clock.now()).get().channel == channel
        assert timedelta(days=29) < token.expires_at - clock.now() <= timedelta(days=30)
        assert secret not in json.dumps(list(ChannelToken.objects.values()), default=str)

    def test_for_machines(self) -> None:
        ChannelFactory(slug="web")
        told = json.loads(run("issue_channel_token", "web", json=True)[1][0])
        assert told.keys() == {"channel", "token", "expires_at"}
        assert ChannelToken.objects.of_secret(told["token"]).exists()

    def test_earlier_tokens_go_on(self) -> None:
        ChannelFactory(slug="web")
        run("issue_channel_token", "web")
        run("issue_channel_token", "web")
        assert ChannelToken.objects.valid(clock.now()).count() == 2

    @pytest.mark.parametrize(("slug", "days"), [("nowhere", 30), ("web", 0), ("web", -1), ("web", 3651)])
    def test_refused(self, slug: str, days: int) -> None:
        ChannelFactory(slug="web")
        with pytest.raises(CommandError):
            run("issue_channel_token", slug, days=days)
        assert not ChannelToken.objects.exists()
