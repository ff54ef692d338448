"""Threads of an order: who may write when, the reply clock, unread counts (C1, C2, C5)."""

import uuid
from datetime import timedelta

import pytest

from accounts.actors import Actor
from messaging import threads
from messaging.models import Attachment, Message, Thread
from messaging.refusals import FilesRefused, KeyReused, NotNow, TextRefused
from messaging.states import Reason, Way, Who, reasons
from orders import lifecycle
from orders.states import CancelReason, EventKind, OrderStatus
from tests.factories import NOON, ListingFactory
from tests.helpers import SYSTEM, place, ship
from tests.messaging.hostile import PDF
from tests.messaging.steps import alice, from_buyer, from_seller, order_of, shipped, text_file

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)
TICK = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def canceled(order):
    return lifecycle.cancel(order, reason=CancelReason.GENERAL_ADJUSTMENT, actor=SYSTEM, now=NOON)


def nothing_written(order) -> bool:
    kinds = [EventKind.MESSAGE_SENT, EventKind.MESSAGE_RECEIVED]
    return not Message.objects.exists() and not order.events.filter(kind__in=kinds).exists()


class TestWriting:
    def test_a_message_its_thread_and_its_event_are_one(self):
        order = order_of()
        message = from_seller(order, "  Which colour\r\nwould you like? ")
        assert (message.text, message.who, message.source) == (
            "Which colour\nwould you like?",
            Who.SELLER,
            Way.PAGE,
        )
        event = order.events.get(kind=EventKind.MESSAGE_SENT)
        assert event.details == {"message": message.pk}
        thread = message.thread
        assert (thread.reason, thread.opened_by, thread.last_who) == (
            Reason.MISSING_INFORMATION,
            Who.SELLER,
            Who.SELLER,
        )
        assert (thread.unread, thread.reply_due_at) == (0, None)

    def test_an_order_has_one_thread_for_each_reason(self):
        order = shipped()
        first = from_seller(order, reason=Reason.DELIVERY)
        second = from_buyer(order, reason=Reason.DELIVERY)
        other = from_buyer(order, reason=Reason.INVOICE)
        assert first.thread == second.thread != other.thread
        assert second.in_reply_to == first
        assert Thread.objects.count() == 2

    def test_the_same_form_twice_is_one_message(self):
        order, key = order_of(), uuid.uuid4()
        first = from_seller(order, key=key, files=[text_file()])
        assert from_seller(order, key=key, files=[text_file()]) == first
        assert (Message.objects.count(), Attachment.objects.count()) == (1, 1)

    @pytest.mark.parametrize(
        "changes", [{"text": "Other"}, {"files": [text_file()]}, {"reason": Reason.OTHER}]
    )
    def test_the_same_form_with_other_content_is_refused(self, changes):
        order, key = order_of(), uuid.uuid4()
        from_seller(order, key=key)
        with pytest.raises(KeyReused):
            from_seller(order, key=key, **changes)
        assert Message.objects.count() == 1

    def test_the_marketplace_writes_without_stopping_the_clock(self):
        order = order_of()
        asked = from_buyer(order)
        threads.reply(asked.thread, "We look.", key=uuid.uuid4(), actor=Actor.staff(None), now=NOON)
        thread = Thread.objects.get()
        assert (thread.last_who, thread.reply_due_at) == (Who.MARKETPLACE, NOON + DAY)


class TestC2:
    def test_not_while_the_order_is_pending(self):
        order = place((ListingFactory(), 1))
        with pytest.raises(NotNow, match="still being authorised"):
            from_buyer(order)
        assert threads.offered(order, Who.SELLER) == []
        assert nothing_written(order)

    @pytest.mark.parametrize("write", [from_seller, from_buyer])
    def test_a_canceled_order_names_customer_service(self, write):
        order = canceled(order_of())
        with pytest.raises(NotNow) as refusal:
            write(order)
        assert "Shipby Customer Service" in str(refusal.value)
        assert "service@example.com" in str(refusal.value)
        assert nothing_written(order)

    def test_a_thread_ends_with_its_order(self):
        order = order_of()
        asked = from_buyer(order)
        canceled(order)
        with pytest.raises(NotNow):
            threads.reply(asked.thread, "Sorry", key=uuid.uuid4(), actor=alice(order), now=NOON)

    def test_still_possible_when_shipped(self):
        assert from_seller(shipped(), reason=Reason.DELIVERY).pk

    def test_reasons_follow_the_order(self):
        order = shipped()
        with pytest.raises(NotNow, match="Choose what"):
            from_seller(order, reason=Reason.MISSING_INFORMATION)
        assert threads.offered(order, Who.SELLER) == reasons(OrderStatus.SHIPPED, Who.SELLER)
        assert Reason.DELIVERY not in reasons(OrderStatus.UNSHIPPED, Who.SELLER)
        both = reasons(OrderStatus.PARTIALLY_SHIPPED, Who.SELLER)
        assert {Reason.MISSING_INFORMATION, Reason.DELIVERY} < set(both)
        assert both[-1] == Reason.OTHER
        assert len(both) == len(set(both))

    def test_a_thread_goes_on_after_its_reason_is_no_longer_offered(self):
        order = order_of()
        asked = from_seller(order)
        ship(asked.thread.order)
        assert from_buyer(order, "Blue", reason=Reason.MISSING_INFORMATION).thread == asked.thread


