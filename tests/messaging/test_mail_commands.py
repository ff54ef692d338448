"""Mail comes in by a pipe, a maildir and a real SMTP conversation; it leaves by notices (C1)."""

import io
import os
import smtplib
import sys
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from accounts import clock
from messaging import inbound, listener, maildir, relay
from messaging.models import Message, RefusedMail
from messaging.states import Who
from tests.crashes import die, killed_in
from tests.messaging import hostile
from tests.messaging.steps import from_buyer, from_seller, order_of, text_file
from tests.notifications.steps import Mailbox, deliver, free_port, mail_server

pytestmark = pytest.mark.django_db(transaction=True)
BUYER, ALICE = "ada@example.org", "alice@example.com"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def thread():
    return from_buyer(order_of()).thread


@pytest.fixture
def to(thread, monkeypatch):
    """The buyer's address of a thread; whoever asks for the time gets the order's own."""
    now = thread.last_message_at
    for module in (listener, maildir):
        monkeypatch.setattr(module, "clock", SimpleNamespace(now=lambda: now))
    monkeypatch.setattr("messaging.management.commands.receive_mail.clock", SimpleNamespace(now=lambda: now))
    return relay.address(thread, Who.BUYER)


def pipe(raw: bytes, *options: str) -> tuple[str, str, int]:
    """What an MTA hears: the output, the error and the exit code."""
    kept, sys.stdin = sys.stdin, SimpleNamespace(buffer=io.BytesIO(raw))
    out = io.StringIO()
    try:
        call_command("receive_mail", *options, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error), error.returncode
    finally:
        sys.stdin = kept
    return out.getvalue(), "", 0


class TestPipe:
    def test_a_mail_is_taken(self, thread, to):
        out, error, code = pipe(hostile.raw(b"Hello"), "--mail-from", BUYER, "--rcpt-to", to)
        assert (error, code) == ("", 0)
        assert out.startswith("Message ")
        assert thread.messages.last().text == "Hello"

    def test_the_envelope_may_stand_above_the_mail(self, thread, to):
        raw = f"Return-Path: <{BUYER}>\nDelivered-To: {to}\n".encode() + hostile.raw(b"Hello")
        assert pipe(raw)[2] == 0
        assert thread.messages.count() == 2

    @pytest.mark.parametrize(
        ("raw", "options", "code", "word"),
        [
            (hostile.raw(b"See https://evil.example.com"), [], os.EX_DATAERR, "Links to other sites"),
            (hostile.raw(b"x" * 16_000_000), [], os.EX_DATAERR, "too large"),
            (hostile.raw(), ["--rcpt-to", "b@relay.testserver"], os.EX_NOUSER, "no such address"),
            (hostile.raw(b"Hello", b"Auto-Submitted: auto-replied"), [], 0, ""),
            (hostile.raw(sender=b"eve@example.com"), [], 0, ""),
            (b"", [], os.EX_DATAERR, "could not be read"),
        ],
    )
    def test_a_person_hears_why_not_and_a_machine_hears_nothing(self, to, raw, options, code, word):
        _out, error, heard = pipe(raw, "--mail-from", BUYER, *(options or ["--rcpt-to", to]))
        assert heard == code
        assert word in error
        assert RefusedMail.objects.count() == 1

    def test_without_the_database_the_mail_is_to_come_again(self, to, monkeypatch):
        def fails(*args, **named):
            raise OperationalError

        monkeypatch.setattr(inbound, "take", fails)
        assert pipe(hostile.raw(), "--mail-from", BUYER, "--rcpt-to", to)[2] == os.EX_TEMPFAIL


class TestMaildir:
    @pytest.fixture
    def box(self, tmp_path, to):
        for name in ("new", "cur", "tmp"):
            (tmp_path / "box" / name).mkdir(parents=True)
        above = f"Return-Path: <{BUYER}>\nX-Original-To: {to}\n".encode()
        for number in range(3):
            mail = above + hostile.raw(f"Number {number}".encode(), f"Message-ID: <{number}@x.org>".encode())
            (tmp_path / "box" / "new" / f"{number}.host").write_bytes(mail)
        (tmp_path / "box" / "new" / "3.host").write_bytes(above + hostile.raw(b"http://evil.example.com"))
        return tmp_path / "box"

    def test_each_is_taken_and_moved(self, box, thread):
        out = io.StringIO()
        call_command("receive_mail", "--maildir", str(box), stdout=out)
        assert out.getvalue() == "Mails taken: 3. Refused: 1.\n"
        assert sorted(path.name for path in (box / "cur").iterdir()) == [f"{n}.host:2,S" for n in range(4)]
        assert not list((box / "new").iterdir())
        call_command("receive_mail", "--maildir", str(box), stdout=out)
        assert thread.messages.count() == 4

    def test_killed_between_taking_and_moving_none_is_taken_twice(self, box, thread, monkeypatch):
        monkeypatch.setattr("pathlib.Path.rename", die)
        killed_in(lambda: list(maildir.take(box)))
        assert thread.messages.count() == 2
        monkeypatch.undo()
        # The clock of the fixture is undone too; the addresses have not expired by the tests' own.
        monkeypatch.setattr(maildir, "clock", SimpleNamespace(now=lambda: thread.last_message_at))
        assert [getattr(each, "is_again", None) for each in maildir.take(box)] == [True, False, False, None]
        assert thread.messages.count() == 4

    def test_what_is_no_maildir_is_said(self, tmp_path):
        with pytest.raises(CommandError, match="not a maildir"):
            call_command("receive_mail", "--maildir", str(tmp_path / "none"))


