"""A refund at a server that speaks Stripe's API: given back once, whatever happens to the answer (R7, M6)."""

import uuid

import pytest
import stripe

from orders.models import Order
from payments.models import Payment
from refunds import refunds
from refunds.models import Refund
from refunds.states import RefundState
from tests.factories import MINUTE, NOON, ListingFactory
from tests.helpers import SYSTEM, authorised, ship
from tests.payments.test_stripe import CARD, address, books, trouble  # noqa: F401
from tests.refunds.steps import ask, refund, send_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(trouble, settings) -> Order:  # noqa: F811
    """Charged at the server: 2 × 10.00, 0.80 tax each, 5.00 shipping."""
    settings.PAYMENT_PROVIDER = "stripe"
    order = ship(authorised((ListingFactory(), 2), payment_token=CARD))
    assert Payment.objects.get(order=order).state == "captured"
    return order


def given_back(books: stripe.StripeClient, order: Order) -> list[int]:  # noqa: F811
    """Every amount of the order that the server has refunded."""
    intent = Payment.objects.get(order=order).provider_reference
    found = books.v1.refunds.list({"payment_intent": intent, "limit": 100}).data
    return sorted(each.amount for each in found if each.status == "succeeded")


def test_r7_a_refund_gives_the_money_back_with_the_servers_reference(books, order):  # noqa: F811
    made = refund(order)
    assert given_back(books, order) == []
    send_all()
    made.refresh_from_db()
    assert (made.state, given_back(books, order)) == (RefundState.DONE, [324])
    assert books.v1.refunds.retrieve(made.call.reference).amount == 324


@pytest.mark.parametrize("kind", ["hang", "drop", "500", "503", "429"])
def test_m6_whatever_happens_to_the_answer_it_is_given_back_once(books, trouble, order, kind):  # noqa: F811
    made = refund(order)
    trouble(kind)
    send_all()
    made.refresh_from_db()
    assert made.state == RefundState.SENT
    send_all(NOON + MINUTE)
    made.refresh_from_db()
    assert (made.state, given_back(books, order)) == (RefundState.DONE, [324])


def test_r3_in_pieces_the_server_has_given_back_all_and_no_more(books, order):  # noqa: F811
    for price, shipping in ((333, 0), (667, 250), (1_000, 250)):
        refund(order, ask(order, price, shipping=shipping))
    send_all()
    assert sum(given_back(books, order)) == order.total
    assert set(Refund.objects.values_list("state", flat=True)) == {RefundState.DONE}


def test_r7_what_the_server_refuses_has_failed_and_can_be_tried_again(books, order):  # noqa: F811
    made, payment = refund(order), Payment.objects.get(order=order)
    Payment.objects.update(provider_reference=f"pi_{uuid.uuid4().hex}")
    send_all()
    made.refresh_from_db()
    assert made.state == RefundState.FAILED
    Payment.objects.update(provider_reference=payment.provider_reference)
    refunds.retry(made, actor=SYSTEM, now=NOON)
    send_all()
    made.refresh_from_db()
    assert (made.state, given_back(books, order)) == (RefundState.DONE, [324])
