"""Events become notices, once, whatever happens in between (N1, N4)."""

import threading

import pytest
from django.db import connections, transaction

from accounts import clock
from accounts.actors import Actor
from accounts.models import Right, User
from notifications import notices
from notifications.models import InboxItem, Notice, Owed, Recipient
from notifications.states import Kind, Way
from orders import cancel_requests, history, lifecycle, sweeps
from orders.models import OrderEvent
from orders.states import CancelReason, EventKind
from tests.crashes import die, killed_in
from tests.factories import NOON, ListingFactory, MembershipFactory
from tests.helpers import SYSTEM, at_once, place
from tests.notifications.steps import Mailbox, deliver, mail_server, seller_of, shipped, sold, write
from tests.refunds import steps as refunds


def kinds(**about):
    return sorted(Notice.objects.filter(**about).values_list("kind", flat=True))


@pytest.mark.django_db(transaction=True)
class TestWhatIsTold:
    def test_n1_a_new_order_is_told_once_it_is_authorised(self):
        listing = seller_of()
        order = place((listing, 1), now=clock.now())
        write()
        assert kinds() == []
        sweeps.run(sweeps.finish_provider_calls, now=clock.now(), actor=SYSTEM)
        write()
        assert kinds() == [Kind.SOLD]
        assert Notice.objects.get().order == order
        assert InboxItem.objects.get().kind == Kind.SOLD

    def test_n1_not_where_it_is_switched_off(self):
        listing = seller_of()
        sold(listing)
        write()
        Recipient.objects.update(kinds=[])
        sold(listing)
        write()
        assert kinds() == [Kind.SOLD]

    def test_a_seller_hears_of_what_others_canceled_and_the_buyer_of_both(self):
        listing = seller_of()
        alice = Actor.seller(User.objects.get())
        reason = CancelReason.PRICING_ERROR
        by_seller = lifecycle.cancel(sold(listing), reason=reason, actor=alice, now=clock.now())
        by_buyer = lifecycle.cancel(
            sold(listing), reason=CancelReason.BUYER_CANCELED, actor=Actor.buyer(), now=clock.now()
        )
        write()
        assert kinds(order=by_seller) == [Kind.BUYER_CANCELED, Kind.SOLD]
        assert kinds(order=by_buyer) == [Kind.BUYER_CANCELED, Kind.CANCELED, Kind.SOLD]

    def test_asking_declining_shipping(self):
        listing = seller_of()
        order = sold(listing)
        cancel_requests.ask(order, note="please", actor=Actor.channel(), now=clock.now())
        alice = Actor.seller(User.objects.get())
        cancel_requests.decline(order, actor=alice, now=clock.now())
        shipped(order)
        write()
        to_buyer = [Kind.BUYER_REQUEST_DECLINED, Kind.BUYER_SHIPPED]
        assert kinds(order=order) == sorted([Kind.SOLD, Kind.CANCEL_REQUESTED, *to_buyer])

    def test_only_who_may_see_orders_is_told_of_them(self):
        listing = seller_of()
        MembershipFactory(seller=listing.seller, rights=[Right.MESSAGE])
        MembershipFactory(seller=listing.seller, user__is_active=False)
        MembershipFactory()
        sold(listing)
        write()
        assert [notice.recipient.address for notice in Notice.objects.all()] == ["alice@example.com"]

    def test_what_is_long_past_or_imported_is_not_told(self):
        listing = seller_of()
        place((listing, 1), now=NOON)
        assert not Owed.objects.exists()

    def test_an_address_that_nobody_confirmed_gets_nothing(self):
        listing = seller_of()
        sold(listing)
        write()
        member = listing.seller.memberships.get()
        Recipient.objects.create(membership=member, email="other@example.com")
        sold(listing)
        write()
        assert {notice.recipient.address for notice in Notice.objects.all()} == {"alice@example.com"}


