"""The kept counts are the real counts in every transaction, whoever writes and however (O1, ADR 0005).

After each operation of the lifecycle they are checked in test_desk.py, after random ones in test_machine.py.
"""

import itertools
import threading
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from io import StringIO

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Seller
from orders import lifecycle, sweeps
from orders.entry import intake
from orders.lists import counts
from orders.models import Order, OrderCount
from orders.states import CancelReason, Tab
from payments.models import Payment
from tests.factories import NOON, ChannelFactory, ListingFactory
from tests.helpers import CHANNEL, SYSTEM, at_once, authorised, new_order, place

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)

# In one statement, so of one moment: every (seller, status, day) whose kept count is not its real one.
DIFFERENCES = """
    SELECT seller_id, status, placed_on, sum(kept) AS kept, sum(counted) AS counted FROM (
        SELECT seller_id, status, placed_on, change AS kept, 0 AS counted FROM orders_ordercount
        UNION ALL SELECT seller_id, status, placed_on, 0, 1 FROM orders_order
    ) AS rows GROUP BY 1, 2, 3 HAVING sum(kept) <> sum(counted)
"""
COLUMNS = [field.column for field in Order._meta.concrete_fields if field.column not in ("id", "payment_id")]


def differences() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES)
        return cursor.fetchall()


def sql(statement: str, *values: object) -> int:
    """Run a plain statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


@pytest.fixture
def listing():
    return ListingFactory(on_hand=5_000)


def many(listing, count: int, days: int = 1) -> list[Order]:
    """So many Pending orders, spread over so many days."""
    channel = ChannelFactory(marketplace=listing.seller.marketplace)
    news = [new_order((listing, 1), placed_at=NOON - n % days * DAY) for n in range(count)]
    results = intake.place(news, seller=listing.seller, channel=channel, actor=CHANNEL, now=NOON)
    return [result.order for result in results]


def copies(orders: list[Order]) -> str:
    """What COPY takes: the same orders again, as of another load, with payments of their own."""
    payments = Payment.objects.bulk_create(
        Payment(
            seller=order.seller,
            order_number=f"0{order.number[1:]}",
            currency=order.currency,
            amount=order.total,
            token="tok_approve",
            provider="sandbox",
            created_at=NOON,
        )
        for order in orders
    )
    lines = []
    for order, payment in zip(orders, payments, strict=True):
        values = {name: getattr(order, name) for name in COLUMNS}
        values |= {"number": payment.order_number, "reference": payment.order_number}
        texts = ["\\N" if value is None else str(value) for value in [*values.values(), payment.pk]]
        lines.append("\t".join(texts))
    return "\n".join(lines)


def bulk_load(orders: list[Order]) -> None:
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY orders_order ({', '.join(COLUMNS)}, payment_id) FROM STDIN", StringIO(copies(orders))
        )


CANCEL_IN_SQL = """
    UPDATE orders_order SET status = 'canceled', canceled_at = now(), canceled_by = 'marketplace',
        cancel_reason = 'general_adjustment' WHERE id = ANY(%s)
