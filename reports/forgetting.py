"""What is kept no longer: files after 30 days, and what workers that were killed have left on the disk (F4)."""

from datetime import datetime, timedelta

from django.db import transaction

from reports import files
from reports.models import Report

BATCH = 200
UNCLAIMED = timedelta(days=2)


def forget(now: datetime) -> int:
    """Remove some files that have been kept long enough; their rows stay and say so. Repeat it until that is none."""
    with transaction.atomic(durable=True):
        old = (
            Report.objects.too_old(now)
            .order_by("expires_at")
            .select_for_update(no_key=True, skip_locked=True)
        )
        names = dict(old.values_list("pk", "file")[:BATCH])
        Report.objects.filter(pk__in=names).update(file="", query="")
    for name in filter(None, names.values()):
        files.remove(name)
    return len(names)


def sweep_up(now: datetime) -> int:
    """Remove files that no report names."""
    names = list(files.left_over(now - UNCLAIMED))
    known = set(Report.objects.filter(file__in=names).values_list("file", flat=True))
    left = [name for name in names if name not in known]
    for name in left:
        files.remove(name)
    return len(left)
