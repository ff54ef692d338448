"""Sending: the provider gives the money back once, whatever it answers, and the books agree (R7, M6, P2)."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from accounts import clock
from orders import sweeps as order_sweeps
from orders.models import Memo
from orders.states import EventKind
from payments import calls, ledger
from payments.models import LedgerEntry, Payment, ProviderCall, SandboxOperation
from payments.states import CallState
from refunds import amounts, provider_calls, sweeps, tasks
from refunds.models import Refund
from refunds.states import RefundState
from tests.factories import MINUTE, NOON
from tests.helpers import SYSTEM
from tests.refunds.steps import ask, at_provider, charged, everything, item_of, refund, sent

pytestmark = pytest.mark.django_db


def with_token(token, *units):
    """A charged order whose refunds meet this trouble at the provider."""
    order = charged(*units)
    Payment.objects.filter(order=order).update(token=token)
    return order


def books(order):
    """Charges and refunds as the ledger has them; it adds up to zero."""
    found = ledger.balance(Payment.objects.get(order=order))
    assert found.charges - found.refunds - found.fees == found.paid_out + found.due
    assert sum(LedgerEntry.objects.filter(order_number=order.number).values_list("amount", flat=True)) == 0
    return found.charges, found.refunds


class TestAnswers:
    def test_r7_done_with_money_ledger_and_the_providers_reference(self):
        order = charged(2)
        made = sent(refund(order, memo="Sorry"))
        assert (made.state, made.sent_at, made.finished_at) == (RefundState.DONE, NOON, NOON)
        assert (at_provider(order), books(order)) == ([324], (order.total, 324))
        assert made.call.reference.startswith("sandbox_refund_")
        event = order.events.last()
        assert (event.kind, event.details["refund"], event.memo.text) == ("refund_done", made.pk, "Sorry")

    def test_r7_refused_leaves_the_money_and_frees_the_amounts(self):
        order = with_token("tok_refund_fails", 2)
        made = sent(refund(order, *everything(order), memo="Sorry"))
        assert (made.state, made.finished_at) == (RefundState.FAILED, NOON)
        assert (at_provider(order), books(order)) == ([], (order.total, 0))
        assert amounts.refunded(order) == 0
        event = order.events.last()
        assert (event.kind, event.details["why"]) == ("refund_failed", "The card was declined.")
        assert not Memo.objects.exists()
        assert list(Refund.objects.failed()) == [made]

    @pytest.mark.parametrize("token", ["tok_timeout", "tok_error_500", "tok_unreachable"])
    def test_m6_an_unknown_answer_is_settled_by_the_second_sweep(self, token):
        order = with_token(token, 2)
        made = sent(refund(order))
        assert (made.state, books(order)) == (RefundState.SENT, (order.total, 0))
        made = sent(made, NOON + MINUTE)
        assert (made.state, at_provider(order), books(order)) == (
            RefundState.DONE,
            [324],
            (order.total, 324),
        )
        assert SandboxOperation.objects.get(operation="refund").asks == 2

    def test_m6_while_nobody_answers_it_is_sent_and_counts_as_refunded(self):
        order = with_token("tok_never_answers", 2)
        made = refund(order)
        for minutes in range(0, 300, 60):
            assert sent(made, NOON + minutes * MINUTE).state == RefundState.SENT
        assert amounts.refunded(order) == 324
        assert ProviderCall.objects.get(operation="refund").attempts == 5

    def test_r7_the_same_answer_twice_is_recorded_once(self):
        order = charged(2)
        made = sent(refund(order))
        before = order.events.count()
        provider_calls.finish(made.call, actor=SYSTEM, now=NOON)
        assert (order.events.count(), books(order), at_provider(order)) == (
            before,
            (order.total, 324),
            [324],
        )

    def test_pieces_of_one_order_each_with_a_call_of_its_own(self):
        order = charged(3, 2)
        pieces = [refund(order, ask(order, 100)), refund(order, ask(order, 200, 1)), refund(order)]
        sent(pieces[-1])
        assert at_provider(order) == [108, 216, 324]
        assert books(order) == (order.total, 648)

    def test_a_payment_that_cannot_be_asked_fails_the_refund_and_says_why(self, monkeypatch):
        order = charged(2)
        made = refund(order)

        def refuse(*_args, **_kwargs):
            raise calls.CallRefused("The amount is more than the payment has left.")

        monkeypatch.setattr(calls, "request", refuse)
        made = sent(made)
        assert (made.state, made.call) == (RefundState.FAILED, None)
        assert made.error == "The amount is more than the payment has left."
        assert amounts.refunded(order) == 0

    def test_the_sweep_over_orders_leaves_refunds_to_this_one(self):
        order = with_token("tok_unreachable", 2)
        sent(refund(order))
        assert order_sweeps.finish_provider_calls(NOON + MINUTE, SYSTEM) == 0


class TestSweeps:
    def test_what_breaks_holds_up_no_other(self, monkeypatch):
        orders = [charged(2), charged(2)]
        broken, other = [refund(order) for order in orders]
        send = provider_calls.send

        def break_one(order, refund, **by):
            if refund == broken:
                raise RuntimeError
            return send(order, refund, **by)

        monkeypatch.setattr(provider_calls, "send", break_one)
        assert sent(other).state == RefundState.DONE
        broken.refresh_from_db()
        assert (broken.state, broken.due_at) == (RefundState.REQUESTED, NOON + sweeps.PAUSE_AFTER_A_FAULT)
        monkeypatch.setattr(provider_calls, "send", send)
        assert sent(broken, broken.due_at).state == RefundState.DONE

    def test_a_call_that_breaks_while_it_is_recorded_is_asked_again(self, monkeypatch):
        order = charged(2)
        made = refund(order)
        with monkeypatch.context() as patched:
            patched.setattr(provider_calls, "_follow", lambda *_args, **_by: 1 / 0)
            assert sent(made).state == RefundState.SENT
        assert ProviderCall.objects.get(operation="refund").state == CallState.SENT
        assert sent(made, NOON + MINUTE).state == RefundState.DONE
        assert (at_provider(order), books(order)) == ([324], (order.total, 324))

    def test_more_than_one_batch_is_sent_in_one_run(self):
        order = charged(2)
        for _piece in range(sweeps.CALLS_AT_ONCE + 3):
            refund(order, ask(order, 10))
        assert order_sweeps.run(sweeps.send_due, now=NOON, actor=SYSTEM) == sweeps.CALLS_AT_ONCE + 3
        assert len(at_provider(order)) == sweeps.CALLS_AT_ONCE + 3
        assert set(Refund.objects.values_list("state", flat=True)) == {RefundState.DONE}

    def test_the_tasks_do_what_the_sweeps_do(self):
        order = charged(2)
        refund(order, now=clock.now())
        assert (tasks.send_due(), tasks.finish_refund_calls()) == (1, 0)
        assert at_provider(order) == [324]


class TestCommand:
    def run(self, *args):
        out = StringIO()
        call_command("send_refunds", *args, stdout=out)
        return out.getvalue().strip()

    def test_it_says_what_it_would_do_and_what_it_did(self):
        order, waiting, late = charged(2), charged(2), with_token("tok_unreachable", 2)
        earlier = clock.now() - timedelta(days=1)
        sent(refund(late, now=earlier), earlier)
        refund(order, now=earlier)
        refund(waiting, now=clock.now(), grace=timedelta(minutes=30))
        assert self.run("--dry-run") == "Refunds sent or asked about: 2 to be done, nothing was changed."
        assert json.loads(self.run("--dry-run", "--json")) == {"count": 2, "dry_run": True}
        assert at_provider(order) == []
        assert self.run() == "Refunds sent or asked about: 2."
        assert (at_provider(order), at_provider(waiting), at_provider(late)) == ([324], [], [324])
        assert json.loads(self.run("--json")) == {"count": 0, "dry_run": False}


def test_the_event_names_the_one_who_asked_and_the_job_that_sent():
    order = charged(2)
    sent(refund(order))
    kinds = order.events.filter(kind__startswith="refund").values_list("kind", "source")
    assert list(kinds) == [(EventKind.REFUND_REQUESTED, "feed"), (EventKind.REFUND_DONE, "job")]
    assert amounts.left(order)[item_of(order).pk].price == 1_700