"""


class TestPlainSQL:
    def test_a_load_by_copy(self, listing):
        orders = many(listing, 60, days=3)
        rows = OrderCount.objects.count()
        bulk_load(orders)
        assert counts.by_tab(listing.seller)[Tab.PENDING] == Order.objects.count() == 120
        # One row for each day, not for each order.
        assert OrderCount.objects.count() == rows + 3
        assert differences() == []

    def test_an_update_of_many_to_several_statuses_in_one_statement(self, listing):
        orders = many(listing, 30, days=2)
        ids = [order.pk for order in orders]
        moved = sql(
            "UPDATE orders_order SET authorised_at = now(), ship_by = now(), confirm_deadline = now(),"
            " status = CASE WHEN id %% 3 = 0 THEN 'unshipped' ELSE status END WHERE id = ANY(%s)",
            ids,
        )
        expected = Counter("unshipped" if pk % 3 == 0 else "pending" for pk in ids)
        assert (moved, differences()) == (30, [])
        assert {tab: n for tab, n in counts.by_tab(listing.seller).items() if n} == expected

    def test_a_delete_takes_them_off_the_lists(self, listing):
        orders = many(listing, 20, days=2)
        bulk_load(orders)
        assert sql("DELETE FROM orders_order WHERE number LIKE '0%%' AND placed_on = %s", NOON.date()) == 10
        assert counts.by_tab(listing.seller)[Tab.PENDING] == 30
        assert differences() == []

    def test_what_changes_no_status_adds_no_row(self, listing):
        orders = many(listing, 5)
        rows = OrderCount.objects.count()
        sql("UPDATE orders_order SET total = total + 1, status = status")
        sql("UPDATE orders_order SET status = 'canceled' WHERE id < 0")
        assert (OrderCount.objects.count(), len(orders)) == (rows, 5)

    @pytest.mark.parametrize(
        "change", ["placed_on = placed_on - 1", "seller_id = (SELECT max(id) FROM accounts_seller)"]
    )
    def test_nothing_moves_to_another_day_or_seller(self, listing, change):
        many(listing, 2)
        ListingFactory()
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(f"UPDATE orders_order SET {change}")
        assert differences() == []

    def test_what_is_rolled_back_was_never_counted(self, listing):
        orders = many(listing, 6)
        before = list(OrderCount.objects.order_by("pk").values())
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            sql(CANCEL_IN_SQL, [order.pk for order in orders])
            assert counts.by_tab(listing.seller)[Tab.CANCELED] == 6
            assert differences() == []
            raise ZeroDivisionError
        assert list(OrderCount.objects.order_by("pk").values()) == before
        assert differences() == []

    def test_a_statement_that_fails_half_way_counts_nothing(self, listing):
        orders = many(listing, 6)
        lifecycle.cancel(orders[3], reason=CancelReason.PRICING_ERROR, actor=SYSTEM, now=NOON)
        with pytest.raises(DatabaseError), transaction.atomic():
            sql("UPDATE orders_order SET status = 'unshipped', canceled_at = NULL, canceled_by = ''")
        assert counts.by_tab(listing.seller) == {"pending": 5, "unshipped": 0, "shipped": 0, "canceled": 1}
        assert differences() == []

    def test_upserts_count_what_they_insert_and_what_they_move(self, listing):
        orders = many(listing, 4)
        columns = ", ".join([*COLUMNS, "payment_id"])
        sql(
            f"INSERT INTO orders_order ({columns}) SELECT {columns} FROM orders_order"
            " ON CONFLICT (number) DO UPDATE SET status = 'canceled', canceled_at = now(),"
            " canceled_by = 'seller', cancel_reason = 'pricing_error'"
        )
        assert counts.by_tab(listing.seller)[Tab.CANCELED] == len(orders)
        assert differences() == []


class TestFolding:
    def test_it_leaves_one_row_for_each_figure_and_none_for_nothing(self, listing):
        orders = many(listing, 40, days=4)
        for order in orders[:10]:
            lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
        many(listing, 8, days=4)
        assert sweeps.run(sweeps.fold_counts, now=NOON, actor=SYSTEM) > 0
        kept = OrderCount.objects.values_list("status", "placed_on", "change").order_by("status", "placed_on")
        real = Counter(Order.objects.values_list("status", "placed_on"))
        assert {(status, day): change for status, day, change in kept} == real
        assert len(kept) == len(real)
        assert sweeps.run(sweeps.fold_counts, now=NOON, actor=SYSTEM) == 0

    def test_what_came_to_nothing_is_gone(self, listing):
        for order in many(listing, 3):
            lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
        sweeps.run(sweeps.fold_counts, now=NOON, actor=SYSTEM)
        assert list(OrderCount.objects.values_list("status", "change")) == [("canceled", 3)]


def fold_in_two_steps(now, actor) -> int:
    """What a fold must not be: the rows go in one transaction, their sum comes in the next."""
    with transaction.atomic():
        found = Counter()
        for row in OrderCount.objects.select_for_update(skip_locked=True):
            found[row.seller_id, row.status, row.placed_on] += row.change
        OrderCount.objects.all().delete()
    time.sleep(0.002)
    for (seller, status, day), change in found.items():
        OrderCount.objects.create(seller_id=seller, status=status, placed_on=day, change=change)
    return 0


ENOUGH = 20


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Writers, folders and readers together; each reader compares both counts in one statement."""

    def storm(self, fold, seconds: float) -> tuple[list[object], Counter]:
        """What was wrong, and how often each of them got through."""
        listing = ListingFactory(on_hand=100_000)
        channel = ChannelFactory(marketplace=listing.seller.marketplace)
        until, done, wrong = time.monotonic() + seconds, Counter(), []
        lock = threading.Lock()

        def again(name: str, work) -> None:
            for turn in itertools.count():
                late = time.monotonic() - until
                if late > 60 or (late > 0 and done[name] >= ENOUGH):
                    return
                work(turn)
                with lock:
                    done[name] += 1

        def write(turn: int) -> None:
            news = [new_order((listing, 1), placed_at=NOON - turn % 3 * DAY) for _n in range(3)]
            parties = {"seller": listing.seller, "channel": channel, "actor": CHANNEL, "now": NOON}
            orders = [result.order for result in intake.place(news, **parties)]
            lifecycle.cancel(orders[0], reason=CancelReason.PRICING_ERROR, actor=SYSTEM, now=NOON)
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                sql(CANCEL_IN_SQL, [orders[1].pk])
                raise ZeroDivisionError

        def read(_turn: int) -> None:
            wrong.extend(differences())

        workers = [*["write"] * 3, *["fold"] * 2, *["read"] * 2]
        works = {"write": write, "read": read, "fold": lambda _turn: fold(NOON, SYSTEM)}
        outcomes = at_once(*[partial(again, name, works[name]) for name in workers])
        wrong += [outcome for outcome in outcomes if outcome is not None]
        return wrong, done

    def test_o1_no_reader_ever_sees_a_wrong_count(self):
        wrong, done = self.storm(sweeps.fold_counts, seconds=4)
        assert wrong == []
        assert min(done[name] for name in ("write", "fold", "read")) >= ENOUGH, done
        seller = Seller.objects.get()
        assert counts.by_tab(seller) == {str(tab): seller.orders.on_tab(tab).count() for tab in Tab}
        assert counts.by_tab(seller)[Tab.CANCELED] == done["write"]
        sweeps.run(sweeps.fold_counts, now=NOON, actor=SYSTEM)
        assert OrderCount.objects.count() <= 6
        assert differences() == []

    def test_twin_that_folds_in_two_steps_is_seen(self):
        wrong, _done = self.storm(fold_in_two_steps, seconds=1.5)
        assert wrong != []

    def test_two_folds_at_once_count_nothing_twice(self):
        listing = ListingFactory(on_hand=1_000)
        for _n in range(20):
            place((listing, 1))
        folded = at_once(*[partial(sweeps.fold_counts, NOON, SYSTEM)] * 8)
        assert all(isinstance(each, int) for each in folded), folded
        assert counts.by_tab(listing.seller)[Tab.PENDING] == 20

    def test_an_uncommitted_change_is_not_folded_away(self):
        listing = ListingFactory(on_hand=100)
        order = authorised((listing, 1))
        place((listing, 1))
        with transaction.atomic():
            lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
            at_once(partial(sweeps.run, sweeps.fold_counts, now=NOON, actor=SYSTEM))
            assert differences() == []
        assert differences() == []
        assert counts.by_tab(listing.seller) == {"pending": 1, "unshipped": 0, "shipped": 0, "canceled": 1}
