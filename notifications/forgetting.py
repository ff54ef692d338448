"""Old notices and inbox items go: what happened stands in the orders' history."""

from datetime import datetime, timedelta

from django.db import transaction

from notifications.models import InboxItem, Notice
from notifications.states import WAITING

KEPT = timedelta(days=90)
BATCH = 500


@transaction.atomic(durable=True)
def forget(now: datetime) -> int:
    """Remove a batch of what is older than 90 days and no longer on its way; returns how many."""
    items = InboxItem.objects.filter(at__lt=now - KEPT).values("pk")[:BATCH]
    old = Notice.objects.filter(created_at__lt=now - KEPT).exclude(state__in=WAITING)
    parts = old.exclude(part_of=None).values("pk")[:BATCH]
    removed = (
        InboxItem.objects.filter(pk__in=items).delete()[0] + Notice.objects.filter(pk__in=parts).delete()[0]
    )
    whole = old.filter(part_of=None, parts=None).values("pk")[:BATCH]
    return removed + Notice.objects.filter(pk__in=whole).delete()[0]
