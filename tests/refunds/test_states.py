"""The moves of refunds and returns: those of the tables and no others, held by the operations and the database."""

import itertools

import pytest
from django.db import DatabaseError, transaction

from orders.refusals import Refused
from payments.models import ProviderCall
from refunds import amounts, refunds, returns
from refunds.models import ItemRefunds, Refund, RefundLine, Return
from refunds.refusals import StateRefused
from refunds.states import REFUND_MOVES, RETURN_MOVES, RefundState, ReturnState
from tests.factories import MINUTE, NOON
from tests.helpers import SYSTEM
from tests.refunds.steps import charged, item_of, nothing_changes, opened_return, refund, sent

pytestmark = pytest.mark.django_db

REFUND_ALLOWED = {
    ("requested", "sent"),
    ("requested", "taken_back"),
    ("requested", "failed"),
    ("sent", "done"),
    ("sent", "failed"),
    ("done", "failed"),
    ("failed", "requested"),
}
RETURN_ALLOWED = {
    ("requested", "authorised"),
    ("requested", "refunded"),
    ("requested", "closed"),
    ("authorised", "received"),
    ("authorised", "refunded"),
    ("authorised", "closed"),
    ("received", "refunded"),
    ("received", "closed"),
    ("refunded", "closed"),
    ("closed", "reopened"),
    ("reopened", "received"),
    ("reopened", "refunded"),
    ("reopened", "closed"),
}
REFUND_PAIRS = list(itertools.permutations(RefundState.values, 2))
RETURN_PAIRS = list(itertools.permutations(ReturnState.values, 2))


def test_the_tables_are_these():
    assert {(old, new) for old, news in REFUND_MOVES.items() for new in news} == REFUND_ALLOWED
    assert {(old, new) for old, news in RETURN_MOVES.items() for new in news} == RETURN_ALLOWED


def refund_at(state: str) -> Refund:
    """A refund that came to this state by the operations; it can be taken back while it is requested."""
    tokens = {"failed": "tok_refund_fails"}
    order = charged(2, payment_token=tokens.get(state, "tok_approve"))
    made = refund(order, grace=MINUTE)
    if state == "taken_back":
        return refunds.take_back(made, actor=SYSTEM, now=NOON)
    if state == "sent":
        made.state, made.sent_at = RefundState.SENT, NOON
        made.call = ProviderCall.objects.create(
            payment=order.payment,
            operation="refund",
            amount=made.amount,
            currency="USD",
            requested_at=NOON,
            next_try_at=NOON,
        )
        made.save()
    elif state != "requested":
        sent(made, NOON + MINUTE)
    assert made.state == state
    return made


def refund_columns(made: Refund, state: str) -> dict[str, object]:
    """What must stand on a refund of this state."""
    finished = NOON if state in ("done", "failed", "taken_back") else None
    if state in ("requested", "taken_back"):
        return {"state": state, "finished_at": finished, "call": None, "sent_at": None}
    call = made.call or ProviderCall.objects.filter(operation="capture").last()
    return {"state": state, "finished_at": finished, "call": call, "sent_at": NOON}


@pytest.mark.parametrize(("old", "new"), REFUND_PAIRS)
def test_r7_every_pair_of_a_refunds_states_at_the_database(old, new):
    made = refund_at(old)
    columns = refund_columns(made, new)
    if (old, new) in REFUND_ALLOWED:
        Refund.objects.filter(pk=made.pk).update(**columns)
        assert Refund.objects.get(pk=made.pk).state == new
        return
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        Refund.objects.filter(pk=made.pk).update(**columns)


@pytest.mark.parametrize("state", RefundState.values)
@pytest.mark.parametrize(("operation", "only_from"), [("take_back", "requested"), ("retry", "failed")])
def test_r7_every_operation_at_every_state(operation, only_from, state):
    made = refund_at(state)
    act = getattr(refunds, operation)
    if state == only_from:
        assert act(made, actor=SYSTEM, now=NOON).state != state
        return
    with nothing_changes(), pytest.raises(StateRefused):
        act(made, actor=SYSTEM, now=NOON)


