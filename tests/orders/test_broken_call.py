"""An order that cannot be brought up to date holds up no other (J6)."""

from datetime import timedelta

import pytest

from orders import packages, provider_calls, sweeps
from orders.states import OrderStatus
from payments.models import ProviderCall, SandboxOperation
from payments.states import Operation
from tests.factories import NOON, ListingFactory
from tests.helpers import SYSTEM, authorised, place, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(monkeypatch):
    """Whatever follows from the answer for one of these orders breaks."""
    follow, numbers = provider_calls._follow, set()

    def breaking(order, call, **words):
        if order.number in numbers:
            raise ZeroDivisionError
        follow(order, call, **words)

    monkeypatch.setattr(provider_calls, "_follow", breaking)
    return numbers


def test_a_call_that_breaks_leaves_the_calls_behind_it_their_turn(broken):
    orders = [place((ListingFactory(), 1), now=NOON + timedelta(seconds=n)) for n in range(4)]
    broken.update(order.number for order in orders[:2])
    now = NOON + timedelta(minutes=1)
    assert sweeps.run(sweeps.finish_provider_calls, now=now, actor=SYSTEM) == 4
    for order in orders:
        order.refresh_from_db()
    assert [order.status for order in orders] == ["pending", "pending", "unshipped", "unshipped"]


def test_a_call_that_broke_is_asked_again_later_and_shown_to_a_person(broken):
    order = place((ListingFactory(), 1))
    broken.add(order.number)
    now = NOON
    for _try in range(8):
        assert sweeps.finish_provider_calls(now, SYSTEM) == 1
        assert sweeps.finish_provider_calls(now, SYSTEM) == 0
        call = ProviderCall.objects.get(operation=Operation.AUTHORISE)
        assert call.is_open
        now = call.next_try_at
    assert (call.code, call.needs_attention) == ("fault", True)
    broken.clear()
    sweeps.finish_provider_calls(now, SYSTEM)
    order.refresh_from_db()
    assert order.status == OrderStatus.UNSHIPPED


def test_a_buyer_is_charged_once_though_the_answer_could_not_be_kept_at_first(monkeypatch):
    """The charge went through, the packages broke: the next round keeps both, with one charge at the provider."""
    order = authorised((ListingFactory(), 1))
    confirm = packages.confirm

    def breaking(*_args, **_words):
        raise ZeroDivisionError

    monkeypatch.setattr(packages, "confirm", breaking)
    with pytest.raises(ZeroDivisionError):
        ship(order)
    later = NOON + timedelta(minutes=2)
    assert sweeps.finish_provider_calls(later, SYSTEM) == 1
    order.refresh_from_db()
    assert (order.status, order.payment.state) == (OrderStatus.UNSHIPPED, "capturing")
    monkeypatch.setattr(packages, "confirm", confirm)
    assert sweeps.finish_provider_calls(later + timedelta(hours=1), SYSTEM) == 1
    order.refresh_from_db()
    payment = order.payment
    payment.refresh_from_db()
    assert (order.status, payment.state, payment.captured_amount) == ("shipped", "captured", order.total)
    assert payment.entries.filter(account="charges").count() == 1
    assert SandboxOperation.objects.filter(operation=Operation.CAPTURE, status="approved").count() == 1
