"""The reply rate, by hand: a buyer's wait begins with their message and ends with an answer (C5, H2)."""

import uuid
from datetime import timedelta

import pytest

from accounts.actors import Actor
from messaging import threads
from messaging.models import Wait
from messaging.states import Reason
from messaging.waits import REPLIES
from orders import lifecycle
from orders.figures import rates
from orders.figures.rates import Tally
from orders.states import CancelReason
from tests.factories import NOON, ListingFactory
from tests.helpers import SYSTEM, authorised

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
SELLER = Actor.seller(None)


@pytest.fixture
def order():
    return authorised((ListingFactory(), 1))


def asked(order, now=NOON):
    return threads.receive(order, "Where is it?", reason=Reason.OTHER, key=uuid.uuid4(), now=now).thread


def answered(thread, now):
    threads.reply(thread, "It leaves today.", key=uuid.uuid4(), actor=SELLER, now=now)


def tally(order, now):
    found = rates.period(order.seller, rates.LONGEST, now)
    orders = list(REPLIES.behind(found))
    together = rates.together(REPLIES.by_day(found), found.last, 7)
    assert bool(orders) == bool(together.against)
    return together, [REPLIES.notes(found, orders).get(each.pk) for each in orders]


def test_an_answer_at_the_last_moment_is_in_time(order):
    answered(asked(order), NOON + DAY)
    assert tally(order, NOON + 2 * DAY) == (Tally(0, 1), [])


def test_a_second_later_is_not(order):
    answered(asked(order), NOON + DAY + SECOND)
    assert tally(order, NOON + 2 * DAY) == (Tally(1, 1), ["The buyer waited 1d 0h for an answer"])


def test_while_the_day_runs_nothing_is_judged_and_then_it_is(order):
    asked(order)
    assert tally(order, NOON + DAY) == (Tally(0, 0), [])
    assert tally(order, NOON + 2 * DAY) == (Tally(1, 1), ["The buyer has been waiting for 2d 0h"])


def test_each_wait_counts_once_however_often_the_buyer_writes(order):
    thread = asked(order)
    asked(order, NOON + SECOND)
    answered(thread, NOON + 2 * SECOND)
    answered(thread, NOON + 3 * SECOND)
    asked(order, NOON + DAY)
    threads.no_reply_needed(thread, actor=SELLER, now=NOON + DAY + SECOND)
    threads.no_reply_needed(thread, actor=SELLER, now=NOON + DAY + SECOND)
    assert Wait.objects.count() == 2
    assert tally(order, NOON + 3 * DAY) == (Tally(0, 2), [])


def test_a_cancel_before_the_day_is_over_ends_the_wait_c2(order):
    asked(order)
    lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SELLER, now=NOON + DAY)
    assert tally(order, NOON + 3 * DAY) == (Tally(0, 0), [])


def test_a_cancel_after_it_does_not(order):
    asked(order)
    lifecycle.cancel(order, reason=CancelReason.NO_INVENTORY, actor=SYSTEM, now=NOON + DAY + SECOND)
    assert tally(order, NOON + 3 * DAY)[0] == Tally(1, 1)


def test_days_before_the_first_are_not_counted(order):
    asked(order)
    assert tally(order, NOON + 6 * DAY)[0] == Tally(1, 1)
    found = rates.period(order.seller, rates.LONGEST, NOON + 7 * DAY)
    assert rates.together(REPLIES.by_day(found), found.last, 7) == Tally(0, 0)