STEPS = {
    "authorised": returns.authorise,
    "closed": lambda each, **by: returns.close(each, reason="completed", **by),
    "reopened": returns.reopen,
    "received": lambda each, **by: returns.receive(
        each, {each.lines.get().item_id: returns.Received(1, "as_new")}, **by
    ),
}
PATHS = {
    "requested": [],
    "authorised": ["authorised"],
    "received": ["authorised", "received"],
    "refunded": ["authorised", "refunded"],
    "closed": ["closed"],
    "reopened": ["closed", "reopened"],
}


def refunded(each: Return, actor, now) -> Return:
    sent(refund(each.order, return_=each))
    return Return.objects.get(pk=each.pk)


def return_at(state: str) -> Return:
    """A return that a buyer asked for and that came to this state by the operations."""
    order = charged(2)
    each = opened_return(order, actor=returns.Actor.buyer())
    for step in PATHS[state]:
        each = {**STEPS, "refunded": refunded}[step](each, actor=SYSTEM, now=NOON)
    assert each.state == state
    return each


@pytest.mark.parametrize(("old", "new"), [pair for pair in RETURN_PAIRS if pair[1] in STEPS])
def test_r4_every_pair_of_a_returns_states_by_the_operations(old, new):
    each = return_at(old)
    if (old, new) in RETURN_ALLOWED:
        assert STEPS[new](each, actor=SYSTEM, now=NOON).state == new
        assert each.order.events.last().details == {"rma": each.rma}
    elif (old, new) == ("refunded", "received"):
        late = STEPS[new](each, actor=SYSTEM, now=NOON)
        assert (late.state, late.received_at) == ("refunded", NOON)
    else:
        with nothing_changes(), pytest.raises(StateRefused):
            STEPS[new](each, actor=SYSTEM, now=NOON)


@pytest.mark.parametrize("old", ReturnState.values)
def test_r4_money_that_moved_marks_a_return_that_can_be_refunded(old):
    each = return_at(old)
    if old == "closed":
        with nothing_changes(), pytest.raises(Refused, match="reopen"):
            refund(each.order, return_=each)
        return
    assert refunded(each, SYSTEM, NOON).state == "refunded"


@pytest.mark.parametrize(("old", "new"), RETURN_PAIRS)
def test_r4_every_pair_of_a_returns_states_at_the_database(old, new):
    each = return_at(old)
    closed = {"closed_at": NOON, "close_reason": "completed"} if new == "closed" else {}
    columns = {"state": new, "closed_at": None, "close_reason": "", **closed}
    if (old, new) in RETURN_ALLOWED:
        Return.objects.filter(pk=each.pk).update(**columns)
        assert Return.objects.get(pk=each.pk).state == new
        return
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        Return.objects.filter(pk=each.pk).update(**columns)


@pytest.mark.parametrize(
    "facts", [{"amount": 1}, {"currency": "EUR"}, {"reason": "other"}, {"fingerprint": "0"}, {"number": 9}]
)
def test_what_was_asked_never_changes(facts):
    made = refund_at("requested")
    with pytest.raises(DatabaseError), transaction.atomic():
        Refund.objects.filter(pk=made.pk).update(**facts)


@pytest.mark.parametrize("change", [{"price": 1}, {"units": 9}, None])
def test_a_line_never_changes(change):
    refund_at("requested")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        RefundLine.objects.update(**change) if change else RefundLine.objects.all().delete()


@pytest.mark.parametrize("part", ["price", "tax", "shipping", "shipping_tax"])
@pytest.mark.parametrize("beyond", [1, -1])
def test_r3_the_database_keeps_each_component_within_its_charge(part, beyond):
    order = charged(2)
    refund(order)
    charge = getattr(amounts.of_order(order)[item_of(order).pk].charged, part)
    wrong = charge + 1 if beyond == 1 else -1
    with pytest.raises(DatabaseError, match=r"refunds_within_charge|_check"), transaction.atomic():
        ItemRefunds.objects.update(**{f"refunded_{part}": wrong})
    with pytest.raises(DatabaseError), transaction.atomic():
        ItemRefunds.objects.update(**{f"charged_{part}": charge + 1})
