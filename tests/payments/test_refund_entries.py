"""What a refund writes into the ledger, to the minor unit, and that it is written once (R7, P2)."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments import audit, calls, ledger
from payments.models import LedgerEntry, Payment
from payments.providers.base import Outcome, Status
from payments.states import Operation
from tests.factories import MarketplaceFactory, SellerFactory
from tests.payments.helpers import NOW, asked, authorised, done_at_provider, finish, refunded

pytestmark = pytest.mark.django_db
BROKEN_DOWN = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def charged(seller, total: int = 1_000, token: str = "tok_approve") -> Payment:
    return finish(asked(authorised(seller, token, total), Operation.CAPTURE)).payment


def test_a_refund_is_one_balanced_transaction_and_gives_four_fifths_of_its_fee_back_p2(seller):
    payment = charged(seller)
    call = refunded(payment, 200)
    entries = call.entries.order_by("pk")
    assert [(e.kind, e.account, e.amount) for e in entries] == [
        ("refund", "refunds", -200),
        ("refund", "fees", 24),
        ("refund", "due", 176),
    ]
    assert len({e.transaction for e in entries}) == 1
    assert ledger.balance(payment) == ledger.Balance(1_000, 200, 126, 0, 674)
    assert list(audit.faults()) == []


def test_recording_or_booking_a_refund_twice_books_it_once_r7(seller):
    payment = charged(seller)
    call = refunded(payment, 200)
    calls.record(call.pk, Outcome(Status.APPROVED, "again"), now=NOW + timedelta(days=1))
    ledger.refund(payment, call, now=NOW + timedelta(days=1))
    assert call.entries.count() == 3
    assert done_at_provider(payment, Operation.REFUND) == 1


def test_a_refused_refund_books_nothing_and_leaves_its_amount_to_others_r7(seller):
    payment = charged(seller, token="tok_refund_fails")
    assert finish(asked(payment, Operation.REFUND, 1_000)).state == "refused"
    assert ledger.balance(payment) == ledger.Balance(1_000, 0, 150, 0, 850)
    assert asked(payment, Operation.REFUND, 1_000).is_open


def test_several_refunds_never_exceed_the_charge_r3(seller):
    payment = charged(seller)
    refunded(payment, 600)
    asked(payment, Operation.REFUND, 300)
    for amount in (101, 1_000, 0, -1):
        with pytest.raises(calls.CallRefused):
            asked(payment, Operation.REFUND, amount)
    refunded(payment, 100)
    with pytest.raises(calls.CallRefused):
        asked(payment, Operation.REFUND, 1)


# Amount, fee of 12.34 %, what of it comes back with one refund of a third and one of the rest.
EDGES = {
    "USD": (9_999, 1_234, 329, 658),
    "JPY": (333, 41, 11, 22),
    "KWD": (1, 0, 0, 0),
}


@pytest.mark.parametrize(("currency", "expected"), EDGES.items())
def test_thirds_are_rounded_to_the_currencys_own_unit_p2(db, currency, expected):
    amount, fee, first, second = expected
    market = MarketplaceFactory(currency=currency, fee_basis_points=1_234)
    payment = charged(SellerFactory(marketplace=market), amount)
    assert ledger.balance(payment).fees == fee
    calls_made = [refunded(payment, part) for part in (amount // 3, amount - amount // 3) if part]
    back = [sum(e.amount for e in call.entries.filter(account="fees")) for call in calls_made]
    assert back == ([first, second] if amount // 3 else [second])
    assert ledger.balance(payment).fees == fee - first - second
    assert list(audit.faults()) == []


@BROKEN_DOWN
@given(
    parts=st.lists(st.integers(1, 10**9), min_size=1, max_size=6),
    basis_points=st.integers(0, 10_000),
    kept=st.integers(0, 10_000),
)
def test_in_pieces_it_ends_at_the_same_unit_as_whole_p2(seller, parts, basis_points, kept):
    market = seller.marketplace
    market.fee_basis_points, market.refund_fee_kept_basis_points = basis_points, kept
    market.save()
    pieces, whole = charged(seller, sum(parts)), charged(seller, sum(parts))
    for part in parts:
        refunded(pieces, part)
        figures = ledger.balance(pieces)
        assert figures.charges - figures.refunds - figures.fees == figures.paid_out + figures.due
        assert 0 <= figures.fees <= figures.charges
    refunded(whole, sum(parts))
    assert ledger.balance(pieces) == ledger.balance(whole)
    fee = ledger.fee_of(sum(parts), basis_points)
    given_back = (Decimal(fee) * (10_000 - kept) / 10_000).quantize(Decimal(1), ROUND_HALF_UP)
    assert ledger.balance(pieces).fees == fee - given_back
    assert list(audit.faults()) == []


def test_the_share_kept_is_the_one_of_the_day_of_the_charge(seller):
    payment = charged(seller)
    seller.marketplace.refund_fee_kept_basis_points = 10_000
    seller.marketplace.save()
    refunded(payment, 1_000)
    assert ledger.balance(payment) == ledger.Balance(1_000, 1_000, 30, 0, -30)
    assert list(audit.faults()) == []


def test_the_database_refuses_a_second_booking_of_the_same_refund(seller):
    payment = charged(seller)
    call = refunded(payment, 200)
    with pytest.raises(IntegrityError, match="ledger_call_booked_once"), transaction.atomic():
        ledger._book(payment, "refund", {"refunds": -200, "due": 200}, NOW, call=call)


def test_an_entry_of_a_refund_names_its_call(seller):
    payment = charged(seller)
    with pytest.raises(IntegrityError, match="ledger_entry_has_its_call"), transaction.atomic():
        ledger._book(payment, "refund", {"refunds": -200, "due": 200}, NOW)
    assert LedgerEntry.objects.count() == 3
