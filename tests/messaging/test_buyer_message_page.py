"""The buyer's messages behind the link of their order, without a sign-in (C1, C2, C5)."""

import pytest
from django.test import Client

from messaging.models import Attachment, Message, Thread
from messaging.states import Who
from orders import buyer_links, lifecycle
from orders.states import CancelReason
from tests.factories import NOON, ListingFactory
from tests.helpers import SYSTEM, authorised, place
from tests.messaging.page_steps import behind, form, queries, text, upload
from tests.messaging.steps import from_buyer, from_seller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at", "files", "alice")]
buyer = Client()  # no test signs in: the link is all that a buyer has


def test_a_message_with_a_file_reaches_the_seller(order, alice):
    sent = buyer.post(behind(order), form(text="Which colour is it?", attachments=[upload()]))
    message, thread = Message.objects.get(), Thread.objects.get()
    assert (sent["Location"], message.who, thread.unread) == (f"{behind(order)}#last", Who.BUYER, 1)
    found = Attachment.objects.get()
    assert "Which colour is it?" in text(alice.get("/messages/"))
    assert buyer.get(behind(order, f"files/{found.pk}/")).content == b"plain words"


def test_the_same_form_twice_is_one_message(order):
    sent = form()
    assert [buyer.post(behind(order), sent).status_code for _time in range(2)] == [302, 302]
    assert Message.objects.count() == 1


def test_c5_what_may_not_stand_is_marked_and_the_text_kept(order):
    answer = buyer.post(behind(order), form(text="Call me: +1 206 555 0199, please"))
    assert (answer.status_code, Message.objects.count()) == (422, 0)
    assert [piece.text for piece in answer.context["passages"] if piece.kind] == ["+1 206 555 0199"]
    assert "Call me: +1 206 555 0199, please</textarea>" in answer.content.decode()


def test_the_topics_are_the_buyers_and_those_of_the_threads(order):
    from_seller(order, reason="fulfilment_problem")
    shown = text(buyer.get(behind(order)))
    assert "Problem with fulfilling the order" in shown
    assert "Order details" in shown
    assert "Return question" not in shown
    assert buyer.post(behind(order), form(reason="fulfilment_problem")).status_code == 302


def test_c1_no_address_and_no_member_of_the_seller_is_named(order, alice):
    from_seller(order, "Which size?")
    thread = Thread.objects.get()
    for address in (behind(order), buyer_links.path_for(order)):
        shown = text(buyer.get(address))
        assert "Which size?" in shown
        for hidden in (
            thread.seller_alias,
            "Alice",
            *order.seller.memberships.values_list("user__email", flat=True),
        ):
            assert hidden not in shown


def test_c2_on_a_canceled_order_the_sentence_stands_instead(order):
    from_buyer(order, "Where is it?")
    lifecycle.cancel(order, reason=CancelReason.GENERAL_ADJUSTMENT, actor=SYSTEM, now=NOON)
    for address in (behind(order), buyer_links.path_for(order)):
        shown = text(buyer.get(address))
        assert "This order is canceled, so no message can be sent about it." in shown
        assert "service@example.com" in shown
        assert "<textarea" not in shown
    refused = buyer.post(behind(order), form())
    assert (refused.status_code, Message.objects.count()) == (409, 1)


def test_c2_a_pending_order_cannot_be_written_about(listing):
    order = place((listing, 1))
    assert "<textarea" not in text(buyer.get(behind(order)))
    assert buyer.post(behind(order), form()).status_code == 409
    assert behind(order) not in text(buyer.get(buyer_links.path_for(order)))


def test_a_link_opens_the_files_of_its_order_alone(order, listing):
    buyer.post(behind(order), form(attachments=[upload()]))
    found, other = Attachment.objects.get(), authorised((listing, 1))
    assert buyer.get(behind(other, f"files/{found.pk}/")).status_code == 404
    assert buyer.get(f"/buyer/{order.number}/files/{found.pk}/").status_code == 404
    assert buyer.get(f"/buyer/{order.number}.x/messages/").status_code == 404


def test_the_page_is_kept_and_found_nowhere(order):
    answer = buyer.get(behind(order))
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert "no-store" in answer["Cache-Control"]


def test_the_language_is_carried_along(order):
    assert buyer.post(behind(order, query="?language=en"), form())["Location"].endswith("?language=en#last")


def test_many_messages_come_in_stretches(order):
    for number in range(51):
        from_buyer(order, f"Message {number}.", reason=("other", "product")[number % 2])
    shown = buyer.get(behind(order, query="?language=en"))
    assert ("Message 50." in text(shown), "Message 0." in text(shown)) == (True, False)
    step = f"?language=en&before={shown.context['stretch'].before}"
    assert f'href="{step}"'.replace("&", "&amp;") in text(shown)
    earlier = text(buyer.get(behind(order, query=step)))
    assert ("Message 0." in earlier, "Message 1." in earlier, "Earlier messages" in earlier) == (
        True,
        False,
        False,
    )
    for odd in ("x", "-1", "9" * 30, "0"):
        assert buyer.get(behind(order, query=f"?before={odd}")).status_code == 200


def test_constant_queries():
    counts = []
    for messages in (1, 3):
        order = authorised((ListingFactory(), 1))
        for number in range(messages):
            from_buyer(order, f"Hello {number}")
        counts.append([queries(buyer, address) for address in (behind(order), buyer_links.path_for(order))])
    assert counts[0] == counts[1]
