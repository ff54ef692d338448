"""The token of a buyer's means of payment goes once nobody needs it: charged, or canceled with nothing open."""

import pytest

from accounts import personal_data_register as register
from orders import lifecycle, personal_data_end, sweeps
from orders.states import CancelReason
from payments.models import Payment
from tests.factories import NOON, ListingFactory
from tests.helpers import SYSTEM, authorised, place, ship
from tests.refunds.steps import ask, refund, sent

pytestmark = pytest.mark.django_db
(TOKENS,) = (clock for clock in register.clocks() if clock.name == "payment_tokens")


def tokens_after_the_job():
    personal_data_end.delete_elsewhere(TOKENS, NOON)
    return list(Payment.objects.values_list("token", flat=True))


def test_charged_order_loses_its_token_and_can_still_be_refunded():
    order = ship(authorised((ListingFactory(), 1)))
    assert tokens_after_the_job() == [""]
    assert sent(refund(order, ask(order, 100))).state == "done"


def test_order_that_may_still_be_charged_keeps_it():
    place((ListingFactory(), 1))
    authorised((ListingFactory(), 1))
    assert tokens_after_the_job() == ["tok_approve", "tok_approve"]


def test_canceled_order_loses_it_once_its_authorization_is_answered():
    order = place((ListingFactory(), 1))
    Payment.objects.get(order=order).calls.update(state="sent", attempts=1)
    lifecycle.cancel(order, reason=CancelReason.BUYER_CANCELED, actor=SYSTEM, now=NOON)
    assert tokens_after_the_job() == ["tok_approve"]
    sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
    assert tokens_after_the_job() == [""]
    sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
    assert Payment.objects.get(order=order).state == "voided"


def test_canceled_order_loses_it_although_its_hold_is_still_to_be_released():
    order = authorised((ListingFactory(), 1))
    lifecycle.cancel(order, reason=CancelReason.BUYER_CANCELED, actor=SYSTEM, now=NOON)
    assert tokens_after_the_job() == [""]
    sweeps.run(sweeps.finish_provider_calls, now=NOON, actor=SYSTEM)
    assert Payment.objects.get(order=order).state == "voided"
