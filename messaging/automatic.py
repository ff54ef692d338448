"""Mails that no person wrote, and our own that come back: never answered, never taken (RFC 3834)."""

from email.utils import parseaddr

from django.conf import settings

from messaging import relay
from messaging.mail_parts import Head

BULK = ("bulk", "junk", "list", "auto_reply", "auto-reply")
MARKS = (
    "x-auto-response-suppress",
    "list-id",
    "list-unsubscribe",
    "x-autoreply",
    "x-autorespond",
    "x-auto-reply",
)
ROBOTS = ("mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "bounce", "bounces")


def is_loop(head: Head) -> bool:
    """Whether this mail left from here: by our own mark, or by a Message-ID of ours."""
    domain = head.message_id.rpartition("@")[2].rstrip(">").lower()
    return relay.LOOP.lower() in head.headers or domain == settings.RELAY_DOMAIN


def is_automatic(head: Head, mail_from: str) -> bool:
    """Whether a machine wrote it: a bounce, an absence note, a list, a robot."""
    headers = head.headers
    submitted = headers.get("auto-submitted", "no").split(";")[0].strip().lower()
    precedence = headers.get("precedence", "").strip().lower()
    robots = any(sender.partition("@")[0] in ROBOTS for sender in head.senders)
    is_marked = any(mark in headers for mark in MARKS)
    return (
        not _address(mail_from)
        or head.is_report
        or submitted != "no"
        or precedence in BULK
        or is_marked
        or robots
    )


def _address(mail_from: str) -> str:
    """The sender of the envelope; empty for a bounce."""
    return parseaddr(mail_from.strip())[1] if mail_from.strip() not in ("", "<>") else ""
