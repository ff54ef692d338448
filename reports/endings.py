"""How a report ends: ready, failed or canceled; what it was made of is gone then, the row stays."""

from typing import Any

from django.db import transaction
from django.db.models import F

from accounts import clock
from notifications import notices
from notifications.notices import News
from notifications.states import Kind
from reports import files
from reports.models import Report, ReportPart
from reports.states import ReportState


def done(report: Report, name: str, size: int) -> None:
    """The file is there for whoever may have it, and those who want to know are told (N2, N4).

    A worker that has lost the report takes its file away again.
    """
    now = clock.now()
    with transaction.atomic(durable=True):
        ready = {"file": name, "bytes": size, "rows_total": F("rows_done"), "error": ""}
        if is_ours := _end(report, ReportState.DONE, finished_at=now, **ready):
            news = News(f"report:{report.key}", Kind.REPORT_READY, report.seller_id, now)
            notices.tell([news], now)
    if not is_ours:
        files.remove(name)


def fail(report: Report, sentence: str) -> None:
    """It is not made; the sentence says why."""
    with transaction.atomic(durable=True):
        draft = _file_of(report)
        is_ours = _end(report, ReportState.FAILED, finished_at=clock.now(), file="", error=sentence[:500])
    if is_ours:
        files.remove(draft)


def _end(report: Report, state: ReportState, **changes: Any) -> bool:
    """Whether the report was still ours to end."""
    ours = Report.objects.filter(pk=report.pk, claim=report.claim, state=ReportState.RUNNING)
    is_ours = bool(ours.update(state=state, claimed_until=None, **changes))
    if is_ours:
        ReportPart.objects.filter(report=report).delete()
    return is_ours


def _file_of(report: Report) -> str:
    return (
        Report.objects.select_for_update(no_key=True).values_list("file", flat=True).get(pk=report.pk) or ""
    )
