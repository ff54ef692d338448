"""What Stripe reports later: disputes, refunds that fail after all, ended holds, lost answers (P2, P3, R7).

The real library asks a server whose disputes, holds and failed refunds are planted: localstripe knows none of them.
"""

from datetime import timedelta

import pytest

from notifications import notices
from notifications.models import Notice
from notifications.states import Kind
from orders import sweeps
from orders.lists import attention
from orders.lists.attention import Attention
from orders.models import Order
from orders.states import EventKind
from payments import audit, calls, ledger, statements
from payments.models import Dispute, LedgerEntry, Payment, ProviderCall, ProviderEvent, StatementLine
from payments.states import CallState, Operation, PaymentState
from refunds import amounts, buyer_words, refunds
from refunds.models import Refund
from refunds.states import RefundState
from tests.factories import MINUTE, NOON, ListingFactory, MembershipFactory
from tests.helpers import SYSTEM, authorised, place, ship
from tests.payments.provider_news import deliver, follow, payload, report, shown  # noqa: F401
from tests.payments.test_stripe import CARD, address, books, intents, trouble  # noqa: F401
from tests.refunds.steps import opened_return, refund, send_all

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)
DISPUTE = {"id": "dp_1", "object": "dispute"}


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    monkeypatch.setattr("accounts.clock.now", lambda: NOON)


@pytest.fixture
def order(shown) -> Order:  # noqa: F811
    """Charged at the server: 2 × 10.00, 0.80 tax each, 5.00 shipping."""
    return ship(authorised((ListingFactory(on_hand=9), 2), payment_token=CARD))


def payment_of(order: Order) -> Payment:
    return Payment.objects.get(order=order)


def kinds(order: Order) -> list[str]:
    return list(order.events.values_list("kind", flat=True))


def intent_of(order: Order, status: str, **more: object) -> dict[str, object]:
    """The order's payment as Stripe may show it."""
    reference = payment_of(order).provider_reference
    return {"id": reference, "object": "payment_intent", "status": status, "metadata": {}, **more}


