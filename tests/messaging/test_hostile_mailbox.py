"""A hostile mailbox: each mail is taken or refused as the rules say, none raises, none needs much memory or time."""

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest

from messaging import inbound, relay
from messaging.inbound import Taken
from messaging.models import Attachment, Message, RefusedMail
from messaging.states import Who
from tests.factories import NOON
from tests.messaging import hostile
from tests.messaging.hostile import TAKEN
from tests.messaging.steps import from_buyer, order_of

pytestmark = pytest.mark.django_db
STEP = timedelta(hours=2)
MOST_SECONDS = 4
MOST_MEMORY_KB = 192 * 1024


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def memory(name: str) -> int:
    """A figure of this process in kB, as the kernel says it."""
    found = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1])


def fate_of(outcome) -> str:
    return TAKEN if isinstance(outcome, Taken) else outcome.why


@pytest.mark.parametrize("kind", hostile.MAILBOX, ids=lambda kind: kind.__name__)
def test_each_mail_meets_its_fate(kind):
    to = relay.address(from_buyer(order_of()).thread, Who.BUYER)
    now, wrong = NOON, {}
    for mail in kind():
        now += STEP
        before, begun = Message.objects.count(), time.perf_counter()
        outcome = inbound.take(mail.raw, mail_from=mail.mail_from, rcpt_to=to, now=now)
        seconds = time.perf_counter() - begun
        fate = fate_of(outcome)
        told = outcome.message.text if fate == TAKEN and mail.text is not None else mail.text
        is_counted = Message.objects.count() - before == (fate == TAKEN)
        if (fate, told, is_counted) != (mail.fate, mail.text, True) or seconds > MOST_SECONDS:
            wrong[mail.name] = fate, told, getattr(outcome, "sentence", ""), round(seconds, 1)
    assert wrong == {}
    assert not Message.objects.filter(text__regex=r"[\u202a-\u202e\u2066-\u2069]").exists()


def test_there_are_enough():
    names = [mail.name for kind in hostile.MAILBOX for mail in kind()]
    assert len(names) == len(set(names)) >= 100


def test_files_are_kept_under_random_names_with_clean_ones_to_show(settings):
    to = relay.address(from_buyer(order_of()).thread, Who.BUYER)
    for place, mail in enumerate(hostile.files()):
        inbound.take(mail.raw, mail_from=mail.mail_from, rcpt_to=to, now=NOON + STEP * place)
    kept = Attachment.objects.all()
    on_disk = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert len(on_disk) == kept.count() > 4  # of the refused ones nothing stays behind
    for each in kept:
        assert re.fullmatch(r"messages/[0-9a-f]{2}/[0-9a-f]{38}", each.file.name)
        assert re.fullmatch(r"[\w -]{1,80}\.(pdf|png|jpg|txt)", each.name)


def test_the_log_holds_who_and_why_and_nothing_that_was_written():
    to = relay.address(from_buyer(order_of()).thread, Who.BUYER)
    secret = b"A secret with https://evil.example.com in it"
    outcome = inbound.take(hostile.raw(secret), mail_from="ada@example.org", rcpt_to=to, now=NOON)
    row = RefusedMail.objects.get()
    assert (row, row.why, row.header_from, row.rcpt_to) == (outcome, "text", "ada@example.org", to)
    assert "secret" not in str(row.__dict__)
    assert row.is_told
    assert "Links to other sites" in row.sentence


def test_memory_stays_flat():
    """The peak of the process while the largest mails are judged, above what it had before."""
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("only Linux says how much memory a process had at most")
    to = relay.address(from_buyer(order_of()).thread, Who.BUYER)
    ten = hostile.PDF[:-6] + b"x" * (10 * 1024 * 1024 - len(hostile.PDF)) + b"%%EOF\n"
    largest = [
        hostile.raw(b"x" * 30_000_000),
        hostile.raw(b"\n" * 14_000_000),
        hostile.raw(b"ab\n" * 130_000 + b"x" * 14_000_000),
        hostile.with_file(ten, "a.pdf"),
        hostile.with_file(hostile.bomb_png(), "a.png"),
        hostile.with_file(hostile.bomb_png(8_950), "a.png"),
        hostile.with_file(hostile.picture(size=(5000, 5000)), "a.png"),
        hostile.nested(59),
        hostile.html("<div>" * 500_000),
        hostile.raw(b"\xe4\xbd" * 7_000_000),
    ]
    rises = []
    for place, raw in enumerate(largest):
        Path("/proc/self/clear_refs").write_text("5")
        before = memory("VmRSS")
        inbound.take(raw, mail_from="ada@example.org", rcpt_to=to, now=NOON + STEP * place)
        rises.append(memory("VmHWM") - before)
    assert max(rises) < MOST_MEMORY_KB, str(rises)