class TestSmtp:
    @pytest.fixture
    def server(self, to):
        controller = listener.controller(free_port())
        controller.start()
        yield controller
        controller.stop()

    @pytest.fixture
    def client(self, server):
        with smtplib.SMTP(listener.HOST, server.port, timeout=10) as client:
            yield client

    def test_a_conversation_ends_with_a_message(self, client, thread, to):
        assert client.sendmail(BUYER, [to], hostile.encoded("你好，请问什么时候发货？", "gb18030")) == {}
        assert thread.messages.last().text == "你好，请问什么时候发货？"

    def test_no_stranger_is_let_in(self, client, to):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            client.sendmail(BUYER, ["b@relay.testserver", "eve@example.com"], hostile.raw())
        assert {code for code, _ in refused.value.recipients.values()} == {550}

    def test_the_sending_server_hears_why_not(self, client, to):
        with pytest.raises(smtplib.SMTPDataError, match="Phone numbers are not allowed") as refused:
            client.sendmail(BUYER, [to], hostile.raw(b"Call +1 206 555 0100"))
        assert refused.value.smtp_code == 550

    def test_30_mb_are_refused_before_they_are_kept(self, client, to):
        with pytest.raises((smtplib.SMTPException, OSError)):
            client.sendmail(BUYER, [to], hostile.raw(b"x" * 30_000_000))
        assert Message.objects.count() == 1


class TestBothWays:
    def test_a_question_goes_out_by_notices_and_its_answer_comes_in(self, monkeypatch):
        """Alice asks on the page; Ada gets a mail, answers it; Alice gets one, answers it; Ada gets that."""
        order = order_of(now=clock.now())
        asked = from_seller(order, "Which colour?", files=[text_file()], now=clock.now())
        controller, box = listener.controller(free_port()), Mailbox()
        controller.start()
        try:
            with mail_server(box), smtplib.SMTP(listener.HOST, controller.port, timeout=10) as client:
                deliver()
                first = taken(box, BUYER)
                assert first["Message-ID"] == asked.message_id
                client.sendmail(BUYER, [sender(first)], answer_to(first, "Blue", BUYER, "1"))
                deliver()
                second = taken(box, ALICE)
                assert "Blue" in second.get_body(("plain",)).get_content()
                client.sendmail(
                    "alice@example.com", [sender(second)], answer_to(second, "Good", "alice@example.com", "2")
                )
                deliver()
        finally:
            controller.stop()
        texts = list(asked.thread.messages.values_list("who", "text", "in_reply_to"))
        first_pk, second_pk, _third_pk = asked.thread.messages.values_list("pk", flat=True)
        assert texts == [
            ("seller", "Which colour?", None),
            ("buyer", "Blue", first_pk),
            ("seller", "Good", second_pk),
        ]
        third = taken(box, BUYER, count=2)
        assert third["In-Reply-To"] == "<1@example.org>"
        assert asked.message_id in third["References"]
        for mail, hidden in ((first, b"alice@"), (second, b"ada@"), (third, b"alice@")):
            assert hidden not in mail.as_bytes()


def taken(box: Mailbox, to: str, count: int = 1):
    """The last mail about messages that this mailbox got."""
    found = [mail for mail in box.taken if mail.envelope_to == [to] and relay.LOOP in mail]
    assert len(found) == count
    return found[-1]


def sender(mail) -> str:
    return mail["From"].addresses[0].addr_spec


def answer_to(mail, words: str, writer: str, name: str) -> bytes:
    """As a mail program writes it: the answer, and below what it answers."""
    quoted = mail.get_body(("plain",)).get_content().replace("\n", "\n> ")
    headers = {"From": writer, "In_Reply_To": mail["Message-ID"], "Message_ID": f"<{name}@example.org>"}
    return hostile.mail(f"{words}\n\nOn Friday, {mail['From']} wrote:\n> {quoted}", **headers).as_bytes()
