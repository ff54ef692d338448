"""A member's inbox in the portal: what they may see of what they were told."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.counting import CAP
from accounts.models import Membership
from notifications.models import InboxItem
from notifications.states import RIGHTS


def of(member: Membership) -> QuerySet[InboxItem]:
    """What the member was told, as far as they may still see it."""
    seen = [kind for kind, right in RIGHTS.items() if member.may(right)]
    return InboxItem.objects.filter(membership=member, kind__in=seen)


def unread(member: Membership) -> QuerySet[InboxItem]:
    """What they have not read yet."""
    return of(member).filter(read_at=None)


def mark_read(member: Membership, now: datetime, pk: int | None = None) -> int:
    """One item, or all of them, are read; returns how many were not."""
    items = unread(member)
    return (items if pk is None else items.filter(pk=pk)).update(read_at=now)


def count_unread(member: Membership) -> int:
    """How many they have not read, up to one more than the cap of what pages count."""
    return unread(member)[: CAP + 1].count()
