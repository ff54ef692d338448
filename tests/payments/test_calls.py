"""Intent, call and outcome of each operation, and what is refused (O2, O4, O15, P1, R7)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction

from payments import calls, ledger, providers
from payments.models import LedgerEntry, Payment, ProviderCall, SandboxOperation
from payments.providers.base import Outcome, Status
from payments.providers.sandbox import SandboxProvider
from payments.states import MOVES, CallState, Operation, PaymentState
from tests.payments.helpers import NOW, asked, authorised, begun, done_at_provider, finish, released, sweep

pytestmark = pytest.mark.django_db
APPROVED, DECLINED, UNKNOWN = (
    Outcome(Status.APPROVED, "ref"),
    Outcome(Status.DECLINED, code="no"),
    Outcome(Status.UNKNOWN),
)


def state_of(call: ProviderCall) -> tuple[str, str]:
    return ProviderCall.objects.values_list("state", "payment__state").get(pk=call.pk)


def test_an_intent_is_written_before_anyone_is_asked(seller):
    call = begun(seller)
    assert state_of(call) == ("requested", "pending")
    assert SandboxOperation.objects.count() == 0
    assert [due.pk for due in calls.due(Operation, now=NOW)] == [call.pk]


def test_an_approved_authorisation_holds_the_money_and_takes_nothing_o3_o15(seller):
    call = finish(begun(seller))
    payment = call.payment
    assert state_of(call) == ("done", "authorised")
    assert (payment.authorised_at, payment.charged_at, payment.captured_amount) == (NOW, None, 0)
    assert payment.provider_reference == call.reference != ""
    assert done_at_provider(payment, Operation.CAPTURE) == 0
    assert not payment.entries.exists()


def test_a_declined_authorisation_is_due_again_by_schedule_o4(seller):
    call = finish(begun(seller, "tok_decline"))
    assert state_of(call) == ("refused", "declined")
    assert (call.code, call.error) == ("card_declined", "The card was declined.")
    pauses = []
    for _ in range(6):
        payment = Payment.objects.get(pk=call.payment_id)
        pauses.append(payment.next_try_at - call.finished_at)
        assert not Payment.objects.due_for_another_try(
            payment.next_try_at - timedelta(microseconds=1)
        ).exists()
        assert list(Payment.objects.due_for_another_try(payment.next_try_at)) == [payment]
        call = finish(asked(payment, Operation.AUTHORISE, now=payment.next_try_at), now=payment.next_try_at)
    day = timedelta(days=1)
    assert pauses == [timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6), day, day, day]
    assert call.payment.tries == 7


def test_declined_then_approved_uses_a_new_key_for_the_new_try(seller):
    first = finish(begun(seller, "tok_decline_then_approve"))
    second = finish(asked(first.payment, Operation.AUTHORISE))
    assert [state_of(first)[0], state_of(second)] == ["refused", ("done", "authorised")]
    assert first.key != second.key


def test_a_pending_authorisation_is_asked_again_with_the_same_key_o2(seller):
    call = finish(begun(seller, "tok_pend_then_approve"))
    assert state_of(call) == ("sent", "pending")
    assert sweep(NOW + timedelta(seconds=14)) == 0
    assert sweep(NOW + timedelta(seconds=15)) == 1
    assert state_of(call) == ("sent", "pending")
    assert sweep(NOW + timedelta(seconds=45)) == 1
    assert state_of(call) == ("done", "authorised")
    assert SandboxOperation.objects.values_list("asks", flat=True).get(key=str(call.key)) == 3


def test_a_capture_charges_once_and_starts_the_settlement_period_p1(seller):
    payment = authorised(seller, total=2_599)
    call = finish(asked(payment, Operation.CAPTURE))
    payment.refresh_from_db()
    assert state_of(call) == ("done", "captured")
    assert (payment.captured_amount, payment.charged_at) == (2_599, NOW)
    assert payment.available_on == date(2026, 3, 16)
    assert done_at_provider(payment, Operation.CAPTURE) == 1
    assert ledger.balance(payment) == ledger.Balance(
        charges=2_599, refunds=0, fees=390, paid_out=0, due=2_209
    )


def test_the_settlement_period_counts_local_days_p1(seller):
    late = NOW.replace(hour=7)  # still the day before in Los Angeles
    payment = finish(asked(authorised(seller, now=late), Operation.CAPTURE, now=late), now=late).payment
    assert payment.available_on == date(2026, 3, 15)


def test_units_canceled_before_the_capture_shrink_it_o12(seller):
    payment = finish(asked(authorised(seller, total=1_000), Operation.CAPTURE, 400)).payment
    assert (payment.captured_amount, payment.amount) == (400, 1_000)
    assert ledger.balance(payment).charges == 400


def test_a_refused_capture_charges_nothing_and_says_why_o15(seller):
    payment = authorised(seller, "tok_capture_fails")
    call = finish(asked(payment, Operation.CAPTURE))
    assert state_of(call) == ("refused", "authorised")
    assert call.error == "The card was declined."
    assert not LedgerEntry.objects.exists()
    assert Payment.objects.get(pk=payment.pk).captured_amount == 0


def test_after_a_refused_capture_another_may_be_asked(seller):
    payment = authorised(seller, "tok_capture_fails_then_approves")
    finish(asked(payment, Operation.CAPTURE))
    assert state_of(finish(asked(payment, Operation.CAPTURE))) == ("done", "captured")
    assert done_at_provider(payment, Operation.CAPTURE) == 1


def test_an_order_that_costs_nothing_never_reaches_the_provider(seller):
    call = finish(begun(seller, total=0))
    assert state_of(call) == ("done", "authorised")
    assert state_of(finish(asked(call.payment, Operation.CAPTURE))) == ("done", "captured")
    assert not SandboxOperation.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_taking_nothing_of_what_is_held_lets_it_go(seller):
    payment = authorised(seller)
    call = finish(asked(payment, Operation.CAPTURE, 0))
    assert state_of(call) == ("done", "captured")
    assert done_at_provider(payment, Operation.VOID) == 1
    assert not payment.entries.exists()


def test_release_voids_what_is_held(seller):
    payment = authorised(seller)
    (call,) = released(payment)
    assert state_of(call) == ("requested", "voiding")
    assert released(payment) == []
    assert state_of(finish(call)) == ("done", "voided")
    assert released(payment) == []
    assert done_at_provider(payment, Operation.VOID) == 1


def test_release_withdraws_an_authorisation_that_was_never_sent(seller):
    call = begun(seller)
    assert released(call.payment) == []
    assert state_of(call) == ("refused", "voided")
    assert calls.run(call, now=NOW) == Outcome(Status.HELD)
    assert not SandboxOperation.objects.exists()


def test_release_during_an_authorisation_voids_it_as_soon_as_it_is_known(seller):
    call = begun(seller)
    outcome = calls.run(call, now=NOW)
    assert released(call.payment) == []
    calls.record(call.pk, outcome, now=NOW)
    assert state_of(call) == ("done", "voiding")
    assert sweep(NOW) == 1
    assert state_of(call) == ("done", "voided")
    assert done_at_provider(call.payment, Operation.VOID) == 1


def test_release_during_an_authorisation_that_is_then_declined_ends_it(seller):
    call = begun(seller, "tok_decline")
    outcome = calls.run(call, now=NOW)
    released(call.payment)
    payment = calls.record(call.pk, outcome, now=NOW).payment
    assert (payment.state, payment.next_try_at) == ("voided", None)


def test_release_of_a_declined_payment_ends_its_tries_o4(seller):
    payment = finish(begun(seller, "tok_decline")).payment
    released(payment)
    payment.refresh_from_db()
    assert (payment.state, payment.next_try_at) == ("voided", None)
    assert not Payment.objects.due_for_another_try(NOW + timedelta(days=9)).exists()


@pytest.mark.parametrize("recorded", [False, True])
def test_release_is_refused_while_and_after_the_buyer_is_charged(seller, recorded):
    payment = authorised(seller)
    call = asked(payment, Operation.CAPTURE)
    if recorded:
        finish(call)
    before = state_of(call)
    with pytest.raises(calls.CallRefused):
        released(payment)
    assert state_of(call) == before
    assert Payment.objects.get(pk=payment.pk).released_at is None


def test_a_void_that_is_refused_calls_for_a_person(seller):
    payment = authorised(seller, "tok_void_fails")
    call = finish(*released(payment))
    assert state_of(call) == ("refused", "authorised")
    assert call.needs_attention
    with pytest.raises(calls.CallRefused):
        asked(payment, Operation.CAPTURE)


# Which operation is taken in which state; what is not listed is refused.
TAKEN = {
    PaymentState.DECLINED: {Operation.AUTHORISE},
    PaymentState.AUTHORISED: {Operation.CAPTURE, Operation.VOID, Operation.RENEW},
    PaymentState.CAPTURED: {Operation.REFUND},
}


def payment_in(seller, state: PaymentState) -> Payment:
    if state in (PaymentState.PENDING, PaymentState.DECLINED):
        call = begun(seller, "tok_decline")
        return finish(call).payment if state == PaymentState.DECLINED else call.payment
    payment = authorised(seller)
    if state in (PaymentState.CAPTURING, PaymentState.CAPTURED):
        call = asked(payment, Operation.CAPTURE)
        return finish(call).payment if state == PaymentState.CAPTURED else call.payment
    if state in (PaymentState.VOIDING, PaymentState.VOIDED):
        (call,) = released(payment)
        return finish(call).payment if state == PaymentState.VOIDED else call.payment
    return payment


@pytest.mark.parametrize("operation", Operation)
@pytest.mark.parametrize("state", PaymentState)
def test_each_operation_is_taken_only_where_the_payment_allows_it(seller, state, operation):
    payment = payment_in(seller, state)
    before = payment.calls.count()
    assert payment.state == state
    if operation in TAKEN.get(state, set()):
        assert asked(payment, operation).state == CallState.REQUESTED
    else:
        with pytest.raises(calls.CallRefused):
            asked(payment, operation)
        assert payment.calls.count() == before
        assert Payment.objects.get(pk=payment.pk).state == state


@pytest.mark.parametrize("new", PaymentState)
@pytest.mark.parametrize("old", PaymentState)
def test_the_database_refuses_every_other_move(seller, old, new):
    payment = payment_in(seller, old)
    fields = {}
    if new == PaymentState.CAPTURED:
        fields = {"authorised_at": NOW, "charged_at": NOW, "available_on": NOW.date()}
    elif new in (PaymentState.AUTHORISED, PaymentState.CAPTURING, PaymentState.VOIDING):
        fields = {"authorised_at": NOW}
    same = Payment.objects.filter(pk=payment.pk)
    if new in MOVES[old] | {old}:
        assert same.update(state=new, **fields) == 1
    else:
        with pytest.raises(InternalError, match="Invalid transition"), transaction.atomic():
            same.update(state=new, **fields)


@pytest.mark.parametrize(
    ("operation", "amount"), [(Operation.CAPTURE, 1_001), (Operation.CAPTURE, -1), (Operation.VOID, 1_001)]
)
def test_never_more_than_is_held(seller, operation, amount):
    payment = authorised(seller, total=1_000)
    with pytest.raises(calls.CallRefused):
        asked(payment, operation, amount)


def test_refunds_together_stay_within_the_charge(seller):
    payment = finish(asked(authorised(seller, total=1_000), Operation.CAPTURE)).payment
    assert state_of(finish(asked(payment, Operation.REFUND, 600))) == ("done", "captured")
    asked(payment, Operation.REFUND, 300)
    with pytest.raises(calls.CallRefused):
        asked(payment, Operation.REFUND, 101)
    assert done_at_provider(payment, Operation.REFUND) == 1


def test_at_most_one_capture_by_the_database_o15(seller):
    payment = finish(asked(authorised(seller), Operation.CAPTURE)).payment
    with pytest.raises(IntegrityError, match="provider_call_one_capture"), transaction.atomic():
        ProviderCall.objects.create(
            payment=payment,
            operation=Operation.CAPTURE,
            amount=1,
            currency="USD",
            requested_at=NOW,
            next_try_at=NOW,
        )


def test_never_more_captured_than_authorised_by_the_database(seller):
    payment = finish(asked(authorised(seller), Operation.CAPTURE)).payment
    with pytest.raises(IntegrityError, match="payment_captured_within_amount"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(captured_amount=payment.amount + 1)


def test_the_same_answer_recorded_twice_changes_nothing_the_second_time(seller):
    payment = authorised(seller)
    call = asked(payment, Operation.CAPTURE)
    calls.record(call.pk, APPROVED, now=NOW)
    before = (
        list(LedgerEntry.objects.values()),
        list(Payment.objects.values()),
        list(ProviderCall.objects.values()),
    )
    calls.record(call.pk, APPROVED, now=NOW + timedelta(hours=1))
    after = (
        list(LedgerEntry.objects.values()),
        list(Payment.objects.values()),
        list(ProviderCall.objects.values()),
    )
    assert after == before


@pytest.mark.parametrize(("first", "late"), [(APPROVED, DECLINED), (DECLINED, APPROVED)])
def test_a_late_answer_that_contradicts_is_not_acted_on_but_seen(seller, first, late):
    call = asked(authorised(seller), Operation.CAPTURE)
    calls.record(call.pk, first, now=NOW)
    before = state_of(call)
    assert calls.record(call.pk, late, now=NOW).needs_attention
    assert state_of(call) == before


def test_a_late_unknown_changes_nothing(seller):
    call = asked(authorised(seller), Operation.CAPTURE)
    calls.record(call.pk, APPROVED, now=NOW)
    assert not calls.record(call.pk, UNKNOWN, now=NOW).needs_attention
    assert state_of(call) == ("done", "captured")


def test_an_unknown_outcome_stays_open_with_longer_and_longer_pauses(seller):
    call = begun(seller, "tok_never_answers")
    moment, pauses = NOW, []
    for _ in range(11):
        call = finish(call, now=moment)
        pauses.append((call.next_try_at - moment).total_seconds())
        assert state_of(call) == ("sent", "pending")
        assert call.needs_attention == (call.attempts >= 8)
        moment = call.next_try_at
    assert pauses == [15, 30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600]


def test_a_claimed_call_is_left_alone_until_its_lease_ends(seller):
    call = begun(seller)
    calls.run(call, now=NOW)  # and the worker is killed before it records
    assert calls.due(Operation, now=NOW + timedelta(seconds=59)) == []
    assert calls.run(call, now=NOW + timedelta(seconds=59)) == Outcome(Status.HELD)
    assert sweep(NOW + timedelta(seconds=60)) == 1
    assert state_of(call) == ("done", "authorised")
    assert done_at_provider(call.payment, Operation.AUTHORISE) == 1


def test_whatever_breaks_in_a_provider_is_an_unknown_outcome(seller, monkeypatch):
    def broken(self, request):
        raise ValueError("no JSON")

    monkeypatch.setattr(SandboxProvider, "authorise", broken)
    call = finish(begun(seller))
    assert (state_of(call), call.code) == (("sent", "pending"), "fault")


def test_a_key_used_for_another_amount_tells_nothing_about_the_first(seller):
    call = begun(seller)
    request = replace(_request_of(call), attempt=1)
    assert providers.get("sandbox").authorise(request).status == Status.APPROVED
    other = providers.get("sandbox").authorise(replace(request, amount=1))
    assert (other.status, other.code) == (Status.UNKNOWN, "idempotency_mismatch")
    assert SandboxOperation.objects.get(key=str(call.key)).amount == call.amount


def _request_of(call: ProviderCall):
    seen = []

    class Spy:
        def authorise(self, request):
            seen.append(request)
            return UNKNOWN

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(providers, "get", lambda name: Spy())
        calls.run(call, now=NOW)
    return seen[0]


def test_an_unknown_token_is_declined(seller):
    call = finish(begun(seller, "tok_nobody_knows"))
    assert (state_of(call), call.code) == (("refused", "declined"), "unknown_token")


@pytest.mark.django_db(transaction=True)
def test_a_provider_is_never_asked_inside_a_transaction(seller):
    call = begun(seller)
    with pytest.raises(RuntimeError), transaction.atomic():
        calls.run(call, now=NOW)
    assert state_of(call) == ("requested", "pending")


def test_no_column_could_hold_a_card():
    words = ("card", "pan", "cvc", "cvv", "expiry", "iban")
    names = [
        f.name for model in (Payment, ProviderCall, SandboxOperation, LedgerEntry) for f in model._meta.fields
    ]
    assert not [name for name in names if any(word in name.split("_") for word in words)]
