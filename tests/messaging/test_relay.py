"""The relay both ways: addresses that tell nothing, threads that stay together, who may write where (C1)."""

import re
import uuid
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from accounts.models import Membership, Right
from messaging import inbound, outgoing, relay, threads
from messaging.inbound import Taken
from messaging.models import Message, RefusedMail, Thread
from messaging.states import Reason, Way, Who
from orders import lifecycle
from orders.states import CancelReason, EventKind
from tests.factories import NOON
from tests.helpers import SYSTEM
from tests.messaging import hostile
from tests.messaging.steps import alice, from_buyer, from_seller, order_of, text_file

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
BUYER, SELLER = "ada@example.org", "alice@example.com"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def come(thread: Thread, text: str = "Hello there", *, side=Who.BUYER, now=NOON, **headers: str):
    """A mail to one side's address of the thread, by the one behind it unless said."""
    sender = BUYER if side == Who.BUYER else SELLER
    raw = hostile.mail(text, **{"From": sender, **headers}).as_bytes()
    return inbound.take(raw, mail_from=sender, rcpt_to=relay.address(thread, side), now=now)


def why(outcome) -> str:
    assert isinstance(outcome, RefusedMail), outcome
    assert RefusedMail.objects.filter(pk=outcome.pk).exists()
    return outcome.why


def parsed(mail):
    return message_from_bytes(mail.message().as_bytes(), policy=policy.default)


class TestAddresses:
    def test_each_thread_has_two_that_have_nothing_in_common(self):
        order = order_of()
        first, second = from_buyer(order).thread, from_seller(order).thread
        addresses = [
            relay.address(thread, side) for thread in (first, second) for side in (Who.BUYER, Who.SELLER)
        ]
        assert len(set(addresses)) == 4
        for each in addresses:
            assert re.fullmatch(r"[bs][a-z2-9]{31}@relay\.testserver", each)

    def test_it_is_found_however_its_letters_are_written(self):
        thread = from_buyer(order_of()).thread
        line = relay.find(f"<{relay.address(thread, Who.SELLER).upper()}>", NOON)
        assert (line.thread, line.side) == (thread, Who.SELLER)

    @pytest.mark.parametrize(
        "recipient",
        [
            "",
            "@",
            "b@relay.testserver",
            "b" + "x" * 31 + "@relay.testserver",
            "x@relay.testserver",
            "b\x00@relay.testserver",
            "b" * 10_000 + "@relay.testserver",
            "postmaster@relay.testserver",
            "b%@relay.testserver",
        ],
    )
    def test_what_is_none_is_refused_and_logged(self, recipient):
        outcome = inbound.take(hostile.raw(), mail_from=BUYER, rcpt_to=recipient, now=NOON)
        assert why(outcome) == "unknown"
        assert inbound.check_recipient(recipient, NOON).why == "unknown"

    def test_an_address_at_another_domain_is_not_ours(self):
        thread = from_buyer(order_of()).thread
        alien = relay.address(thread, Who.BUYER).replace("relay.testserver", "relay.example.com")
        assert why(inbound.take(hostile.raw(), mail_from=BUYER, rcpt_to=alien, now=NOON)) == "unknown"

    def test_it_expires_90_days_after_the_last_message(self):
        thread = from_buyer(order_of()).thread
        last = NOON + relay.WORKS_FOR
        assert inbound.check_recipient(relay.address(thread, Who.BUYER), last) is None
        assert why(come(thread, now=last + timedelta(microseconds=1))) == "expired"
        assert isinstance(come(thread, now=last), Taken)


