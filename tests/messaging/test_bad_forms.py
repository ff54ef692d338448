"""Whatever is sent to the pages of messages: an answer with a sentence, never an error of ours, nothing written."""

import uuid
from itertools import product

import pytest
from django.test import Client

from messaging.models import Attachment, CaseMessage, Message, SupportCase, Template, Thread
from tests.messaging.page_steps import behind, form, upload, write_to
from tests.messaging.steps import from_buyer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at", "files")]
LONG = "x" * 100_000
KEYS = ("", "1", "0" * 33, "not-a-key", "\0", LONG, "'; DROP TABLE messaging_message; --")
REASONS = ("", "nothing", "OTHER", "delivery\0", "\u202eother", LONG)
TEXTS = (
    "",
    "   \r\n ",
    "\0",
    "\u200b\u200b",
    LONG,
    "x" * 2001,
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='http://example.net'>here</a>",
    "http://example.net",
    "www．example．net",
    "example dot net: https://example.net/?q=1",
    "ada@example.net",
    "ada＠example.net",
    "+1 (206) 555-0199",
    "２０６ ５５５ ０１９９",
)
SEEN = ("-1", "x", "1e309", "9" * 5000, "\0", "NaN")
FILES = (
    upload("a.exe", b"MZ\x90\x00\x03\x00\x00\x00"),
    upload("invoice.pdf", b"MZ\x90\x00\x03\x00\x00\x00"),
    upload("a.zip", b"PK\x03\x04\x14\x00"),
    upload("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    upload("a.html", b"<!doctype html><script>alert(1)</script>"),
    upload("a.png", b"\x89PNG\r\n\x1a\nbroken"),
    upload("a.jpg", b"\xff\xd8\xff\xe0broken"),
    upload("a.pdf", b"%PDF-1.7\n/OpenAction /JavaScript\n%%EOF"),
    upload("a.txt", b"\x00\x01\x02"),
    upload("../../etc/passwd", b"#!/bin/sh\n"),
    upload("empty.txt", b""),
    upload("a.txt", b"call +1 206 555 0199"),
)
MESSAGES = [
    *product(["key"], KEYS),
    *product(["reason"], REASONS),
    *product(["text"], TEXTS),
    *product(["attachments"], range(len(FILES))),
]


def sent(name, value):
    """A form in which this field is wrong."""
    if name != "attachments":
        return form(**{name: value})
    FILES[value].seek(0)
    return form(attachments=FILES[value])


def kept():
    return [
        model.objects.count() for model in (Message, Thread, Attachment, SupportCase, CaseMessage, Template)
    ]


@pytest.fixture
def everybody(alice, order):
    """Who writes where: the seller, and the buyer behind the link."""
    return [(alice, write_to(order)), (Client(), behind(order))]


@pytest.mark.parametrize(
    ("name", "value"), MESSAGES, ids=[f"{name}-{n}" for n, (name, _) in enumerate(MESSAGES)]
)
def test_c5_a_message_is_refused_with_a_sentence(everybody, name, value):
    for client, address in everybody:
        answer = client.post(address, sent(name, value))
        assert (answer.status_code, kept()) == (422, [0] * 6)
        assert answer.context["form"].errors


@pytest.mark.parametrize("name", ["key", "reason", "text"])
def test_a_field_that_is_missing_or_comes_as_a_file(everybody, name):
    for client, address in everybody:
        content = form()
        content.pop(name)
        for odd in (content, content | {name: upload()}):
            assert client.post(address, odd).status_code == 422
    assert kept() == [0] * 6


@pytest.mark.parametrize("seen", SEEN)
def test_an_odd_place_is_refused_or_changes_nothing(alice, order, seen):
    thread = from_buyer(order).thread
    assert alice.post(write_to(order), form(seen=seen)).status_code == 422
    assert alice.post(f"/messages/{thread.pk}/read/", {"seen": seen}).status_code == 302
    thread.refresh_from_db()
    assert (thread.unread, thread.messages.count()) == (1, 1)


@pytest.mark.parametrize("template", ["0", "-1", "x", "9" * 40, "\0", LONG])
def test_an_odd_saved_text_is_left_out(alice, order, template):
    answer = alice.post(write_to(order), form(template=template, use="1"))
    assert (answer.status_code, answer.context["form"]["text"].value()) == (200, "It leaves today.")
    assert alice.post(write_to(order), form(template=template)).status_code == 422


@pytest.mark.parametrize("number", ["", " ", "\0", "x" * 20, LONG, "\u202e\u200b"])
def test_o22_an_odd_case_is_not_opened(alice, number):
    assert alice.post("/cases/open/", form(order_number=number)).status_code == 422
    assert kept() == [0] * 6


@pytest.mark.parametrize(
    ("name", "value"), [*product(["key"], KEYS), *product(["text"], ("", " \n", "\0", LONG))]
)
def test_o22_an_odd_message_of_a_case_is_not_taken(alice, name, value):
    assert alice.post("/cases/open/", form(order_number="1", **{name: value})).status_code == 422
    alice.post("/cases/open/", form(order_number="1"))
    case = SupportCase.objects.get()
    assert alice.post(f"/cases/{case.pk}/write/", form(**{name: value})).status_code == 422
    assert case.messages.count() == 1


def test_o22_the_key_of_anothers_case_opens_nothing(alice, charlie):
    content = form(order_number="1")
    alice.post("/cases/open/", content)
    assert charlie.post("/cases/open/", content).status_code == 409
    assert kept()[3:5] == [1, 1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("name", "\u200b"),
        ("name", "x" * 61),
        ("name", "\0"),
        ("language", ""),
        ("language", "xx"),
        ("language", LONG),
    ],
)
def test_an_odd_saved_text_is_not_kept(alice, name, value):
    content = {"name": "Greeting", "language": "en", "text": "Dear {buyer}"}
    assert alice.post("/settings/templates/add/", content | {name: value}).status_code == 422
    assert kept() == [0] * 6


@pytest.mark.parametrize("pk", [0, 10**18, 10**30])
def test_a_record_of_any_number_is_not_found(alice, pk):
    for address in (f"/messages/files/{pk}/", f"/cases/{pk}/", f"/settings/templates/{pk}/"):
        assert alice.get(address).status_code == 404
    for address in (f"/messages/{pk}/read/", f"/messages/{pk}/no-reply-needed/", f"/cases/{pk}/write/"):
        assert alice.post(address, {"seen": uuid.uuid4()}).status_code == 404