class TestDisputes:
    def test_what_is_withdrawn_is_taken_from_the_seller_and_the_ledger_balances(self, order, shown):  # noqa: F811
        due = payment_of(order).due_amount
        shown.dispute(payment_of(order).provider_reference, "needs_response", -1_000)
        report("charge.dispute.created", DISPUTE, LATER)
        balance = ledger.balance(payment_of(order))
        assert (balance.refunds, balance.due) == (1_000, payment_of(order).due_amount)
        assert balance.charges - balance.refunds - balance.fees == balance.due
        assert due - balance.due == 1_000 - 120  # the fee on it comes back, less a fifth
        assert kinds(order)[-2:] == [EventKind.DISPUTE_OPENED, EventKind.DISPUTE_WITHDRAWN]
        assert list(audit.faults()) == []

    def test_won_it_comes_back_to_the_unit(self, order, shown):  # noqa: F811
        before = ledger.balance(payment_of(order))
        reference = payment_of(order).provider_reference
        for status, moved in (
            ("needs_response", [-1_000]),
            ("under_review", [-1_000]),
            ("won", [-1_000, 1_000]),
        ):
            shown.dispute(reference, status, *moved)
            report("charge.dispute.updated", DISPUTE, LATER)
        assert ledger.balance(payment_of(order)) == before
        assert kinds(order)[-4:] == [
            EventKind.DISPUTE_OPENED,
            EventKind.DISPUTE_WITHDRAWN,
            EventKind.DISPUTE_RETURNED,
            EventKind.DISPUTE_WON,
        ]
        assert list(audit.faults()) == []

    def test_lost_it_stays_withdrawn(self, order, shown):  # noqa: F811
        shown.dispute(payment_of(order).provider_reference, "lost", -1_000)
        report("charge.dispute.closed", DISPUTE, LATER)
        assert (ledger.balance(payment_of(order)).refunds, kinds(order)[-1]) == (
            1_000,
            EventKind.DISPUTE_LOST,
        )

    def test_an_inquiry_that_moves_no_money_books_nothing(self, order, shown):  # noqa: F811
        shown.dispute(payment_of(order).provider_reference, "warning_needs_response")
        report("charge.dispute.created", DISPUTE, LATER)
        shown.dispute(payment_of(order).provider_reference, "warning_closed")
        report("charge.dispute.closed", DISPUTE, LATER)
        assert (ledger.balance(payment_of(order)).refunds, kinds(order)[-1]) == (0, EventKind.DISPUTE_CLOSED)

    def test_events_out_of_order_and_again_end_where_the_provider_is(self, order, shown):  # noqa: F811
        shown.dispute(payment_of(order).provider_reference, "lost", -1_000)
        for kind in ("closed", "created", "funds_withdrawn", "updated", "created"):
            report(f"charge.dispute.{kind}", DISPUTE, LATER)
        assert LedgerEntry.objects.filter(kind="dispute").count() == 3
        assert [kind for kind in kinds(order) if kind.startswith("dispute")] == [
            EventKind.DISPUTE_OPENED,
            EventKind.DISPUTE_WITHDRAWN,
            EventKind.DISPUTE_LOST,
        ]

    def test_after_the_payout_it_is_a_line_of_the_next_statement(self, order, shown):  # noqa: F811
        statements.sweep(NOON + timedelta(days=30))
        shown.dispute(payment_of(order).provider_reference, "lost", -1_000)
        report("charge.dispute.closed", DISPUTE, NOON + timedelta(days=31))
        statements.sweep(NOON + timedelta(days=90))
        assert [line.refunds for line in StatementLine.objects.order_by("pk")] == [0, 1_000]
        assert list(audit.faults()) == []

    def test_the_seller_is_told(self, order, shown):  # noqa: F811
        MembershipFactory(seller=order.seller)
        shown.dispute(payment_of(order).provider_reference, "lost", -1_000)
        later = NOON + timedelta(days=3650)  # what happened long ago is not told
        report("charge.dispute.closed", DISPUTE, later)
        notices.write_due(later)
        assert Notice.objects.filter(order=order, kind=Kind.DISPUTE).count() == 2  # opened, lost

    def test_the_home_page_and_its_list_count_open_disputes(self, order, shown):  # noqa: F811
        shown.dispute(payment_of(order).provider_reference, "needs_response", -1_000)
        report("charge.dispute.created", DISPUTE, LATER)
        assert list(attention.orders(order.seller, Attention.DISPUTED, LATER)) == [order]
        shown.dispute(payment_of(order).provider_reference, "under_review", -1_000)
        report("charge.dispute.updated", DISPUTE, LATER)
        assert attention.count(order.seller, LATER)[Attention.DISPUTED] == 0

    def test_what_is_disputed_cannot_be_refunded_as_well(self, order, shown):  # noqa: F811
        whole = payment_of(order).captured_amount
        shown.dispute(payment_of(order).provider_reference, "needs_response", -whole, amount=whole)
        report("charge.dispute.created", DISPUTE, LATER)
        made = refund(order)
        send_all()
        made.refresh_from_db()
        assert made.state == RefundState.FAILED

    def test_a_dispute_of_somebody_elses_charge_is_ignored(self, order, shown):  # noqa: F811
        shown.dispute("pi_of_another_shop", "lost", -1_000)
        report("charge.dispute.closed", DISPUTE, LATER)
        assert (ProviderEvent.objects.get().state, Dispute.objects.count()) == ("ignored", 0)


class TestRefundsThatFailLater:
    @pytest.fixture
    def done(self, order) -> Refund:
        made = refund(order)
        send_all()
        made.refresh_from_db()
        assert made.state == RefundState.DONE
        return made

    @pytest.mark.parametrize("status", ["failed", "canceled"])
    def test_money_that_came_back_is_the_sellers_and_can_be_refunded_again(self, order, done, shown, status):  # noqa: F811
        fresh = ledger.Balance(2_660, 0, 399, 0, 2_261)
        report("refund.failed", shown.refund(done, status), LATER)
        done.refresh_from_db()
        assert (done.state, done.error) == (RefundState.FAILED, "the buyer's bank sent the money back.")
        assert (ledger.balance(payment_of(order)), amounts.refunded(order)) == (fresh, 0)
        assert (kinds(order)[-1], list(audit.faults())) == (EventKind.REFUND_FAILED, [])

    def test_tried_again_it_is_refunded_once_in_the_end(self, order, done, shown):  # noqa: F811
        about = shown.refund(done, "failed")
        report("refund.failed", about, LATER)
        refunds.retry(done, actor=SYSTEM, now=LATER)
        send_all(LATER)
        report("refund.updated", about, LATER + MINUTE)
        done.refresh_from_db()
        assert (done.state, ledger.balance(payment_of(order)).refunds) == (RefundState.DONE, done.amount)
        assert list(audit.faults()) == []

    def test_its_return_no_longer_tells_the_buyer_that_they_were_refunded(self, order, shown):  # noqa: F811
        done = refund(order, return_=opened_return(order))
        send_all()
        done.refresh_from_db()
        assert [each.sentence for each in buyer_words.told(order)["returns"]] == ["You were refunded."]
        report("refund.failed", shown.refund(done, "failed"), LATER)
        (back,) = buyer_words.told(order)["returns"]
        assert back.sentence == "Your bank sent the refund back. The seller knows and can refund you again."

    def test_reported_again_and_again_it_is_booked_once(self, order, done, shown):  # noqa: F811
        about = shown.refund(done, "failed")
        for kind in ("refund.failed", "refund.updated", "refund.failed", "refund.created"):
            report(kind, about, LATER)
        assert LedgerEntry.objects.filter(kind="refund_returned").count() == 3
        assert kinds(order).count(EventKind.REFUND_FAILED) == 1

    def test_an_old_event_of_a_refund_that_stands_changes_nothing(self, done, shown):  # noqa: F811
        report("refund.failed", shown.refund(done, "succeeded"), LATER)
        done.refresh_from_db()
        assert done.state == RefundState.DONE

    def test_a_refund_made_past_the_portal_calls_for_the_operator(self, order, shown):  # noqa: F811
        about = {"id": "re_9", "object": "refund", "payment_intent": payment_of(order).provider_reference}
        shown("/v1/refunds/re_9", {**about, "status": "succeeded", "metadata": {}})
        report("refund.created", about, LATER)
        assert ProviderEvent.objects.get().needs_attention


