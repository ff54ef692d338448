"""Settlement periods and what they pay, at their edges (P1, P2)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from payments import audit, ledger, statements
from payments.models import LedgerEntry, Payment, Statement, StatementLine
from tests.factories import SellerFactory
from tests.payments.helpers import NOW, charged, refunded

# The statements are closed in transactions of their own; see conftest.py on why a test may stand around them.
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# NOW is 4:00 on 2 March in Los Angeles; the first period is 2 to 15 March, and its first charge is due on the 16th.
SECOND_CLOSES = datetime(2026, 3, 30, 6, 59, 59, 999_999, tzinfo=UTC)  # the end of the 29th, in summer time


def closed(seller, now: datetime) -> list[Statement]:
    """All that is due at this moment, closed."""
    statements.sweep(now)
    assert list(audit.faults()) == []
    return list(seller.statements.closed().order_by("number"))


def figures(statement: Statement) -> tuple[int, ...]:
    return (
        statement.orders,
        statement.carried_over,
        statement.charges,
        statement.refunds,
        statement.fees,
        statement.paid_out,
        statement.carried_forward,
    )


def test_a_seller_without_a_charge_has_no_statement(seller):
    assert statements.sweep(NOW) == statements.Done(0, [])


def test_the_first_period_begins_with_the_first_charge_and_has_the_settlement_days_p1(seller):
    charged(seller)
    assert statements.sweep(NOW).opened == 1
    assert statements.sweep(NOW).opened == 0
    first = seller.statements.get()
    assert (first.number, first.currency, first.state) == (1, "USD", "open")
    assert (first.opens_on, first.closes_on) == (date(2026, 3, 2), date(2026, 3, 15))
    assert first.closes_at == datetime(2026, 3, 16, 6, 59, 59, 999_999, tzinfo=UTC)


def test_what_is_available_by_the_last_day_is_paid_and_what_is_not_waits_p1(seller):
    early = charged(seller)
    in_time = charged(seller, 2_000, now=NOW + 13 * DAY)
    late = charged(seller, 4_000, now=NOW + 14 * DAY)
    assert [payment.available_on.day for payment in (early, in_time, late)] == [16, 29, 30]
    first, second = closed(seller, SECOND_CLOSES + timedelta(microseconds=1))
    assert figures(first) == (0, 0, 0, 0, 0, 0, 0)
    assert figures(second) == (2, 0, 3_000, 0, 450, 2_550, 0)
    assert [ledger.balance(p) for p in (early, in_time, late)] == [
        ledger.Balance(1_000, 0, 150, 850, 0),
        ledger.Balance(2_000, 0, 300, 1_700, 0),
        ledger.Balance(4_000, 0, 600, 0, 3_400),
    ]
    assert list(second.lines.order_by("pk").values_list("payment", "day", "amount")) == [
        (early.pk, date(2026, 3, 16), 850),
        (in_time.pk, date(2026, 3, 29), 1_700),
    ]
    assert set(LedgerEntry.objects.filter(kind="payout").values_list("statement", flat=True)) == {second.pk}


def test_a_period_is_over_when_its_last_day_is_over_where_the_marketplace_is_p1(seller):
    charged(seller)
    statements.sweep(NOW)
    assert statements.sweep(SECOND_CLOSES - 14 * DAY).closed == []
    assert len(closed(seller, SECOND_CLOSES)) == 1  # the first; the second has this last moment yet
    assert len(closed(seller, SECOND_CLOSES + timedelta(microseconds=1))) == 2


def test_closing_again_changes_nothing(seller):
    charged(seller)
    closed(seller, SECOND_CLOSES + DAY)
    before = LedgerEntry.objects.count(), StatementLine.objects.count(), Statement.objects.count()
    assert statements.sweep(SECOND_CLOSES + DAY) == statements.Done(0, [])
    assert (LedgerEntry.objects.count(), StatementLine.objects.count(), Statement.objects.count()) == before
    assert statements.close(seller.statements.get(number=2).pk, now=SECOND_CLOSES + DAY) is None


def test_a_refund_before_the_payout_is_taken_from_it(seller):
    payment = charged(seller)
    refunded(payment, 200, now=NOW + DAY)
    _first, second = closed(seller, SECOND_CLOSES + DAY)
    assert figures(second) == (1, 0, 1_000, 200, 126, 674, 0)
    assert ledger.balance(payment) == ledger.Balance(1_000, 200, 126, 674, 0)


def test_an_order_that_was_refunded_whole_stands_on_its_statement_though_it_pays_nothing(seller):
    seller.marketplace.refund_fee_kept_basis_points = 0
    seller.marketplace.save()
    payment = charged(seller)
    refunded(payment, 1_000)
    _first, second = closed(seller, SECOND_CLOSES + DAY)
    assert figures(second) == (1, 0, 1_000, 1_000, 0, 0, 0)
    assert not payment.entries.filter(kind="payout").exists()
    assert Payment.objects.get().settles_on is None


def test_a_refund_after_the_payout_is_taken_from_the_next_one_p2(seller):
    payment = charged(seller)
    charged(seller, 5_000, now=NOW + 20 * DAY)
    closed(seller, SECOND_CLOSES + DAY)
    refunded(payment, 1_000, now=SECOND_CLOSES + 2 * DAY)
    assert ledger.balance(payment) == ledger.Balance(1_000, 1_000, 30, 850, -880)
    third = closed(seller, SECOND_CLOSES + 15 * DAY)[2]
    assert figures(third) == (2, 0, 5_000, 1_000, 630, 3_370, 0)
    assert ledger.balance(payment) == ledger.Balance(1_000, 1_000, 30, -30, 0)
    assert list(payment.lines.order_by("pk").values_list("statement__number", "amount")) == [
        (2, 850),
        (3, -880),
    ]


def test_less_than_nothing_is_not_paid_but_carried_into_the_next_period(seller):
    payment = charged(seller)
    closed(seller, SECOND_CLOSES + DAY)
    refunded(payment, 1_000, now=SECOND_CLOSES + 2 * DAY)
    charged(seller, 2_000, now=SECOND_CLOSES + 3 * DAY)
    third, fourth = closed(seller, SECOND_CLOSES + 29 * DAY)[2:]
    assert figures(third) == (1, 0, 0, 1_000, -120, 0, -880)
    assert figures(fourth) == (1, -880, 2_000, 0, 300, 820, 0)
    assert seller.statements.running().get().carried_over == 0


def test_after_a_standstill_each_period_has_what_came_in_it(seller):
    """However late the sweep is, a refund of after the period is not in it (P1)."""
    payment = charged(seller)
    refunded(payment, 200, now=SECOND_CLOSES + timedelta(seconds=1))
    one, two, three = closed(seller, SECOND_CLOSES + 15 * DAY)
    assert figures(two) == (1, 0, 1_000, 0, 150, 850, 0)
    assert figures(three) == (1, 0, 0, 200, -24, 0, -176)
    assert (one.closes_on + DAY, two.closes_on + DAY) == (two.opens_on, three.opens_on)


def test_without_settlement_days_each_day_is_a_period_p1(seller):
    seller.marketplace.settlement_days = 0
    seller.marketplace.save()
    charged(seller)
    (first,) = closed(seller, NOW + DAY)
    assert (first.opens_on, first.closes_on) == (date(2026, 3, 2), date(2026, 3, 2))
    assert figures(first) == (1, 0, 1_000, 0, 150, 850, 0)


def test_an_order_without_a_price_is_on_no_statement(seller):
    charged(seller, 0)
    assert [figures(each) for each in closed(seller, SECOND_CLOSES + DAY)] == [(0,) * 7] * 2


def test_the_money_of_another_seller_is_not_touched(seller):
    other = SellerFactory(marketplace=seller.marketplace)
    mine, theirs = charged(seller), charged(other, 3_000)
    closed(seller, SECOND_CLOSES + DAY)
    assert [p.entries.get(account="paid_out").statement.seller for p in (mine, theirs)] == [seller, other]


def test_it_is_closed_in_batches_without_a_query_for_each_order(
    seller, monkeypatch, django_assert_num_queries
):
    for n in range(7):
        charged(seller, 1_000 + n)
    statements.sweep(NOW)
    statements.close(seller.statements.get().pk, now=SECOND_CLOSES + DAY)
    monkeypatch.setattr(statements, "BATCH", 3)
    pk = seller.statements.running().get().pk
    each = (
        2 + 4
    )  # a savepoint around it; the statement, the payments, the lines with their payouts, the payments
    with django_assert_num_queries(3 * each + 3):
        statement = statements.close(pk, now=SECOND_CLOSES + DAY)
    assert figures(statement) == (7, 0, 7_021, 0, 1_053, 5_968, 0)
    assert list(audit.faults()) == []


def test_a_closed_statement_and_its_lines_never_change(seller):
    charged(seller)
    _first, second = closed(seller, SECOND_CLOSES + DAY)
    for change in (
        lambda: Statement.objects.filter(pk=second.pk).update(paid_out=1),
        lambda: Statement.objects.filter(pk=second.pk).delete(),
        lambda: StatementLine.objects.update(amount=1),
        lambda: StatementLine.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match=r"Cannot|permission denied"), transaction.atomic():
            change()


def test_what_is_refunded_between_two_batches_of_a_close_is_for_the_next_statement_p1(seller, monkeypatch):
    """Its clock lags a little behind the period's end; the statement closes all the same, and pays nothing twice."""
    monkeypatch.setattr(statements, "BATCH", 1)
    first, _second = charged(seller), charged(seller)
    statements.sweep(NOW)
    statements.close(seller.statements.get().pk, now=SECOND_CLOSES)
    statement = seller.statements.running().get()
    hold, looks = statements._hold, []

    def hold_once(pk, now):
        looks.append(pk)
        return hold(pk, now) if len(looks) == 1 else None

    after = SECOND_CLOSES + timedelta(seconds=1)
    monkeypatch.setattr(statements, "_hold", hold_once)
    assert statements.close(statement.pk, now=after) is None
    refunded(first, 500, now=statement.closes_at - timedelta(seconds=30))
    monkeypatch.setattr(statements, "_hold", hold)
    assert closed(seller, after)[-1].orders == 2
    third = closed(seller, after + 14 * DAY)[-1]
    assert (third.orders, third.refunds) == (1, 500)
