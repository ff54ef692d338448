"""The periodic work of the access log: look for unusual volumes, keep the partitions."""

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Count

from access_log.models import OPENING, Access, UnusualAccess
from accounts.actors import ActorKind

MANY = 200
"""Different orders that one person opens within WITHIN: more than a day's work of most."""

WITHIN = timedelta(minutes=10)
EVERY = timedelta(minutes=1)


def find_unusual(now: datetime) -> int:
    """Note each person who opened MANY orders of a seller within the last minutes, once a day; return how many are new.

    It runs each minute and looks back a minute more than WITHIN, so no ten minutes slip through between two runs.
    """
    recent = Access.objects.filter(at__gt=now - WITHIN - EVERY, at__lte=now, action__in=OPENING)
    opened = (
        recent.filter(via=ActorKind.SELLER, user__isnull=False, seller__isnull=False)
        .exclude(order_number="")
        .order_by()
        .values("seller_id", "user_id")
        .annotate(count=Count("order_number", distinct=True))
        .filter(count__gte=MANY)
    )
    day = now.astimezone(UTC).date()
    found = [
        UnusualAccess(
            seller_id=row["seller_id"], user_id=row["user_id"], day=day, orders=row["count"], found_at=now
        )
        for row in opened
    ]
    before = UnusualAccess.objects.filter(day=day).count()
    UnusualAccess.objects.bulk_create(found, ignore_conflicts=True)
    return UnusualAccess.objects.filter(day=day).count() - before


def keep_partitions() -> int:
    """Make the partitions of the next months and drop those of 12 months ago; return how many changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_log_keep_partitions()")
        return int(cursor.fetchone()[0])