class TestHolds:
    def test_a_capture_whose_answer_was_lost_is_learned_from_the_webhook(self, shown, trouble):  # noqa: F811
        order = authorised((ListingFactory(), 2), payment_token=CARD)
        trouble("drop")
        ship(order)
        assert payment_of(order).state == PaymentState.CAPTURING
        report("payment_intent.succeeded", intent_of(order, "succeeded"), LATER)
        order.refresh_from_db()
        assert (payment_of(order).state, order.status) == (PaymentState.CAPTURED, "shipped")

    def test_an_authorization_whose_answer_was_lost_is_found_by_its_call(self, shown, trouble, books):  # noqa: F811
        trouble("no-keys")
        trouble("drop")
        order = place((ListingFactory(), 2), payment_token=CARD)
        sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
        (made,) = intents(books, ProviderCall.objects.get().key)
        report("payment_intent.amount_capturable_updated", {"id": made.id, "object": "payment_intent"}, LATER)
        order.refresh_from_db()
        assert (order.status, payment_of(order).provider_reference) == ("unshipped", made.id)

    def test_a_hold_that_ended_is_said_once_and_renewed(self, shown, books):  # noqa: F811
        order = authorised((ListingFactory(), 2), payment_token=CARD)
        old = payment_of(order).provider_reference
        books.v1.payment_intents.cancel(old)
        about = {"id": old, "object": "payment_intent"}
        for kind in ("payment_intent.canceled", "charge.expired", "payment_intent.canceled"):
            report(kind, about, LATER)
        while follow(LATER):
            pass
        assert kinds(order).count(EventKind.HOLD_ENDED) == 1
        sweeps.run(sweeps.renew_holds, now=LATER, actor=SYSTEM)
        payment = payment_of(order)
        assert (payment.state, payment.provider_reference != old) == (PaymentState.AUTHORISED, True)
        assert kinds(order)[-1] == EventKind.HOLD_RENEWED

    def test_a_stray_hold_is_let_go(self, shown, books):  # noqa: F811
        order = authorised((ListingFactory(), 2), payment_token=CARD)
        asked = calls.request(payment_of(order), Operation.RENEW, order.total, now=NOON)
        ProviderCall.objects.filter(pk=asked.pk).update(
            state=CallState.REFUSED, finished_at=NOON, next_try_at=None
        )
        stray = books.v1.payment_intents.create(
            {
                "amount": 2_660,
                "currency": "usd",
                "payment_method": CARD,
                "capture_method": "manual",
                "confirm": True,
                "metadata": {"call": str(asked.key)},
            }
        )
        about = {"id": stray.id, "object": "payment_intent"}
        for _time in range(2):
            report("payment_intent.amount_capturable_updated", about, LATER)
        sweeps.run(sweeps.finish_provider_calls, now=LATER, actor=SYSTEM)
        assert books.v1.payment_intents.retrieve(stray.id).status == "canceled"
        assert (
            books.v1.payment_intents.retrieve(payment_of(order).provider_reference).status
            == "requires_capture"
        )

    def test_a_payment_of_another_shop_is_ignored(self, shown):  # noqa: F811
        report("payment_intent.succeeded", {"id": "pi_unknown", "object": "payment_intent"}, LATER)
        assert ProviderEvent.objects.get().state == "ignored"
