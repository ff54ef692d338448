"""The address of an order: what the buyer answers to a mail about it is in the seller's thread (C1, C2)."""

from datetime import timedelta

import pytest

from messaging import inbound, relay
from messaging.inbound import Taken
from messaging.models import RefusedMail, Thread
from messaging.states import Reason, Who, Why
from orders import lifecycle
from orders.models import Order
from orders.states import CancelReason
from tests.factories import NOON
from tests.helpers import SYSTEM
from tests.messaging import hostile
from tests.messaging.steps import from_buyer, order_of, shipped

pytestmark = pytest.mark.django_db
BUYER = "ada@example.org"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def answer(order: Order, text: str = "Where is it?", *, sender=BUYER, to="", now=NOON, **headers: str):
    """Return what became of a mail to the order's address."""
    raw = hostile.mail(text, **{"From": sender, **headers}).as_bytes()
    return inbound.take(raw, mail_from=sender, rcpt_to=to or relay.order_address(order), now=now)


def test_c1_answer_to_a_mail_about_the_order_opens_a_thread(order):
    taken = answer(order)
    assert isinstance(taken, Taken)
    thread = Thread.objects.get()
    assert (thread.order, thread.reason, thread.opened_by, thread.unread) == (
        order,
        Reason.OTHER,
        Who.BUYER,
        1,
    )
    assert (thread.messages.get().text, thread.reply_due_at) == ("Where is it?", NOON + timedelta(hours=24))


def test_c1_same_mail_twice_is_one_message_also_where_it_opened_the_thread(order):
    first, again = (answer(order, **{"Message-ID": "<one@example.org>"}) for _ in range(2))
    assert (first.message, again.is_again) == (again.message, True)
    assert (
        answer(order, "One more", **{"Message-ID": "<two@example.org>"}).message.thread
        == first.message.thread
    )


def test_c1_answer_joins_the_thread_that_the_buyer_has_already(order):
    thread = from_buyer(order).thread
    assert answer(order).message.thread == thread


def test_c1_nobody_else_writes_as_the_buyer(order):
    outcome = answer(order, sender="eve@example.org")
    assert (outcome.why, outcome.thread, Thread.objects.count()) == (Why.FORGED, None, 0)


@pytest.mark.parametrize("change", ["signature", "number", "short", "letters"])
def test_c1_made_up_address_leads_nowhere(order, change):
    alias, domain = relay.order_address(order).split("@")
    other = order_of()
    changed = {
        "signature": alias[:-1] + ("a" if alias[-1] != "a" else "b"),
        "number": f"o{other.number.replace('-', '')}{alias[18:]}",
        "short": alias[:18],
        "letters": f"o{'x' * 17}{alias[18:]}",
    }[change]
    outcome = answer(order, to=f"{changed}@{domain}")
    assert (outcome.why, Thread.objects.count()) == (Why.UNKNOWN, 0)


def test_address_is_as_long_as_a_threads_and_found_in_any_case(order):
    address = relay.order_address(order)
    assert len(address) == len(relay.address(from_buyer(order).thread, Who.BUYER))
    assert relay.find(f"<{address.upper()}>", NOON).order == order


def test_address_outlives_a_change_of_the_secret_key(order, settings):
    address = relay.order_address(order)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret" * 5
    assert relay.order_address(order) != address
    assert relay.find(address, NOON).order == order


def test_c2_answer_about_a_canceled_order_is_refused_with_the_reason(order):
    lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON)
    outcome = answer(order)
    assert isinstance(outcome, RefusedMail)
    assert (outcome.why, "customer service" in outcome.sentence.lower()) == (Why.ORDER, True)


def test_address_expires_ninety_days_after_the_orders_last_event():
    order = shipped()
    last = order.events.last().at
    late = answer(order, now=last + relay.WORKS_FOR + timedelta(microseconds=1))
    assert (late.why, late.thread) == (Why.EXPIRED, None)
    assert isinstance(answer(order, now=last + relay.WORKS_FOR), Taken)
