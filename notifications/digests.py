"""One mail a day instead of many: the notices of a day are parts of one that leaves at the chosen hour."""

from datetime import datetime

from notifications import recipients
from notifications.models import Notice, Recipient
from notifications.states import Kind, State


def of(recipient: Recipient, seller: int, now: datetime) -> Notice:
    """The digest that still takes parts; its row is held until the caller commits.

    So a sender cannot take it away between: what is added to it is in it, and what comes later is in the next.
    """
    due_at = recipients.digest_due_at(recipient, now)
    Notice.objects.bulk_create([_digest(recipient, seller, due_at, now)], ignore_conflicts=True)
    waiting = Notice.objects.filter(kind=Kind.DIGEST, recipient=recipient, state=State.QUEUED)
    digest = waiting.select_for_update(no_key=True).order_by("next_try_at").last()
    # Due this very moment and already being sent: another one beside it, for the next time.
    return digest or of(recipient, seller, due_at)


def _digest(recipient: Recipient, seller: int, due_at: datetime, now: datetime) -> Notice:
    return Notice(
        key=f"digest:{recipient.pk}:{due_at:%Y-%m-%dT%H:%M}",
        kind=Kind.DIGEST,
        seller_id=seller,
        recipient=recipient,
        created_at=now,
        next_try_at=due_at,
    )
