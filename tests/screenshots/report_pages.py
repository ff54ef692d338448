"""Reports: the list, a report on its way and one that is ready, the daily one's settings, and why there are none."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse

from accounts import clock
from accounts.models import Seller
from reports import making
from reports.models import Report
from reports.states import Format, ReportKind, ReportState
from tests.screenshots.shot import OWNER, Shot

NEW, SHENZHEN = "new@example.com", "shenzhen@example.com"


def shots() -> Iterator[Shot]:
    """The pages of reports, of the demo seller."""
    seller = Seller.objects.get(slug="lantern-and-pine")
    reports = Report.objects.filter(seller=seller)
    ready = reports.filter(state=ReportState.DONE, format=Format.PDF)[0]
    canceled = reports.filter(state=ReportState.CANCELED)[0]
    day = clock.now().date() - timedelta(days=2)
    desk = reverse("reports:list")
    yield Shot("reports", desk)
    yield Shot("reports-of-a-day", f"{desk}?from={day}&to={day}")
    yield Shot("reports-daily", f"{desk}?posted=daily")
    yield Shot("reports-nothing-found", f"{desk}?kind={ReportKind.SELECTION}")
    yield Shot("reports-new-seller", desk, who=NEW)
    yield Shot("reports-chinese", desk, who=SHENZHEN)
    yield Shot("report-running", reverse("reports:report", args=[_running(seller).key]))
    yield Shot("report-ready", reverse("reports:report", args=[ready.key]))
    yield Shot("report-canceled", reverse("reports:report", args=[canceled.key]))
    yield Shot("report-schedule", reverse("reports:schedule"))
    yield Shot("missing-of-a-day", f"{reverse('messaging:missing')}?q=113-1&day={day}", who=OWNER)


def _running(seller: Seller) -> Report:
    """One that a worker has begun."""
    now = clock.now()
    told = {"kind": ReportKind.NEW_ORDERS, "days": 90, "key": uuid.uuid4(), "user": None}
    report = making.ask(seller=seller, now=now, **told)
    begun = {"state": ReportState.RUNNING, "started_at": now, "claimed_until": now + timedelta(hours=1)}
    Report.objects.filter(pk=report.pk).update(**begun, rows_total=48_210, rows_done=17_403)
    return report
