"""A sender that dies: before the server has taken the mail, after it, or only almost (N4)."""

from collections import Counter

import pytest

from accounts import clock
from notifications import delivery
from notifications.states import State
from tests.crashes import die, killed_in
from tests.notifications.steps import Mailbox, deliver, hurry, mail_server, seller_of, sold, write

pytestmark = pytest.mark.django_db(transaction=True)
SOME = 12


@pytest.fixture
def owed():
    """So many notices to one member, each about an order of its own."""
    listing = seller_of()
    for _ in range(SOME):
        sold(listing)
    write()
    return listing


class TestAKilledSender:
    def test_before_the_server_took_it_another_sends_it_once(self, owed, monkeypatch):
        monkeypatch.setattr("notifications.delivery._try", die)
        killed_in(delivery.send_due)
        monkeypatch.undo()
        with mail_server(Mailbox()) as box:
            deliver()
            assert len(box.taken) == SOME - 1
            hurry()
            deliver()
        assert Counter(box.ids().values()) == {1: SOME}

    def test_between_taken_and_written_down_it_repeats_with_the_same_message_id(self, owed, monkeypatch):
        with mail_server(Mailbox()) as box:
            monkeypatch.setattr("notifications.delivery._record", die)
            killed_in(delivery.send_due)
            monkeypatch.undo()
            hurry()
            deliver()
        assert Counter(box.ids().values()) == {1: SOME - 1, 2: 1}

    def test_a_sender_that_wakes_too_late_changes_nothing(self, owed):
        first = delivery._take(clock.now())
        hurry()
        second = delivery._take(clock.now())
        while second.pk != first.pk:
            second = delivery._take(clock.now())
        delivery._record(second, delivery.Try(delivery.Fate.SENT), clock.now())
        delivery._record(first, delivery.Try(delivery.Fate.REFUSED, "550"), clock.now())
        first.refresh_from_db()
        assert first.state == State.SENT
