"""Names that would be headers, names that would be markup, reports of bounces that are none (I4, I5)."""

from contextlib import suppress
from html.parser import HTMLParser
from io import BytesIO, TextIOWrapper

import pytest
from django.core.management import call_command

from accounts import clock
from accounts.actors import Actor
from accounts.models import Seller, User
from messaging import relay
from notifications import bounces, delivery, envelope, unsubscribe
from notifications.models import Notice, Recipient
from notifications.states import Kind, State, Way
from orders import lifecycle, mails
from orders.models import Order, OrderItem
from orders.states import CancelReason
from tests.notifications.steps import Mailbox, deliver, mail_server, seller_of, shipped, sold, states, write

pytestmark = pytest.mark.django_db(transaction=True)

BREAKS = ("\n", "\r", "\r\n", "\n ", "\r\n\t", "\x0b", "\x0c", "\x85", "\u2028", "\0")
HEADERS = (
    "Bcc: evil@example.net",
    "To: evil@example.net",
    "Content-Type: text/html",
    "X-Evil: 1",
    "\n\nBody",
)
INJECTIONS = [f"Blue{line}{header}" for line in BREAKS for header in HEADERS]
MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "<a href=javascript:alert(1)>x</a>",
    "</title><script>alert(1)</script>",
    "{{ letter.url }}{% debug %}",
    "<style>*{display:none}</style>",
    "<!--",
    "&lt;script&gt;",
    "<iframe src=//evil.example>",
)
KNOWN = {
    *("Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted"),
    "Reply-To",
    *(
        "X-Auto-Response-Suppress",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "X-Peer",
        "X-MailFrom",
        "X-RcptTo",
    ),
}


def test_there_are_fifty_injections():
    assert len(INJECTIONS) == 50


def every_field(words):
    """The words stand wherever somebody can write something that a mail shows."""
    words = words.replace("\0", "")  # which the database does not take
    Seller.objects.update(name=words[:150])
    User.objects.update(name=words[:150])
    Order.objects.update(buyer_name=words[:150])
    OrderItem.objects.update(title=words[:500])


def owe(listing):
    """A mail to the member, and two to the buyer, one of them with a memo."""
    orders = [sold(listing), sold(listing)]
    memo = {"reason": CancelReason.NO_INVENTORY, "actor": Actor.system(), "now": clock.now()}
    lifecycle.cancel(orders[0], memo="Sorry", **memo)
    shipped(orders[1])
    return sold(listing)


def test_i4_a_line_break_in_a_name_never_becomes_a_header():
    """50 names, in every field of every mail: no header more, no reader more."""
    listing = seller_of()
    owe(listing)
    write()
    owed, line = list(Notice.objects.order_by("pk")), delivery.Line()
    with mail_server(Mailbox()) as box:
        for words in INJECTIONS:
            every_field(words)
            for notice in owed:
                with suppress(envelope.NotWanted):
                    assert line.send(envelope.message(notice)).fate == delivery.Fate.SENT
        line.close()
    assert len(box.taken) >= 50 * 3
    answered_at = [
        [listing.seller.marketplace.service_email],
        *([relay.order_address(each)] for each in Order.objects.all()),
    ]
    for mail in box.taken:
        assert set(mail.keys()) <= KNOWN
        assert mail.envelope_to in (["alice@example.com"], ["ada@example.org"])
        assert len(mail.get_all("To")) == 1
        assert mail.get_all("Reply-To") in answered_at
        assert "\n" not in mail["Subject"]


class Elements(HTMLParser):
    """What elements and attributes a page has."""

    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):
        self.found.add(tag)
        self.found |= {f"{tag} {name}" for name, _value in attrs}


def elements(page):
    reader = Elements()
    reader.feed(page)
    return reader.found


@pytest.mark.parametrize("words", MARKUP)
def test_i5_markup_in_a_name_is_shown_as_it_was_written(words):
    listing = seller_of()
    owe(listing)
    with mail_server(Mailbox()) as box:
        deliver()
        plain = {name for mail in box.taken for name in elements(mail.get_body(("html",)).get_content())}
        every_field(words)
        box.taken.clear()
        owe(listing)
        every_field(words)
        deliver()
    for mail in box.taken:
        assert elements(mail.get_body(("html",)).get_content()) <= plain
    assert any(words in mail.get_body(("plain",)).get_content() for mail in box.taken)


def test_a_subject_is_one_line_without_control_characters():
    assert mails.one_line("a\r\nBcc: b\x00\u2028 c\u200f") == "a Bcc: b c"


def report(message_id, *, action="failed", kind="delivery-status"):
    """A delivery status notification, as servers send it (RFC 3464)."""
    headers = f"Message-ID: {message_id}\r\nSubject: Sold\r\n"
    status = (
        "Reporting-MTA: dns; mx.example.net\r\n\r\n"
        f"Final-Recipient: rfc822; alice@example.com\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <alice@example.com> no such user\r\n"
    )
    return (
        "From: MAILER-DAEMON@mx.example.net\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{status}\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{headers}\r\n--b--\r\n"
    ).encode()


class TestBounces:
    @pytest.fixture
    def sent(self):
        listing = seller_of()
        sold(listing)
        with mail_server(Mailbox()):
            deliver()
        return Notice.objects.get()

    def test_a_report_marks_the_notice_that_it_is_about_once(self, sent):
        assert bounces.take(report(sent.message_id)) == sent
        assert bounces.take(report(sent.message_id)) is None
        sent.refresh_from_db()
        assert (sent.state, sent.last_error) == (State.BOUNCED, "smtp; 550 5.1.1 <…> no such user")

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"\0\xff\xfe",
            b"Subject: hi\n\nhello",
            b"Content-Type: multipart/report; boundary=b\n\n--b\n--b--",
            b"Content-Type: multipart/report\n\nno boundary",
            b"Content-Type: message/delivery-status\n\nAction: failed",
            report("<unknown@example.com>"),
            report("no id at all"),
        ],
    )
    def test_what_is_no_report_about_a_notice_changes_nothing(self, sent, raw):
        assert bounces.take(raw) is None
        assert states() == {State.SENT: 1}

    def test_a_delay_is_no_failure(self, sent):
        assert bounces.take(report(sent.message_id, action="delayed")) is None

    def test_the_command_reads_an_mtas_pipe(self, sent, monkeypatch, capsys):
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(report(sent.message_id))))
        call_command("receive_bounce")
        assert "marked as bounced" in capsys.readouterr().out
        assert states() == {State.BOUNCED: 1}


def test_the_command_that_sends_says_what_it_did(capsys):
    sold(seller_of())
    with mail_server(Mailbox()) as box:
        call_command("send_notices", "--dry-run", "--json")
        assert '"sent": 0' in capsys.readouterr().out
        call_command("send_notices", "--json")
        assert '"sent": 1, "waiting": 0, "owed": 0' in capsys.readouterr().out
        call_command("send_notices")
    assert len(box.taken) == 1
    assert "Mails sent: 0." in capsys.readouterr().out


def test_a_link_of_another_purpose_opens_nothing():
    sold(seller_of())
    write()
    to = Recipient.objects.get(way=Way.MAIL)
    with pytest.raises(Recipient.DoesNotExist):
        unsubscribe.read(unsubscribe.confirm_token(to))
    with pytest.raises(Recipient.DoesNotExist):
        unsubscribe.confirmed(unsubscribe.UNSUBSCRIBE.sign(f"{to.pk}-{Kind.SOLD}"))