class TestComingIn:
    def test_the_buyers_mail_is_a_message_of_the_thread(self):
        order = order_of()
        asked = from_seller(order)
        outcome = come(asked.thread, "Blue, please", Message_ID="<1@mail.example.org>", now=NOON + MINUTE)
        message = outcome.message
        assert (message.text, message.who, message.source) == ("Blue, please", Who.BUYER, Way.MAIL)
        assert (message.thread, message.in_reply_to, message.came_as) == (
            asked.thread,
            asked,
            "<1@mail.example.org>",
        )
        assert order.events.get(kind=EventKind.MESSAGE_RECEIVED).details == {"message": message.pk}
        assert Thread.objects.get().reply_due_at == NOON + MINUTE + threads.REPLY_WITHIN

    def test_the_sellers_mail_is_an_answer_in_the_members_name(self):
        order = order_of()
        outcome = come(from_buyer(order).thread, "Tomorrow", side=Who.SELLER, now=NOON + MINUTE)
        assert (outcome.message.who, outcome.message.by) == (Who.SELLER, alice(order).user)
        assert Thread.objects.get().reply_due_at is None

    def test_the_same_message_id_twice_is_one_message(self):
        thread = from_seller(order_of()).thread
        first = come(thread, Message_ID="<1@example.org>")
        again = come(thread, "Hello again", Message_ID="<1@example.org>", now=NOON + MINUTE)
        assert (again.message, again.is_again) == (first.message, True)

    def test_without_a_message_id_the_whole_mail_is_its_name(self):
        thread = from_seller(order_of()).thread
        assert come(thread).message == come(thread, now=NOON + MINUTE).message
        assert come(thread, "Else").message != come(thread).message

    def test_a_message_id_of_another_thread_means_nothing_here(self):
        order = order_of()
        one, other = from_seller(order).thread, from_seller(order, reason=Reason.OTHER).thread
        assert (
            come(one, Message_ID="<1@example.org>").message
            != come(other, Message_ID="<1@example.org>").message
        )

    @pytest.mark.parametrize(
        ("side", "sender"),
        [
            (Who.BUYER, SELLER),
            (Who.SELLER, BUYER),
            (Who.BUYER, "eve@example.com"),
            (Who.SELLER, "eve@example.com"),
        ],
    )
    def test_only_the_one_behind_an_address_may_write_to_it(self, side, sender):
        thread = from_buyer(order_of()).thread
        assert why(come(thread, side=side, From=sender)) == "forged"
        assert Message.objects.count() == 1

    def test_a_member_without_the_right_or_who_left_may_not(self):
        order = order_of()
        thread = from_buyer(order).thread
        Membership.objects.update(rights=[Right.VIEW, Right.SETTINGS])
        assert why(come(thread, side=Who.SELLER)) == "forged"
        Membership.objects.update(rights=Right.values)
        order.seller.memberships.get().user.__class__.objects.update(is_active=False)
        assert why(come(thread, side=Who.SELLER)) == "forged"

    def test_c2_not_about_a_canceled_order(self):
        order = order_of()
        thread = from_buyer(order).thread
        lifecycle.cancel(order, reason=CancelReason.GENERAL_ADJUSTMENT, actor=SYSTEM, now=NOON)
        outcome = come(thread)
        assert why(outcome) == "order"
        assert "Shipby Customer Service" in outcome.sentence

    def test_more_than_20_mails_an_hour_are_a_loop(self):
        thread = from_seller(order_of()).thread
        for number in range(20):
            assert isinstance(come(thread, f"Number {number}", now=NOON + MINUTE), Taken)
        assert why(come(thread, "One more", now=NOON + timedelta(minutes=60))) == "too_many"
        assert isinstance(come(thread, "Number 3", now=NOON + timedelta(minutes=60)), Taken)
        assert isinstance(come(thread, "One more", now=NOON + timedelta(minutes=61)), Taken)

    @pytest.mark.parametrize(
        "quote",
        [
            "On Fri, 20 Nov 2026 at 12:00, Blue Harbor (Shipby US) <b@relay.testserver> wrote:\n> Hello",
            "On Friday, Blue Harbor\n<b@relay.testserver> wrote:\n\n> Hello",
            "在 2026年11月20日，Blue Harbor <b@relay.testserver> 写道：\n> Hello",
            "-----Original Message-----\nFrom: Blue Harbor <b@relay.testserver>",
            "-----原始邮件-----\n发件人: Blue Harbor",
            "发件人: Blue Harbor <b@relay.testserver>\n发送时间: 2026-11-20",
            "From: Blue Harbor <b@relay.testserver>\nSent: Friday\nTo: Ada",
            "________________________________\nFrom: Blue Harbor",
            "Am 20.11.2026 um 12:00 schrieb Blue Harbor:\n> Hallo",
            "-- \nAda Buyer\n+1 206 555 0100",
            "> Hello\n> there",
        ],
    )
    def test_what_is_quoted_is_left_out(self, quote):
        thread = from_seller(order_of()).thread
        assert come(thread, f"Blue, please.\nOn Monday would be fine.\n\n{quote}").message.text == (
            "Blue, please.\nOn Monday would be fine."
        )


