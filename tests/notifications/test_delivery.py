"""Mail leaves through a real server on the loopback, and through its troubles (J2, J6, J7)."""

from datetime import timedelta

import pytest

from accounts import clock
from accounts.actors import Actor
from notifications import addresses, delivery, envelope
from notifications.models import Notice, Recipient
from notifications.states import Kind, State
from orders import lifecycle
from orders.states import CancelReason
from tests.crashes import die, killed_in
from tests.helpers import at_once
from tests.notifications.steps import (
    Mailbox,
    deliver,
    free_port,
    hanging_server,
    hurry,
    mail_server,
    portal_mails_to,
    seller_of,
    sold,
    states,
    write,
)

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


class TestAMailThatLeaves:
    def test_carries_what_it_needs_and_is_taken_once(self, owed):
        with mail_server(Mailbox()) as box:
            assert deliver() == SOME
            assert deliver() == 0
        assert states() == {State.SENT: SOME}
        assert set(box.ids()) == set(Notice.objects.values_list("message_id", flat=True))
        mail = box.taken[0]
        assert mail.envelope_to == ["alice@example.com"]
        assert mail["Subject"].startswith("Sold, ship now: ")
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["List-Unsubscribe"].strip().startswith("<http://testserver/notifications/unsubscribe/")
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]

    def test_j2_four_workers_at_once_send_each_once(self, owed):
        with mail_server(Mailbox(seconds=0.01)) as box:
            assert sum(at_once(*[delivery.send_due] * 4)) == SOME
        assert set(box.ids().values()) == {1}
        assert len(box.taken) == SOME

    def test_j2_the_twin_that_does_not_mark_what_it_takes_doubles(self, owed, monkeypatch):
        monkeypatch.setattr("notifications.delivery._taken", lambda until: iter(_unmarked()))
        monkeypatch.setattr("notifications.delivery._record", lambda *args: None)
        with mail_server(Mailbox(seconds=0.01)) as box:
            at_once(*[delivery.send_due] * 4)
        assert max(box.ids().values()) > 1

    def test_what_was_overtaken_is_not_sent(self, owed):
        order = Notice.objects.first().order
        lifecycle.cancel(order, reason=CancelReason.BUYER_CANCELED, actor=Actor.buyer(), now=clock.now())
        with mail_server(Mailbox()) as box:
            deliver()
        assert states() == {State.SENT: SOME + 1, State.DROPPED: 1}
        assert Notice.objects.get(state=State.DROPPED).kind == Kind.SOLD
        assert sum("canceled" in mail["Subject"] for mail in box.taken) == 2

    def test_nothing_goes_to_who_has_left_or_unsubscribed(self, owed):
        Recipient.objects.update(kinds=[])
        with mail_server(Mailbox()) as box:
            deliver()
        assert box.taken == []
        assert states() == {State.DROPPED: SOME}

    def test_n2_an_address_is_asked_and_gets_nothing_else_before_it_confirms(self):
        member = seller_of().seller.memberships.get()
        asked = addresses.add(member, "warehouse@example.com", clock.now())
        addresses.mail(asked, Kind.TEST, clock.now())
        with mail_server(Mailbox()) as box:
            deliver()
        assert [mail["Subject"] for mail in box.taken] == ["Confirm this address for notices of Blue Harbor"]
        assert Notice.objects.get(kind=Kind.TEST).state == State.DROPPED


def _unmarked():
    """All that is due, as each worker sees it that marks nothing."""
    return list(Notice.objects.due(clock.now()))