@pytest.mark.django_db(transaction=True)
class TestNoneIsLostAndNoneIsDoubled:
    def test_n4_a_change_that_was_rolled_back_owes_nothing(self):
        listing = seller_of()
        order = sold(listing)
        write()
        before = Notice.objects.count()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            lifecycle.cancel(order, reason=CancelReason.PRICING_ERROR, actor=SYSTEM, now=clock.now())
            raise ZeroDivisionError
        write()
        assert not Owed.objects.exists()
        assert Notice.objects.count() == before

    def test_n4_a_slow_transaction_is_not_passed_over(self):
        """Its event has the smaller number and is committed later."""
        _passed_over(write)
        assert Notice.objects.filter(kind=Kind.BUYER_CANCELED).count() == 2

    def test_the_twin_that_remembers_the_last_number_passes_it_over(self):
        """Without the owed row: a cursor over the events' numbers, as one is tempted to write it."""
        seen, told = [0], []

        def cursor():
            found = OrderEvent.objects.filter(pk__gt=seen[0], kind=EventKind.CANCELED).order_by("pk")
            for event in found:
                told.append(event.pk)
                seen[0] = event.pk

        _passed_over(cursor)
        assert len(told) == 1

    def test_j2_two_workers_at_once_write_each_notice_once(self):
        listing = seller_of()
        for _ in range(30):
            sold(listing)
        outcomes = at_once(*[write] * 4)
        assert sum(outcomes) == OrderEvent.objects.count()
        assert Notice.objects.filter(kind=Kind.SOLD).count() == 30
        assert not Owed.objects.exists()

    def test_a_worker_killed_before_its_commit_leaves_all_to_the_next(self, monkeypatch):
        listing = seller_of()
        sold(listing)
        monkeypatch.setattr("django.db.models.query.QuerySet.delete", die)
        killed_in(lambda: notices._write(clock.now(), 100))
        monkeypatch.undo()
        assert not Notice.objects.exists()
        write()
        assert kinds() == [Kind.SOLD]

    def test_telling_twice_is_telling_once(self):
        listing = seller_of()
        sold(listing)
        write()
        for event in OrderEvent.objects.all():
            Owed.objects.create(event=event)
        write()
        assert kinds() == [Kind.SOLD]
        assert InboxItem.objects.count() == 1

    def test_j6_an_event_that_breaks_holds_up_no_other(self, monkeypatch):
        listing = seller_of()
        poison = sold(listing)
        good = sold(listing)
        whole = notices._to_members

        def breaks(event):
            if event.order_id == poison.pk:
                raise RuntimeError
            return whole(event)

        monkeypatch.setattr("notifications.notices._to_members", breaks)
        for _ in range(8):
            write()
            Owed.objects.update(next_try_at=None)
        assert kinds(order=good) == [Kind.SOLD]
        assert set(Owed.objects.values_list("faults", flat=True)) == {5}


def _passed_over(look):
    """One order is canceled in a transaction that stays open while another one is canceled and looked at."""
    listing = seller_of()
    # Another listing: the orders of one wait for each other at its stock.
    slow, quick = sold(listing), sold(ListingFactory(seller=listing.seller))
    look()
    written, go_on = threading.Event(), threading.Event()

    def cancel_slowly():
        try:
            with transaction.atomic():
                lifecycle.cancel(slow, reason=CancelReason.PRICING_ERROR, actor=SYSTEM, now=clock.now())
                written.set()
                go_on.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=cancel_slowly)
    thread.start()
    assert written.wait(10)
    lifecycle.cancel(quick, reason=CancelReason.PRICING_ERROR, actor=SYSTEM, now=clock.now())
    look()
    go_on.set()
    thread.join()
    look()


@pytest.mark.django_db(transaction=True)
def test_recipients_are_made_once_for_each_member():
    listing = seller_of()
    for _ in range(2):
        sold(listing)
        write()
    assert sorted(Recipient.objects.values_list("way", flat=True)) == [Way.MAIL, Way.PORTAL]
    assert history.TELLS == "notifications.tasks.send"


@pytest.mark.django_db(transaction=True)
def test_r8_a_refund_is_mailed_with_the_memo_and_without_the_private_note():
    listing = seller_of()
    order = shipped(sold(listing))
    now = clock.now()
    asked = refunds.refund(order, memo="Sorry for the dent.", note="Ada always complains.", now=now)
    assert kinds(order=order) == []
    refunds.send_all(now)
    asked.refresh_from_db()
    assert asked.state == "done"
    with mail_server(Mailbox()) as box:
        deliver()
    assert kinds(order=order) == sorted([Kind.BUYER_REFUND, Kind.BUYER_SHIPPED, Kind.REFUND, Kind.SOLD])
    (mail,) = [mail for mail in box.taken if mail["Subject"].startswith("Refund for your order")]
    assert mail.envelope_to == ["ada@example.org"]
    for part in mail.iter_parts():
        words = part.get_content()
        assert "Sorry for the dent." in words
        assert "complains" not in words
        assert f"/buyer/{order.number}" in words
