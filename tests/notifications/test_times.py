"""Quiet hours, one mail a day, what no event tells, and what is forgotten (N2)."""

from datetime import UTC, datetime, time, timedelta

import pytest

from accounts import clock
from accounts.actors import Actor
from inventory.models import Listing
from notifications import delivery, forgetting, recipients, watch
from notifications.models import InboxItem, Notice, Recipient
from notifications.states import Kind, State, Way
from orders import lifecycle
from orders.models import Order
from orders.states import CancelReason
from tests.helpers import at_once
from tests.notifications.steps import Mailbox, deliver, mail_server, seller_of, sold, states, write

pytestmark = pytest.mark.django_db(transaction=True)


def own(listing) -> Recipient:
    recipients.ensure([listing.seller_id], clock.now())
    return Recipient.objects.get(membership__seller=listing.seller, way=Way.MAIL)


def quiet(start, end, zone="America/New_York"):
    return Recipient(time_zone=zone, quiet_from=start, quiet_until=end)


class TestQuietHours:
    @pytest.mark.parametrize(
        ("now", "leaves"),
        [
            ("2026-11-20 02:59:59", "2026-11-20 02:59:59"),  # 21:59:59 in New York
            ("2026-11-20 03:00:00", "2026-11-20 12:00:00"),
            ("2026-11-20 11:59:59", "2026-11-20 12:00:00"),
            ("2026-11-20 12:00:00", "2026-11-20 12:00:00"),
            ("2026-11-01 04:00:00", "2026-11-01 12:00:00"),  # the night that has an hour more
            ("2026-03-08 05:00:00", "2026-03-08 11:00:00"),  # and the one that has an hour less
        ],
    )
    def test_over_midnight(self, now, leaves):
        asked, answer = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (now, leaves))
        assert recipients.suits_at(quiet(time(22), time(7)), asked) == answer

    def test_within_a_day(self):
        noon = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
        assert recipients.suits_at(quiet(time(12), time(14), "UTC"), noon) == noon.replace(hour=14, minute=0)
        assert recipients.suits_at(quiet(None, None), noon) == noon

    def test_a_mail_waits_for_their_end_and_a_test_mail_does_not(self):
        listing = seller_of()
        to = own(listing)
        now = clock.now()
        to.quiet_from, to.quiet_until = (now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time()
        to.time_zone = "UTC"
        to.save()
        sold(listing)
        write()
        assert Notice.objects.get().next_try_at > now + timedelta(minutes=59)
        assert delivery.send_due() == 0


class TestOneMailADay:
    def digest_at(self, listing, hours=1):
        to = own(listing)
        to.time_zone, to.digest_at = "UTC", (clock.now() + timedelta(hours=hours)).time()
        to.save()
        return to

    def test_holds_all_that_happened_and_is_sent_once(self):
        listing = seller_of()
        self.digest_at(listing)
        orders = [sold(listing) for _ in range(3)]
        lifecycle.cancel(orders[0], reason=CancelReason.BUYER_CANCELED, actor=Actor.buyer(), now=clock.now())
        with mail_server(Mailbox()) as box:
            assert deliver() == 1  # the buyer's
            Notice.objects.filter(part_of=None).update(next_try_at=clock.now())
            deliver()
        text = box.taken[-1].get_body(("plain",)).get_content()
        assert f"Sold, ship now: {orders[1].number}" in text
        assert f"Order canceled: {orders[0].number}" in text
        assert f"Sold, ship now: {orders[0].number}" not in text
        assert len(box.taken) == 2
        assert states() == {State.SENT: 6}

    def test_with_nothing_left_to_tell_there_is_none(self):
        listing = seller_of()
        to = self.digest_at(listing)
        to.kinds = [Kind.SOLD]
        to.save()
        order = sold(listing)
        write()
        lifecycle.cancel(order, reason=CancelReason.PRICING_ERROR, actor=Actor.system(), now=clock.now())
        Notice.objects.update(next_try_at=clock.now())
        with mail_server(Mailbox()) as box:
            deliver()
        assert [mail.envelope_to for mail in box.taken] == [["ada@example.org"]]

    def test_what_happens_while_one_is_sent_is_in_the_next(self):
        listing = seller_of()
        self.digest_at(listing)
        sold(listing)
        write()
        first = Notice.objects.get(kind=Kind.DIGEST)
        Notice.objects.filter(pk=first.pk).update(next_try_at=clock.now())
        assert delivery._take(clock.now()).pk == first.pk
        sold(listing)
        write()
        digest_of = dict(Notice.objects.filter(kind=Kind.SOLD).values_list("pk", "part_of"))
        assert len(set(digest_of.values())) == 2


class TestWhatNoEventTells:
    def look(self):
        while watch.look(clock.now()):
            pass

    def told(self):
        return sorted(Notice.objects.values_list("kind", flat=True))

    def test_a_late_shipment_is_told_once_by_however_many_workers(self):
        listing = seller_of()
        order = sold(listing)
        write()
        Notice.objects.all().delete()
        Order.objects.filter(pk=order.pk).update(ship_by=clock.now() - timedelta(minutes=1))
        at_once(*[self.look] * 4)
        self.look()
        assert self.told() == [Kind.LATE]
        assert InboxItem.objects.filter(kind=Kind.LATE).count() == 1

    def test_low_stock_is_told_at_each_crossing(self):
        listing = seller_of(on_hand=20)
        self.look()
        for on_hand, told in ((4, 0), (3, 1), (2, 1), (0, 1), (9, 1), (2, 2)):
            Listing.objects.filter(pk=listing.pk).update(on_hand=on_hand)
            at_once(self.look, self.look)
            assert len(self.told()) == told, on_hand

    def test_a_listing_that_is_new_and_low_is_not_told_nor_one_that_is_closed(self):
        seller_of(on_hand=2)
        closed = seller_of("bo@example.com", on_hand=20)
        self.look()
        Listing.objects.filter(pk=closed.pk).update(is_active=False, on_hand=1)
        self.look()
        assert self.told() == []

    def test_oversold_is_told_even_of_a_new_one(self):
        listing = seller_of(on_hand=2)
        Listing.objects.filter(pk=listing.pk).update(reserved=3)
        self.look()
        self.look()
        assert self.told() == [Kind.OVERSOLD]


class TestForgetting:
    def test_after_ninety_days_and_never_what_still_waits(self):
        listing = seller_of()
        for _ in range(3):
            sold(listing)
        write()
        done, part, _waits = Notice.objects.order_by("pk")
        for each in (done, part):
            Notice.objects.filter(pk=each.pk).update(state=State.SENDING)
            Notice.objects.filter(pk=each.pk).update(state=State.SENT)
        Notice.objects.filter(pk=part.pk).update(part_of=done)
        now = clock.now()
        assert forgetting.forget(now + forgetting.KEPT - timedelta(minutes=5)) == 0
        while forgetting.forget(now + forgetting.KEPT + timedelta(minutes=5)):
            pass
        assert states() == {State.QUEUED: 1}
        assert not InboxItem.objects.exists()