class TestGoingOut:
    def test_c1_no_mail_of_a_thread_shows_an_address_of_the_other_side(self):
        order = order_of()
        asked = from_seller(order, "Which colour?", files=[text_file()])
        told = come(asked.thread, "Blue", Message_ID="<1@secret.example.org>").message
        to_buyer = outgoing.to_buyer(asked.pk)
        to_member = outgoing.to_member(told.pk, SELLER, "en")
        assert SELLER not in to_buyer.message().as_string()
        assert BUYER not in to_member.message().as_string()
        assert "secret.example.org" not in to_member.message().as_string()
        assert (to_buyer.to, to_member.to) == ([BUYER], [SELLER])

    def test_an_answer_to_a_mail_comes_back_to_its_thread(self):
        asked = from_seller(order_of(), "Which colour?")
        sent = parsed(outgoing.to_buyer(asked.pk))
        to = sent["From"].addresses[0].addr_spec
        raw = hostile.mail("Blue", From=BUYER, In_Reply_To=sent["Message-ID"], Message_ID="<1@example.org>")
        answer = inbound.take(raw.as_bytes(), mail_from=BUYER, rcpt_to=to, now=NOON)
        assert (answer.message.thread, answer.message.in_reply_to) == (asked.thread, asked)

    def test_references_keep_a_thread_together_on_each_side(self):
        asked = from_seller(order_of(), "Which colour?")
        come(asked.thread, "Blue", Message_ID="<1@example.org>")
        last = threads.reply(
            asked.thread, "Good", key=uuid.uuid4(), actor=alice(asked.thread.order), now=NOON
        )
        first, second = parsed(outgoing.to_buyer(asked.pk)), parsed(outgoing.to_buyer(last.pk))
        assert first["Message-ID"] == asked.message_id
        assert first["References"].split()[0] == second["References"].split()[0]
        assert second["References"].split()[1:] == [asked.message_id, "<1@example.org>"]
        assert second["In-Reply-To"] == "<1@example.org>"
        assert first["Subject"] == second["Subject"]

    def test_files_and_words_go_along_and_html_is_escaped(self):
        asked = from_seller(order_of(), "1 < 2 & 3", files=[text_file("größe.txt")])
        sent = parsed(outgoing.to_buyer(asked.pk))
        assert [part.get_filename() for part in sent.iter_attachments()] == ["größe.txt"]
        assert "1 < 2 & 3" in sent.get_body(("plain",)).get_content()
        assert "1 &lt; 2 &amp; 3" in sent.get_body(("html",)).get_content()

    @pytest.mark.parametrize(
        "name",
        [
            "Blue\r\nBcc: eve@example.com",
            "Blue\nHarbor",
            "eve@example.com",
            "Blue\u2028",
            "“青い”<x>,;",
            "x" * 100,
        ],
    )
    def test_i4_a_name_adds_no_header_and_shows_no_address(self, name):
        order = order_of()
        order.seller.__class__.objects.filter(pk=order.seller_id).update(name=name)
        sent = parsed(outgoing.to_buyer(from_seller(order).pk))
        assert sent["Bcc"] is None
        assert len(sent["From"].addresses) == 1
        assert sent["From"].addresses[0].domain == "relay.testserver"
        assert "@" not in sent["From"].addresses[0].display_name

    def test_our_own_mail_that_comes_back_is_a_loop(self):
        asked = from_seller(order_of())
        raw = (
            outgoing.to_buyer(asked.pk)
            .message()
            .as_bytes()
            .replace(b"From:", b"From: ada@example.org\nX:", 1)
        )
        outcome = inbound.take(raw, mail_from=BUYER, rcpt_to=relay.address(asked.thread, Who.BUYER), now=NOON)
        assert why(outcome) == "loop"

    def test_the_report_about_an_undelivered_mail_is_handed_on(self, settings, monkeypatch):
        handed = []
        monkeypatch.setattr("notifications.bounces.take", handed.append)
        asked = from_seller(order_of())
        report = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b"
        raw = hostile.raw(b"--b\r\n\r\nfailed\r\n--b--", report, sender=b"mailer-daemon@example.org")
        assert (
            why(inbound.take(raw, mail_from="", rcpt_to=relay.address(asked.thread, Who.BUYER), now=NOON))
            == "automatic"
        )
        assert handed == [raw]
