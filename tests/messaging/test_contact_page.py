"""Contact Buyer: read, write, mark, as everyone (C1, C2, C4, C5)."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Right
from inventory.models import Fulfilment
from messaging.models import Message, Template, Thread
from messaging.states import Who
from orders import lifecycle
from orders.states import CancelReason
from tests.factories import NOON, ListingFactory
from tests.helpers import SYSTEM, authorised, place, ship
from tests.messaging.page_steps import form, page, queries, text, write_to
from tests.messaging.steps import from_buyer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at", "files")]
DAY = timedelta(hours=24)


def canceled(order):
    return lifecycle.cancel(order, reason=CancelReason.GENERAL_ADJUSTMENT, actor=SYSTEM, now=NOON)


class TestWriting:
    def test_a_message_is_written_and_shown(self, alice, order):
        sent = alice.post(write_to(order), form(text="It leaves\r\ntoday."))
        message = Message.objects.get()
        assert (message.text, message.who, sent["Location"]) == (
            "It leaves\ntoday.",
            Who.SELLER,
            page(order, "?about=other#last"),
        )
        assert "It leaves\ntoday." in alice.get(page(order)).content.decode()

    def test_the_same_form_twice_is_one_message(self, alice, order):
        sent = form()
        answers = [alice.post(write_to(order), sent) for _time in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert Message.objects.count() == 1

    def test_the_same_form_with_other_words_is_refused(self, alice, order):
        sent = form()
        alice.post(write_to(order), sent)
        again = alice.post(write_to(order), sent | {"text": "Something else."})
        assert (again.status_code, Message.objects.count()) == (409, 1)
        assert "This form was sent before" in text(again)

    def test_each_page_has_a_key_of_its_own(self, alice, order):
        keys = {str(alice.get(page(order)).context["form"]["key"].value()) for _time in range(2)}
        assert len({uuid.UUID(key) for key in keys}) == 2

    def test_c5_what_may_not_stand_is_marked_and_the_text_kept(self, alice, order):
        answer = alice.post(write_to(order), form(text="Write to me@example.net or see www.example.net <b>"))
        shown = answer.content.decode()
        assert (answer.status_code, Message.objects.count()) == (422, 0)
        assert "<mark" in shown
        marked = [piece.text for piece in answer.context["passages"] if piece.kind]
        assert marked[:2] == ["me@example.net", "www.example.net"]
        assert "Write to me@example.net or see www.example.net &lt;b&gt;</textarea>" in shown

    def test_c5_a_text_that_is_too_long_is_kept_whole(self, alice, order):
        answer = alice.post(write_to(order), form(text="long " * 500))
        assert (answer.status_code, Message.objects.count()) == (422, 0)
        assert "at most 2000 characters" in text(answer).replace("2,000", "2000")
        assert "long " * 499 in answer.content.decode()

    def test_line_ends_count_once(self, alice, order):
        assert alice.post(write_to(order), form(text="a\r\n" * 999 + "ab")).status_code == 302

    def test_a_topic_is_asked_for_and_must_be_offered(self, alice, order):
        """C2: before anything has left, delivery is no topic."""
        shown = text(alice.get(page(order)))
        assert "Missing information" in shown
        assert "Delivery details" not in shown
        for reason in ("", "delivery", "return_question", "nothing"):
            assert alice.post(write_to(order), form(reason=reason)).status_code == 422
        assert not Message.objects.exists()

    def test_once_shipped_delivery_is_a_topic(self, alice, order):
        ship(order)
        assert "Delivery details" in text(alice.get(page(order)))
        assert alice.post(write_to(order), form(reason="delivery")).status_code == 302

    def test_what_marketplace_ships_can_be_written_about(self, alice, seller):
        """C4: it is the only way."""
        listing = ListingFactory(seller=seller, fulfilment=Fulfilment.AFN)
        order = authorised((listing, 1))
        assert alice.post(write_to(order), form()).status_code == 302
        assert page(order) in text(alice.get(f"/orders/{order.number}/"))


class TestStates:
    def test_c2_a_canceled_order_shows_the_sentence_instead_of_the_form(self, alice, order):
        from_buyer(order, "Where is it?")
        canceled(order)
        shown = text(alice.get(page(order)))
        assert "This order is canceled, so no message can be sent about it." in shown
        assert "Shipby Customer Service" in shown
        assert "service@example.com" in shown
        assert "Where is it?" in shown
        assert "<textarea" not in shown

    def test_c2_a_post_to_a_canceled_order_is_refused_too(self, alice, order):
        canceled(order)
        answer = alice.post(write_to(order), form())
        assert (answer.status_code, Message.objects.count()) == (409, 0)
        assert "This order is canceled" in text(answer)

    def test_what_was_sent_before_the_cancel_stands_when_sent_again(self, alice, order):
        sent = form()
        alice.post(write_to(order), sent)
        canceled(order)
        assert alice.post(write_to(order), sent).status_code == 302
        assert Message.objects.count() == 1

    def test_c2_a_pending_order_has_no_form(self, alice, listing):
        order = place((listing, 1))
        shown = text(alice.get(page(order)))
        assert "still being authorised" in shown
        assert "<textarea" not in shown
        assert "Ada Buyer" not in shown
        assert alice.post(write_to(order), form()).status_code == 409
        assert page(order) not in text(alice.get(f"/orders/{order.number}/"))


class TestThreads:
    def test_the_one_that_waits_is_open_and_a_new_one_a_tab_away(self, alice, order):
        from_buyer(order, "Which colour?", reason="product")
        alice.post(write_to(order), form(reason="missing_information", text="Which size?"))
        answer = alice.get(page(order))
        assert (answer.context["thread"].reason, [tab["label"] for tab in answer.context["tabs"]]) == (
            "product",
            ["Question about the product", "Missing information", "New topic"],
        )
        assert "Which colour?" in text(answer)
        assert "Which size?" in text(alice.get(page(order, "?about=missing_information")))
        new = alice.get(page(order, "?about=new")).context["form"].fields["reason"].widget.choices
        assert "missing_information" not in [value for value, _label in new]

    def test_an_answer_ends_the_wait_and_what_was_on_the_page_is_read(self, alice, order):
        from_buyer(order)
        seen = alice.get(page(order)).context["form"]["seen"].value()
        from_buyer(order, "One more thing")
        alice.post(write_to(order), form(seen=seen))
        thread = Thread.objects.get()
        assert (thread.reply_due_at, thread.unread) == (None, 1)

    def test_c5_the_clock_stands_on_the_page(self, alice, order, at):
        from_buyer(order)
        at(NOON + timedelta(hours=21))
        assert 'datetime="2026-11-21T17:00:00Z" data-countdown' in text(alice.get(page(order)))
        at(NOON + DAY + timedelta(hours=3))
        assert "Answer overdue by 3h 0m" in text(alice.get(page(order)))

    def test_c5_no_reply_needed_stops_it(self, alice, order):
        thread = from_buyer(order).thread
        alice.post(f"/messages/{thread.pk}/no-reply-needed/")
        thread.refresh_from_db()
        assert (thread.reply_due_at, thread.no_reply_needed_at) == (None, NOON)
        assert "No answer needed" in text(alice.get(page(order)))

    def test_read_is_what_was_on_the_page(self, alice, order):
        first = from_buyer(order)
        from_buyer(order, "And this?")
        alice.post(f"/messages/{first.thread_id}/read/", {"seen": first.pk})
        assert Thread.objects.get().unread == 1
        for odd in ("", "x", "-1", "9" * 40, "١"):
            assert alice.post(f"/messages/{first.thread_id}/read/", {"seen": odd}).status_code == 302
        assert Thread.objects.get().unread == 1

    def test_looking_changes_nothing(self, alice, order):
        from_buyer(order)
        alice.get(page(order))
        assert Thread.objects.get().unread == 1

    def test_a_long_thread_comes_in_stretches(self, alice, order):
        for number in range(52):
            from_buyer(order, f"Message {number}.")
        shown = alice.get(page(order))
        assert ("Message 51." in text(shown), "Message 1." in text(shown)) == (True, False)
        earlier = page(order, f"?about=other&before={shown.context['stretch'].before}")
        assert "Message 1." in text(alice.get(earlier))
        assert alice.get(page(order, "?before=" + "9" * 30)).status_code == 200

    def test_constant_queries(self, alice, order):
        from_buyer(order)
        alice.get("/")
        counts = [queries(alice, page(order))]
        for number in range(2):
            from_buyer(order, f"And {number}?")
        counts.append(queries(alice, page(order)))
        assert counts[0] == counts[1]


class TestSavedTexts:
    def test_one_is_put_in_with_the_orders_facts_and_nothing_is_sent(self, alice, order, seller):
        saved = Template.objects.create(
            seller=seller, name="Greeting", language="en", text="Dear {buyer}, about {order}: {tracking}"
        )
        answer = alice.post(write_to(order), form(text="Hello.", template=saved.pk, use="1"))
        begun = answer.context["form"]["text"].value()
        assert (answer.status_code, Message.objects.count()) == (200, 0)
        assert begun == f"Hello.\n\nDear Ada Buyer, about {order.number}: {{tracking}}"

    def test_what_is_not_known_yet_is_not_sent(self, alice, order):
        answer = alice.post(write_to(order), form(text="It comes with {tracking}."))
        assert (answer.status_code, Message.objects.count()) == (422, 0)
        assert "{tracking} is not known yet" in text(answer)
        assert alice.post(write_to(order), form(text="A {smile}.")).status_code == 302

    def test_anothers_cannot_be_used(self, alice, order, charlie):
        other = ListingFactory().seller
        theirs = Template.objects.create(seller=other, name="Theirs", language="en", text="Their secret")
        answer = alice.post(write_to(order), form(template=theirs.pk, use="1"))
        assert "Their secret" not in text(answer)


class TestWho:
    def test_who_may_look_reads_and_cannot_write(self, bob, order):
        thread = from_buyer(order, "Which colour?").thread
        shown = text(bob.get(page(order)))
        assert ("Which colour?" in shown, "<textarea" in shown) == (True, False)
        assert bob.post(write_to(order), form()).status_code == 403
        for step in ("read", "no-reply-needed"):
            assert bob.post(f"/messages/{thread.pk}/{step}/").status_code == 403
        assert Message.objects.count() == 1

    def test_a_stranger_finds_nothing(self, charlie, order):
        thread = from_buyer(order).thread
        assert charlie.get(page(order)).status_code == 404
        assert charlie.post(write_to(order), form()).status_code == 404
        for step in ("read", "no-reply-needed"):
            assert charlie.post(f"/messages/{thread.pk}/{step}/").status_code == 404
        thread.refresh_from_db()
        assert (thread.unread, thread.reply_due_at) == (1, NOON + DAY)

    def test_signed_out_leads_to_the_sign_in(self, order):
        assert Client().get(page(order))["Location"].startswith("/accounts/login/")

    def test_c1_no_address_of_the_buyer_is_shown(self, alice, order):
        from_buyer(order)
        thread = Thread.objects.get()
        for address in (page(order), f"/orders/{order.number}/", "/messages/"):
            shown = text(alice.get(address))
            assert "ada@example.org" not in shown
            assert thread.buyer_alias not in shown

    def test_c1_the_buyers_name_on_the_order_opens_it(self, alice, order):
        shown = text(alice.get(f"/orders/{order.number}/"))
        assert f'<a href="{page(order)}">Ada Buyer</a>' in shown
        assert "Contact buyer" in shown

    def test_only_who_may_write_is_offered_to(self, bob, order):
        assert Right.MESSAGE not in bob.get("/").wsgi_request.membership.rights
        assert "Contact buyer" not in text(bob.get(f"/orders/{order.number}/"))
