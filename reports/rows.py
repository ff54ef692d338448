"""Reports as rows of ready texts: what it is, of which days, how far it is, and what can be done with it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import counting
from reports import spans
from reports.models import Report
from reports.states import Format, ReportKind, ReportState

TONES = {
    ReportState.WAITING: "neutral",
    ReportState.RUNNING: "info",
    ReportState.DONE: "good",
    ReportState.FAILED: "bad",
    ReportState.CANCELED: "neutral",
}


@dataclass(frozen=True)
class Row:
    """One report; `is_there` says that its file can be had."""

    url: str
    download_url: str
    cancel_url: str
    name: str
    period: str
    format: str
    state: str
    tone: str
    percent: int
    progress: str
    rows: str
    size: str
    who: str
    asked_at: datetime
    is_open: bool
    may_cancel: bool
    is_there: bool
    is_daily: bool
    has_expired: bool
    error: str


def of(report: Report, zone: str, now: datetime) -> Row:
    """The texts in the reader's language, with the days of the marketplace."""
    args = [report.key]
    is_there = has_file(report, now)
    has_expired = report.state == ReportState.DONE and not is_there
    return Row(
        url=reverse("reports:report", args=args),
        download_url=reverse("reports:download", args=args),
        cancel_url=reverse("reports:cancel", args=args),
        name=str(ReportKind(report.kind).label),
        period=spans.words(report, zone),
        format=Format(report.format).name,
        state=_("Expired") if has_expired else str(ReportState(report.state).label),
        tone="neutral" if has_expired else TONES[ReportState(report.state)],
        percent=report.percent,
        progress=_progress(report),
        rows="" if report.format == Format.PDF else counting.written(report.rows_done),
        size=filesizeformat(report.bytes) if is_there else "",
        who=_("Posted each day") if report.daily_for else _name(report),
        asked_at=report.created_at,
        is_open=report.is_open,
        may_cancel=report.is_open and report.daily_for is None,
        is_there=is_there,
        is_daily=report.daily_for is not None,
        has_expired=has_expired,
        error=report.error,
    )


def has_file(report: Report, now: datetime) -> bool:
    """Whether the file can be downloaded: made, and not yet too old."""
    return report.state == ReportState.DONE and bool(report.file) and report.expires_at > now


def file_name(report: Report) -> str:
    """The name under which the file is kept by whoever downloads it."""
    zone = report.seller.marketplace.time_zone
    found = spans.days(report, zone)
    if report.daily_for:
        when = f"{report.daily_for}"
    elif found:
        when = f"{found[0]}" if found[0] == found[1] else f"{found[0]}-to-{found[1]}"
    else:
        when = f"{report.created_at.astimezone(ZoneInfo(zone)):%Y-%m-%d-%H%M}"
    what = "daily" if report.daily_for else report.kind.replace("_", "-")
    ending = "txt" if report.format == Format.TSV else report.format
    return f"{report.seller.slug}-{what}-{when}.{ending}"


def _progress(report: Report) -> str:
    """How far it is, or how much is in it; nothing of one that came to nothing."""
    if report.format == Format.PDF or report.state in (ReportState.FAILED, ReportState.CANCELED):
        return ""
    done = counting.written(report.rows_done)
    if report.is_open and report.rows_total is not None:
        return _("%(done)s of %(all)s rows") % {"done": done, "all": counting.written(report.rows_total)}
    return ngettext("%(n)s row", "%(n)s rows", report.rows_done) % {"n": done} if report.started_at else ""


def _name(report: Report) -> str:
    return (report.asked_by.name or report.asked_by.email) if report.asked_by else "–"
