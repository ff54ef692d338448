"""With a virus scanner set, no file is kept that it didn't look at (C5)."""

import pytest

from config import env
from config.env import SettingRefused
from messaging import attachments, inbound, relay, scanner
from messaging.attachments import Upload
from messaging.models import Attachment, Message, RefusedMail
from messaging.refusals import FilesRefused, ScannerAway
from messaging.states import Who
from tests.factories import NOON
from tests.messaging import hostile
from tests.messaging.hostile import PDF
from tests.messaging.scanners import EICAR, says, silent
from tests.messaging.scanners import scanner as serving
from tests.messaging.steps import from_buyer, order_of, text_file

AWAY = r"Files can't be checked for viruses right now\. Nothing was sent\. Try again in a few minutes\."


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_clean_files_pass_and_the_test_virus_is_refused(settings):
    with serving() as settings.CLAMAV_URL:
        assert len(attachments.check([Upload("a.pdf", PDF), Upload("a.txt", b"x" * 150_000)])) == 2
        with pytest.raises(FilesRefused, match=r"a\.txt: The virus scanner found malware in this file\."):
            attachments.check([Upload("ok.txt", b"words"), Upload("a.txt", EICAR)])


def test_without_a_setting_nobody_is_asked(settings):
    settings.CLAMAV_URL = ""
    assert attachments.check([Upload("a.txt", EICAR)])


VERDICTS = {
    "none": says(b""),
    "size limit": says(b"INSTREAM size limit exceeded. ERROR\0"),
    "unknown": says(b"UNKNOWN COMMAND\0"),
    "another protocol": says(b"HTTP/1.1 200 OK\r\n\r\n"),
    "endless": says(b"stream: OK" * 1000),
}


@pytest.mark.parametrize("answer", VERDICTS.values(), ids=VERDICTS)
def test_file_without_verdict_is_refused(settings, answer):
    with serving(answer) as settings.CLAMAV_URL:
        with pytest.raises(ScannerAway, match=AWAY):
            attachments.check([Upload("a.txt", b"words")])


def test_scanner_that_says_nothing_is_not_waited_for(settings, monkeypatch):
    monkeypatch.setattr(scanner, "SECONDS", 0.2)
    with serving(silent) as settings.CLAMAV_URL:
        with pytest.raises(ScannerAway):
            attachments.check([Upload("a.txt", b"words")])


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.ctl"])
def test_scanner_that_is_away_refuses_every_file(settings, address):
    settings.CLAMAV_URL = address
    with pytest.raises(ScannerAway):
        attachments.check([Upload("a.txt", b"words")])


@pytest.mark.django_db
def test_message_is_not_kept_while_the_scanner_is_away(settings):
    order = order_of()
    settings.CLAMAV_URL = "unix:///nowhere/clamd.ctl"
    with pytest.raises(ScannerAway):
        from_buyer(order, files=[text_file()])
    assert not Message.objects.exists()
    assert from_buyer(order).text == "Hello"


@pytest.mark.django_db
def test_mail_comes_again_when_the_scanner_is_away(settings):
    """The mail server keeps it: nothing is taken, and nothing is refused for good."""
    to = relay.address(from_buyer(order_of()).thread, Who.BUYER)
    settings.CLAMAV_URL = "unix:///nowhere/clamd.ctl"
    mail = hostile.with_file(PDF, "a.pdf", "application/pdf")
    with pytest.raises(ScannerAway):
        inbound.take(mail, mail_from=hostile.BUYER, rcpt_to=to, now=NOON)
    assert not RefusedMail.objects.exists()
    with serving() as settings.CLAMAV_URL:
        inbound.take(mail, mail_from=hostile.BUYER, rcpt_to=to, now=NOON)
    assert Attachment.objects.get().content_type == "application/pdf"


@pytest.mark.django_db
def test_mail_with_the_test_virus_is_refused(settings):
    to = relay.address(from_buyer(order_of()).thread, Who.BUYER)
    with serving() as settings.CLAMAV_URL:
        refused = inbound.take(
            hostile.with_file(EICAR, "a.txt"), mail_from=hostile.BUYER, rcpt_to=to, now=NOON
        )
    assert (refused.why, refused.sentence) == (
        "files",
        "a.txt: The virus scanner found malware in this file.",
    )


@pytest.mark.parametrize(
    "value", ["", "tcp://127.0.0.1:3310", "tcp://clamav", "unix:///run/clamav/clamd.ctl"]
)
def test_setting_is_a_socket_of_clamd(monkeypatch, value):
    monkeypatch.setenv("CLAMAV_URL", value)
    assert env.scanner("CLAMAV_URL") == value


@pytest.mark.parametrize(
    "value", ["127.0.0.1:3310", "http://clamav", "tcp://", "unix://run/clamd", "tcp://a:x"]
)
def test_other_setting_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("CLAMAV_URL", value)
    with pytest.raises(SettingRefused, match="CLAMAV_URL"):
        env.scanner("CLAMAV_URL")
