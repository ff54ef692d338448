"""Mails that are built to keep a processor busy: each is judged in little time, and a stranger's is not parsed."""

import time
from collections.abc import Callable

import pytest

from messaging import inbound, mail_parts, mail_text, relay
from messaging.inbound import Taken
from messaging.states import Who
from notifications import bounces
from tests.factories import NOON
from tests.messaging import hostile
from tests.messaging.steps import from_buyer, order_of

MOST_SECONDS = 2
FULL, LINES = 390_000, 190_000

MARKUP = {
    "unclosed tags": "<a " * (FULL // 3),
    "unclosed tags on lines": "<a\n" * (FULL // 3),
    "unclosed tags with slashes": "<a/" * (FULL // 3),
    "unclosed end tags": "</a " * (FULL // 4),
    "unclosed comments": "<!--" * (FULL // 4),
    "declarations": "<!" * (FULL // 2),
    "instructions": "<?" * (FULL // 2),
    "CDATA": "<![CDATA[" * (FULL // 9),
    "unclosed styles": "<style " * (FULL // 7),
    "entities": "&" * FULL,
    "numeric entities": "&#" * (FULL // 2),
    "long numeric entities": ("&#" + "9" * 4000) * (FULL // 4002),
    "nested quotes": '<a b="' * (FULL // 6),
    "quotes of two kinds": '<a b="' * 30_000 + "<a b='" * 30_000,
    "one tag of many attributes": "<a " + "b " * (FULL // 2),
    "one tag of many equal signs": "<a " + "= " * (FULL // 2),
    "many tags": "<p>" * (FULL // 3),
    "nested quotations": "<blockquote>" * (FULL // 12),
    "many classes": "<a " + "class=" * (FULL // 6) + ">",
}
TEXT = {
    "empty lines": "\n" * LINES + "x",
    "lines of a space": " \n" * (LINES // 2) + "x",
    "one line of spaces": " " * LINES + "x",
    "lines that almost quote": ("On " + "a" * 196 + "\n" + "b" * 119 + "\n") * 600,
    "lines that almost quote in Chinese": ("在" * 240 + "\n") * 800,
    "From lines": "From: a\n" * (LINES // 8),
}
PART = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
RAW = {
    "a boundary of spaces": hostile.raw(b"boundary" + b" " * 5_000_000),
    "a header of many parameters": hostile.raw(b"Hi", b'Content-Type: text/plain; a="' + b";" * 100_000),
    "a part of many parameters": b"From: ada@example.org\r\n"
    + PART
    + b'Content-Disposition: attachment; a="'
    + b";" * 1_000_000
    + b"\r\n\r\nHi",
    "many parts of many parameters": b"From: ada@example.org\r\n"
    + PART
    + (b'Content-Type: text/plain; a="' + b";" * 2_000 + b"\r\n\r\nHi\r\n--b\r\n") * 50,
    "a folded parameter": b"From: ada@example.org\r\n"
    + PART
    + b'Content-Type: text/plain; a="\r\n'
    + b" ;;;;;;;;;\r\n" * 50_000
    + b"\r\nHi",
    "a part of many headers": b"From: ada@example.org\r\n" + PART + b"X-A: b\r\n" * 150_000 + b"\r\nHi",
    "enclosed mails ended by carriage returns": b"From: ada@example.org\rContent-Type: message/rfc822\r\r"
    * 10_000,
    "a sender of parentheses": hostile.raw(b"Hi", b"From: " + b"(" * 100_000),
    "a sender of quotes": hostile.raw(b"Hi", b"From: " + b'"\\' * 50_000),
    "encoded words": hostile.raw(
        b"Hi", b"Content-Disposition: attachment; filename=" + b"=?utf-8?q?" * 1_000
    ),
    "a long line": hostile.raw(b"a" * 10_000_000),
}


def seconds(act: Callable[[], object]) -> float:
    """Return the processor's time that a call took; what others do meanwhile doesn't count."""
    begun = time.process_time()
    act()
    return time.process_time() - begun


@pytest.mark.parametrize("kind", MARKUP)
def test_markup_is_read_in_time_by_its_length(kind):
    assert seconds(lambda: mail_text.own_words(mail_text.from_html(MARKUP[kind]))) < MOST_SECONDS


@pytest.mark.parametrize("kind", TEXT)
def test_text_is_read_in_time_by_its_length(kind):
    assert seconds(lambda: mail_text.own_words(TEXT[kind])) < MOST_SECONDS


@pytest.mark.django_db
@pytest.mark.parametrize("kind", RAW)
def test_mail_of_the_buyer_is_judged_in_time(kind, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    to = relay.address(from_buyer(order_of()).thread, Who.BUYER)
    take = lambda: inbound.take(RAW[kind], mail_from=hostile.BUYER, rcpt_to=to, now=NOON)  # noqa: E731
    assert seconds(take) < MOST_SECONDS


@pytest.mark.django_db
@pytest.mark.parametrize("head", [b"Diagnostic-Code: ", b"Action: failed\r\nStatus: ", b"Action: "])
@pytest.mark.parametrize("shape", [b"=?utf-8?q?", b"(", b'"\\', b"a@"])
def test_report_of_a_lost_mail_is_read_in_time(head, shape):
    report = (
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n'
        b"Reporting-MTA: dns; a\r\n\r\n" + head + shape * 60_000 + b"\r\n\r\n--b--\r\n"
    )
    assert seconds(lambda: bounces.take(report)) < MOST_SECONDS


@pytest.mark.django_db
def test_mail_of_a_stranger_is_refused_by_its_headers_alone(monkeypatch):
    to = relay.address(from_buyer(order_of()).thread, Who.BUYER)
    monkeypatch.setattr(mail_parts, "read", lambda _raw: pytest.fail("The content was parsed."))
    raw = hostile.html("<a " * 15_000).replace(b"ada@example.org", b"eve@example.com")
    assert inbound.take(raw, mail_from="eve@example.com", rcpt_to=to, now=NOON).why == "forged"


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ('<p title="x > y">One</p><br/>two &amp; three', "One\n\ntwo & three"),
        ("<p title=don't>It's</p> 1 < 2 <b>'</b>", "It's\n 1 < 2 '"),
        ("Yes<div class='a gmail_quote'>No</div>", "Yes"),
        ("Yes<blockquote>No<blockquote>no</blockquote>no</blockquote>and", "Yes\nand"),
        ("Hello <a", "Hello "),
    ],
)
def test_words_of_markup_are_those_that_a_reader_sees(markup, words):
    assert mail_text.from_html(markup).strip("\n") == words


class TestAuthentication:
    """What our mail server found out counts; what others wrote there doesn't."""

    pytestmark = pytest.mark.django_db
    PASS = "mx.example.com; dmarc=pass header.from=example.org"

    def come(self, *results: str):
        to = relay.address(from_buyer(order_of()).thread, Who.BUYER)
        made = hostile.raw(b"Hi", *(b"Authentication-Results: " + each.encode() for each in results))
        return inbound.take(made, mail_from=hostile.BUYER, rcpt_to=to, now=NOON)

    @pytest.fixture(autouse=True)
    def _server(self, settings):
        settings.RELAY_AUTHSERV_ID = "mx.example.com"

    @pytest.mark.parametrize(
        "results",
        [
            "mx.example.com; dmarc=fail (p=reject) header.from=example.org",
            "MX.Example.com 1; spf=pass; dmarc = FAIL",
            "(our (own)) mx.example.com; dkim=none; dmarc/1=(so) fail",
            "mx.example.com;\r\n dmarc=fail",
        ],
    )
    @pytest.mark.parametrize("above", [(), (PASS,)], ids=["alone", "below a pass"])
    def test_mail_that_our_server_found_forged_is_refused(self, results, above):
        assert self.come(*above, results).why == "forged"

    @pytest.mark.parametrize(
        "results",
        [
            PASS,
            "mx.attacker.example; dmarc=fail",
            "mx.example.com.attacker.example; dmarc=fail",
            "mx.example.com; dmarc=none",
            "mx.example.com; dmarc=temperror; spf=fail",
            "x; mx.example.com; dmarc=fail",
            "",
        ],
    )
    def test_other_results_refuse_nothing(self, results):
        assert isinstance(self.come(results), Taken)

    def test_without_a_named_server_no_header_counts(self, settings):
        settings.RELAY_AUTHSERV_ID = None
        assert isinstance(self.come("mx.example.com; dmarc=fail"), Taken)
