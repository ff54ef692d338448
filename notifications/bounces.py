"""What comes back: a delivery status notification marks the notice that it is about as bounced (RFC 3464)."""

import re
from email import message_from_bytes, policy
from email.message import Message

import structlog
from django.db import transaction

from notifications.models import Notice
from notifications.states import State

MESSAGE_ID = re.compile(r"<[^<>\s]{3,180}>")
ADDRESS = re.compile(r"[^\s<>@;]+@[^\s<>@;]+")
LARGEST = 1_000_000
LONGEST = 2_000
"""Characters of a header that are searched; the search for addresses takes quadratic time."""

logger = structlog.get_logger(__name__)


def take(raw: bytes) -> Notice | None:
    """Mark the notice that this mail says was not delivered; None where it says no such thing.

    Delays and successes change nothing, nor do mails about what we never sent, or marked before.
    """
    report = message_from_bytes(raw[:LARGEST], policy=policy.compat32)
    error = _failure(report)
    message_id = _original_id(report)
    if not error or not message_id:
        return None
    return _mark(message_id, error)


@transaction.atomic
def _mark(message_id: str, error: str) -> Notice | None:
    sent = Notice.objects.filter(message_id=message_id, state=State.SENT)
    notice = sent.select_for_update(no_key=True).first()
    if notice is None:
        return None
    notice.state, notice.last_error = State.BOUNCED, error
    notice.save(update_fields=["state", "last_error"])
    notice.parts.filter(state=State.SENT).update(state=State.BOUNCED)
    logger.error("notice_bounced", notice=notice.pk, kind=notice.kind, error=error)
    return notice


def _failure(report: Message) -> str:
    """Why it failed, without anybody's address; empty for what did not fail for good."""
    if report.get_content_type() != "multipart/report":
        return ""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in _blocks(part):
                if str(block.get("Action", "")).strip().lower() == "failed":
                    words = block.get("Diagnostic-Code") or f"status {block.get('Status', '')}"
                    return ADDRESS.sub("…", " ".join(str(words)[:LONGEST].split()))[:300]
    return ""


def _blocks(part: Message) -> list[Message]:
    """The status of each recipient; Python gives the fields of such a part as messages of their own."""
    content = part.get_payload()
    return [block for block in content if isinstance(block, Message)] if isinstance(content, list) else []


def _original_id(report: Message) -> str:
    """The Message-ID of the mail that came back: in what the report encloses of it, else in its own references."""
    for part in report.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            enclosed = part.get_payload()
            if isinstance(enclosed, list) and enclosed and isinstance(enclosed[0], Message):
                return _id_in(str(enclosed[0].get("Message-ID", "")))
        if kind == "text/rfc822-headers":
            return _id_in(str(part.get_payload()), after="message-id:")
    return _id_in(str(report.get("In-Reply-To", "")))


def _id_in(text: str, after: str = "") -> str:
    start = text.lower().find(after) if after else 0
    found = MESSAGE_ID.search(text, start) if start >= 0 else None
    return found[0] if found else ""