class TestTheClock:
    def test_it_ends_exactly_24_hours_after_the_buyer_wrote_on_a_weekend_too(self):
        thread = from_buyer(order_of()).thread  # a Friday
        thread.refresh_from_db()
        assert thread.reply_due_at == NOON + DAY
        assert not thread.is_overdue(NOON + DAY)
        assert thread.is_overdue(NOON + DAY + TICK)
        assert not Thread.objects.overdue(NOON + DAY).exists()
        assert Thread.objects.overdue(NOON + DAY + TICK).get() == thread

    def test_writing_once_more_gives_the_seller_no_more_time(self):
        order = order_of()
        from_buyer(order)
        from_buyer(order, "Hello?", now=NOON + DAY)
        assert Thread.objects.get().reply_due_at == NOON + DAY

    def test_an_answer_stops_it_and_the_next_question_starts_it(self):
        order = order_of()
        thread = from_buyer(order).thread
        threads.reply(thread, "Yes", key=uuid.uuid4(), actor=alice(order), now=NOON + DAY)
        assert Thread.objects.get().reply_due_at is None
        from_buyer(order, "And?", now=NOON + 2 * DAY)
        assert Thread.objects.get().reply_due_at == NOON + 3 * DAY

    def test_no_reply_needed_stops_it_until_the_buyer_writes_again(self):
        order = order_of()
        thread = threads.no_reply_needed(from_buyer(order, "Thanks").thread, actor=alice(order), now=NOON)
        assert (thread.reply_due_at, thread.no_reply_needed_at) == (None, NOON)
        assert thread.no_reply_needed_by == alice(order).user
        from_buyer(order, "One more thing", now=NOON + DAY)
        thread.refresh_from_db()
        assert (thread.reply_due_at, thread.no_reply_needed_at) == (NOON + 2 * DAY, None)

    def test_no_reply_needed_where_nobody_waits_changes_nothing(self):
        order = order_of()
        thread = from_seller(order).thread
        assert threads.no_reply_needed(thread, actor=alice(order), now=NOON).no_reply_needed_at is None


class TestUnread:
    def test_only_the_buyers_messages_count_and_reading_ends_at_what_was_seen(self):
        order = order_of()
        first = from_buyer(order)
        from_buyer(order, "Second")
        from_seller(order, reason=Reason.OTHER)
        thread = Thread.objects.get()
        assert thread.unread == 2
        assert threads.mark_read(thread, seen=first.pk).unread == 1
        assert threads.mark_read(thread, seen=thread.messages.last().pk).unread == 0
        assert threads.mark_read(thread, seen=0).unread == 0


class TestC5:
    def test_2000_characters_fit_and_one_more_does_not(self):
        order = order_of()
        assert len(from_seller(order, "x" * 2000).text) == 2000
        with pytest.raises(TextRefused, match="2001"):
            from_seller(order, "x" * 2001)

    @pytest.mark.parametrize("text", ["", " \r\n\t ", "\x00\u202e\u200b"])
    def test_nothing_written_is_refused(self, text):
        order = order_of()
        with pytest.raises(TextRefused, match="Write a message"):
            from_seller(order, text)
        assert nothing_written(order)

    @pytest.mark.parametrize("write", [from_seller, from_buyer])
    @pytest.mark.parametrize(
        ("text", "passage"),
        [
            ("See https://evil.example.com now", "https://evil.example.com"),
            ("Write to ada@example.org", "ada@example.org"),
            ("Call +1 206 555 0100 please", "+1 206 555 0100"),
            ("<b>Hello</b>", "<b>"),
        ],
    )
    def test_what_may_not_stand_there_is_refused_with_its_place_and_reason(self, write, text, passage):
        order = order_of()
        with pytest.raises(TextRefused) as refusal:
            write(order, text)
        found = refusal.value.passages[0]
        assert text[found.start : found.end] == passage
        assert found.sentence in str(refusal.value)
        assert nothing_written(order)

    def test_the_orders_own_numbers_and_customer_service_may_be_named(self):
        order = shipped()
        text = f"Order {order.number}, BTL-1, parcel 1Z1; else service@example.com"
        assert from_seller(order, text, reason=Reason.DELIVERY).text == text

    def test_five_files_fit_and_six_do_not(self):
        order = order_of()
        assert from_seller(order, files=[text_file(f"{n}.txt") for n in range(5)]).attachments.count() == 5
        with pytest.raises(FilesRefused, match="At most 5"):
            from_seller(order, files=[text_file(f"{n}.txt") for n in range(6)])

    def test_10_mb_fit_and_one_byte_more_does_not(self):
        order, half = order_of(), 5 * 1024 * 1024
        files = [
            text_file(name, PDF[:-6] + b"x" * (half - len(PDF)) + b"%%EOF\n") for name in ("1.pdf", "2.pdf")
        ]
        assert from_seller(order, files=files).attachments.count() == 2
        with pytest.raises(FilesRefused, match="10 MB"):
            from_seller(order, files=[*files, text_file("3.txt", b"x")])
        assert Message.objects.count() == 1