class TestAServerInTrouble:
    def test_j7_down_for_an_hour_nothing_is_lost_or_worn_out(self, owed):
        port = free_port()
        with portal_mails_to(port):
            for _ in range(20):
                hurry()
                deliver()
        assert set(Notice.objects.values_list("faults", flat=True)) == {0}
        hurry()
        with mail_server(Mailbox(), port) as box:
            deliver()
        assert states() == {State.SENT: SOME}
        assert set(box.ids().values()) == {1}

    def test_j7_a_server_that_is_down_is_asked_once_a_round(self, owed):
        with portal_mails_to(free_port()):
            deliver()
        assert sum(Notice.objects.values_list("tries", flat=True)) == 1

    def test_j7_a_server_that_hangs_costs_a_round_one_time_limit(self, owed):
        with hanging_server():
            started = clock.now()
            deliver()
        assert clock.now() - started < timedelta(seconds=3)
        assert states() == {State.QUEUED: SOME - 1, State.RETRY: 1}
        assert Notice.objects.get(state=State.RETRY).faults == 0

    def test_j7_slow(self, owed):
        with mail_server(Mailbox(seconds=0.2)) as box:
            deliver()
        assert set(box.ids().values()) == {1}
        assert states() == {State.SENT: SOME}

    def test_j7_4xx_is_tried_later_and_uses_up_nothing(self, owed):
        busy = Mailbox(lambda message, count: "451 busy" if count <= 7 else "250 OK")
        with mail_server(busy) as box:
            for _ in range(9):
                deliver()
                hurry()
        assert states() == {State.SENT: SOME}
        assert set(box.ids().values()) == {1}

    def test_j7_4xx_is_given_up_after_two_days(self, owed):
        Notice.objects.exclude(pk=Notice.objects.first().pk).delete()
        notice = Notice.objects.get()
        with mail_server(Mailbox(lambda message, count: "451 greylisted, alice@example.com")):
            deliver()
            assert states() == {State.RETRY: 1}
            late = clock.now() + delivery.GIVE_UP_AFTER + timedelta(minutes=1)
            row = delivery._take(late)
            delivery._record(row, delivery._try(row, delivery.Line()), late)
        notice.refresh_from_db()
        assert (notice.state, notice.last_error) == (State.FAILED, "451 greylisted, …")

    def test_j7_5xx_fails_at_once_and_is_sent_again_by_hand(self, owed, caplog):
        bad = Notice.objects.first()
        cure = {bad.message_id}
        with mail_server(Mailbox(lambda m, count: "550 no" if m["Message-ID"] in cure else "250 OK")) as box:
            deliver()
            bad.refresh_from_db()
            assert states() == {State.SENT: SOME - 1, State.FAILED: 1}
            assert (bad.tries, bad.last_error) == (1, "550 no")
            cure.clear()
            assert delivery.resend(bad, clock.now())
            assert not delivery.resend(bad, clock.now())
            deliver()
        assert states() == {State.SENT: SOME}
        assert set(box.ids().values()) == {1}

    def test_j7_accepted_then_dropped_may_repeat_with_the_same_message_id(self, owed):
        odd = set(Notice.objects.order_by("pk").values_list("message_id", flat=True)[::4])
        drops = Mailbox(lambda m, count: "drop" if m["Message-ID"] in odd and count == 1 else "250 OK")
        with mail_server(drops) as box:
            for _ in range(4):
                deliver()
                hurry()
        assert states() == {State.SENT: SOME}
        assert {each for each, count in box.ids().items() if count > 1} == odd
        assert max(box.ids().values()) == 2

    def test_a_server_that_refuses_our_sender_is_no_fault_of_the_mails(self, owed):
        class Refuses(Mailbox):
            async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
                return "550 who are you"

        with mail_server(Refuses()):
            deliver()
        assert states() == {State.QUEUED: SOME - 1, State.RETRY: 1}

    def test_a_server_that_hangs_up_after_each_mail_is_called_again(self, owed):
        class Tired(Mailbox):
            async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
                if getattr(session, "served", 0):
                    return "421 enough"
                session.served = 1
                envelope.mail_from = address
                return "250 OK"

        with mail_server(Tired()) as box:
            for _ in range(3):
                deliver()
                hurry()
        assert states() == {State.SENT: SOME}
        assert set(box.ids().values()) == {1}


class TestPoison:
    def test_j6_a_mail_that_cannot_be_made_fails_after_five_tries_and_harms_no_other(self, owed, monkeypatch):
        poison = Notice.objects.first()
        whole = envelope.message

        def breaks(notice):
            if notice.pk == poison.pk:
                raise RuntimeError
            return whole(notice)

        monkeypatch.setattr("notifications.envelope.message", breaks)
        with mail_server(Mailbox()) as box:
            for _ in range(9):
                deliver()
                hurry()
        poison.refresh_from_db()
        assert (poison.state, poison.tries, poison.last_error) == (State.FAILED, 5, "RuntimeError")
        assert len(box.taken) == SOME - 1

    def test_j6_a_mail_that_kills_its_senders_fails_after_five(self, owed, monkeypatch):
        poison = Notice.objects.first()
        Notice.objects.exclude(pk=poison.pk).delete()
        monkeypatch.setattr("notifications.envelope.message", die)
        for _ in range(5):
            killed_in(delivery.send_due)
            hurry()
        monkeypatch.undo()
        with mail_server(Mailbox()) as box:
            deliver()
        poison.refresh_from_db()
        assert (poison.state, poison.tries, box.taken) == (State.FAILED, 5, [])


@pytest.mark.soak
def test_j7_a_thousand_mails_through_every_trouble():
    """0 lost; doubles only of what was accepted and then dropped, with the same Message-ID."""
    listing = seller_of()
    for _ in range(1000):
        sold(listing)
    write()
    ids = list(Notice.objects.order_by("pk").values_list("message_id", flat=True))
    place = {message_id: number for number, message_id in enumerate(ids)}

    def answer(message, count):
        trouble = place[message["Message-ID"]] % 10
        if trouble == 3 and count <= 3:
            return "451 later"
        return "drop" if trouble == 7 and count == 1 else "250 OK"

    port = free_port()
    with portal_mails_to(port):
        deliver()
    with mail_server(Mailbox(answer), port) as box:
        for _ in range(60):
            hurry()
            at_once(*[delivery.send_due] * 2)
            if states() == {State.SENT: 1000}:
                break
    assert states() == {State.SENT: 1000}
    assert set(box.ids()) == set(ids)
    assert {place[each] % 10 for each, count in box.ids().items() if count > 1} == {7}
    assert max(box.ids().values()) == 2
