"""Killed at each point between asking for a refund and recording it: afterwards one refund, and books that agree (R7).

What a dead worker held is free after its lease; then any sweep ends what it had begun.
"""

import random
import time
import uuid
from datetime import timedelta
from functools import partial

import pytest

from orders import history
from orders.models import Memo
from orders.states import EventKind
from payments import calls, providers
from payments.models import ProviderCall
from payments.models.call import LEASE
from payments.providers.sandbox import SandboxProvider
from refunds import amounts, provider_calls, returns, sweeps
from refunds.models import Refund, Return
from refunds.states import RefundState
from tests.crashes import die, forked, killed_in
from tests.factories import NOON
from tests.helpers import SYSTEM
from tests.owner import acting_as_owner
from tests.refunds.racing import books, hundred, thirty
from tests.refunds.steps import ask, at_provider, opened_return, refund, send_all

pytestmark = pytest.mark.django_db(transaction=True)
AFTER_THE_LEASE = NOON + LEASE + timedelta(seconds=1)


class DiesAfterRefund(SandboxProvider):
    """The money has gone back, and the answer finds nobody alive."""

    def refund(self, request):
        super().refund(request)
        die()


class DiesBeforeRefund(SandboxProvider):
    """Killed with the intent on record and nobody asked."""

    def refund(self, request):
        die()


def dying(provider):
    return lambda _name: provider()


POINTS = {
    "before the call is on record": (calls, "request", die, 0),
    "after the call, before its transaction ends": (provider_calls, "send", None, 0),
    "between intent and call": (calls, "run", die, 0),
    "before the provider is asked": (providers, "get", dying(DiesBeforeRefund), 0),
    "after the provider has done it": (providers, "get", dying(DiesAfterRefund), 1),
    "before the answer is recorded": (calls, "record", die, 1),
    "with the ledger written": (provider_calls, "_follow", die, 1),
    "before the history": (history, "write", die, 1),
    "before the memo": (history, "tell_buyer", die, 1),
    "before the return": (returns, "mark_refunded", die, 1),
}


def send_and_die(send):
    def wrapped(*args, **by):
        send(*args, **by)
        die()

    return wrapped


@pytest.mark.parametrize("point", POINTS)
def test_r7_killed_on_the_way_it_is_refunded_once(monkeypatch, point):
    module, name, death, moved = POINTS[point]
    order = hundred()
    made = thirty(order, memo="Sorry", return_=opened_return(order))
    with monkeypatch.context() as patched:
        patched.setattr(module, name, death or send_and_die(getattr(module, name)))
        killed_in(partial(send_all, NOON))
    made.refresh_from_db()
    assert made.state in (RefundState.REQUESTED, RefundState.SENT)
    assert at_provider(order) == [3_000] * moved
    assert amounts.refunded(order) == 3_000

    send_all(AFTER_THE_LEASE)
    made.refresh_from_db()
    assert (made.state, at_provider(order), books(order)) == (RefundState.DONE, [3_000], [])
    assert ProviderCall.objects.filter(operation="refund").count() == 1
    assert order.events.filter(kind=EventKind.REFUND_DONE).count() == 1
    assert (Memo.objects.get().text, Return.objects.get().state) == ("Sorry", "refunded")


def test_r7_while_the_dead_workers_lease_runs_nobody_touches_its_call(monkeypatch):
    order = hundred()
    thirty(order)
    with monkeypatch.context() as patched:
        patched.setattr(providers, "get", dying(DiesBeforeRefund))
        killed_in(partial(send_all, NOON))
    assert send_all(NOON) == 0
    assert at_provider(order) == []


def test_r7_twin_with_a_fresh_key_for_each_ask_refunds_twice(monkeypatch):
    order = hundred()
    thirty(order)
    with monkeypatch.context() as patched:
        patched.setattr(providers, "get", dying(DiesAfterRefund))
        killed_in(partial(send_all, NOON))
    ProviderCall.objects.filter(operation="refund").update(key=uuid.uuid4())
    send_all(AFTER_THE_LEASE)
    assert at_provider(order) == [3_000, 3_000]


def test_r7_twin_that_forgets_its_intent_refunds_twice(monkeypatch):
    """As if the provider were asked inside the transaction that dies: what it did, nobody remembers."""
    order = hundred()
    made = thirty(order)
    with monkeypatch.context() as patched:
        patched.setattr(providers, "get", dying(DiesAfterRefund))
        killed_in(partial(send_all, NOON))
    Refund.objects.filter(pk=made.pk).update(state="failed", call=None, sent_at=None, finished_at=NOON)
    Refund.objects.filter(pk=made.pk).update(state="requested", finished_at=None)
    with acting_as_owner():
        ProviderCall.objects.filter(operation="refund").delete()
    send_all(AFTER_THE_LEASE)
    assert at_provider(order) == [3_000, 3_000]


@pytest.mark.parametrize("step", ["history.write", "accounts.nudge._publish"])
def test_r7_killed_while_asking_it_stands_or_it_does_not(monkeypatch, step):
    """Before the commit nothing is there; after it the sweep needs no message."""
    order, is_committed = hundred(), step == "accounts.nudge._publish"
    with monkeypatch.context() as patched:
        patched.setattr(step if is_committed else "orders.history.write", die)
        killed_in(partial(thirty, order))
    assert Refund.objects.count() == is_committed
    assert amounts.refunded(order) == 3_000 * is_committed
    send_all()
    assert (at_provider(order), books(order)) == ([3_000] * is_committed, [])


def sweep_forever() -> None:
    while True:
        sweeps.send_refunds(NOON, SYSTEM)


@pytest.mark.parametrize(("due", "deaths"), [(30, 12), pytest.param(300, 100, marks=pytest.mark.soak)])
def test_j1_sweepers_killed_in_mid_batch_refund_each_once(monkeypatch, due, deaths):
    """Two sweepers, one of them killed every few milliseconds and replaced."""
    orders = [hundred() for _order in range(4)]
    for piece in range(due):
        refund(orders[piece % 4], ask(orders[piece % 4], 10, tax=0))
    monkeypatch.setattr(sweeps, "CALLS_AT_ONCE", 3)
    sweepers, kills, chance = [forked(sweep_forever) for _each in range(2)], 0, random.Random(7)
    until = time.monotonic() + 60
    while kills < deaths and time.monotonic() < until:
        time.sleep(chance.uniform(0.01, 0.06))
        place = chance.randrange(2)
        sweepers[place].kill()
        sweepers[place].join()
        sweepers[place] = forked(sweep_forever)
        kills += 1
    for sweeper in sweepers:
        sweeper.kill()
        sweeper.join()
    assert kills == deaths
    send_all(AFTER_THE_LEASE)
    assert set(Refund.objects.values_list("state", flat=True)) == {RefundState.DONE}
    assert [books(order) for order in orders] == [[]] * 4
    assert sum(len(at_provider(order)) for order in orders) == due
