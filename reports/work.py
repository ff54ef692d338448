"""Making a report, part by part, whatever happens to the worker (F4).

A worker claims the report for a while and says after each part how far the draft is. Killed, it is followed by one
that takes over so many bytes and goes on; canceled, or followed too early, it finds out when it says so.
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import clock
from accounts.nudge import nudge
from reports import ahead, copying, documents, endings, files, kinds, parts, spreadsheet, words
from reports.models import Report
from reports.states import Format, ReportState

WORK = "reports.tasks.work"
FAULTS = 5
PAUSE, LONG_PAUSE = timedelta(minutes=1), timedelta(hours=1)
# Longer than a statement may take, and than a workbook or a picture may.
LEASE, LONG_LEASE = timedelta(seconds=150), timedelta(seconds=310)
STINT_SECONDS = 180
# A workbook or a picture is made in one go: it is not begun with less time than that.
WHOLE_SECONDS = 150
AT_ONCE = 20

logger = structlog.get_logger(__name__)


class Lost(Exception):
    """The report is somebody else's by now, or canceled."""


class OutOfTime(Exception):
    """What is left is for another task."""


def work(pk: int, *, seconds: float = STINT_SECONDS) -> None:
    """Make a report, or go on with it; nothing where another worker is at it or it is finished.

    After so many seconds the rest is handed to another task. What breaks, or makes nothing at all in its time, is tried
    again later, five times in all; a daily report has the only mention of its orders, and is tried until it is there.
    """
    claimed = _claim(pk)
    if claimed is None:
        return
    report, before = claimed
    try:
        with translation.override(report.language):
            _make(report, before, time.monotonic() + seconds)
    except Lost:
        pass
    except OutOfTime:
        _hand_on(report)
    except spreadsheet.TooManyRows as refusal:
        endings.fail(report, str(refusal))
    except Exception:
        logger.exception("report_not_made", report=report.pk, fault=report.faults)
        _break(report)


def sweep(*, seconds: float = STINT_SECONDS) -> int:
    """Make what nobody makes: what got no hint, and what a worker left behind. Returns how many were looked at."""
    until, looked = time.monotonic() + seconds, 0
    for pk in Report.objects.due(clock.now()).values_list("pk", flat=True)[:AT_ONCE]:
        if time.monotonic() >= until:
            break
        work(pk, seconds=until - time.monotonic())
        looked += 1
    return looked


def _claim(pk: int) -> tuple[Report, str] | None:
    """Hold a report that is due, and the draft that it has. A worker that was killed counts as a fault."""
    now = clock.now()
    with transaction.atomic(durable=True):
        due = Report.objects.due(now).filter(pk=pk).select_related("seller__marketplace")
        report = due.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
        if report is None:
            return None
        if report.faults < FAULTS or report.daily_for:
            report.state, report.faults = ReportState.RUNNING, report.faults + 1
            report.started_at = report.started_at or now
            report.claim, report.claimed_until = uuid.uuid4(), now + _lease(report)
            report.save(update_fields=["state", "faults", "started_at", "claim", "claimed_until"])
            return report, report.file.name or ""
        report.state = ReportState.RUNNING
        report.save(update_fields=["state"])
    _give_up(report)
    return None


def _lease(report: Report, least: timedelta = LEASE) -> timedelta:
    """How long nobody else may take it; one that kills its workers shall not do so all the time."""
    return max(least, LONG_PAUSE) if report.faults > FAULTS else least


def _make(report: Report, before: str, until: float) -> None:
    if report.format == Format.PDF:
        _make_document(report, until)
        return
    if report.rows_total is None:
        _write_down(report)
    form = Format.CSV if report.format == Format.CSV else Format.TSV
    draft = files.new_name(report, form) + files.DRAFT
    with _tidy(report, draft):
        _make_rows(report, before, draft, until)
        _finish(report, draft, until)


def _write_down(report: Report) -> None:
    """Which orders it lists, and about how many rows that makes."""
    with _record(report) as changes:
        if not report.parts.exists():
            parts.write(report, words.of(report))
        changes["rows_total"] = parts.count(report)


def _make_rows(report: Report, before: str, draft: str, until: float) -> None:
    """Write what is missing of the draft; each part is on record before the next one is begun."""
    kind, said = kinds.of(report.kind), words.of(report)
    columns, style = kind.header(report.columns), copying.Style.of(report)
    is_whole = files.begin(draft, before, report.offset)
    with _record(report) as changes:
        changes["file"] = draft
        if not is_whole or not report.offset:
            start = files.append(draft, copying.header(columns, style))
            changes |= {"offset": start, "parts_done": 0, "rows_done": 0}
    files.remove(before)

    def copy(place: int) -> ahead.Part | None:
        with transaction.atomic():
            orders = parts.orders_of(report, place)
            return copying.rows(kind, columns, style, said, orders) if orders else None

    for text, done in ahead.parts(copy, report.parts_done + 1, report.rows_total or 0):
        if time.monotonic() >= until:
            raise OutOfTime
        with _record(report, is_durable=False) as changes:
            changes["offset"] = files.append(draft, text)
            changes |= {
                "rows_done": report.rows_done + done,
                "parts_done": report.parts_done + 1,
                "faults": 0,
            }


def _finish(report: Report, draft: str, until: float) -> None:
    """The draft becomes the file that was asked for."""
    if report.format == Format.XLSX:
        _fall_back(report)
    name, source = files.new_name(report, report.format), draft
    with _tidy(report, name, name + files.DRAFT):
        if report.format == Format.XLSX:
            source = name + files.DRAFT
            _hold_long(report, until)
            columns = kinds.of(report.kind).header(report.columns)
            spreadsheet.write(files.path(source), columns, files.lines(draft))
        endings.done(report, name, files.finish(files.path(source), name))
    files.remove(draft)


def _fall_back(report: Report) -> None:
    """A daily report of which no workbook can be made is posted as text (F1); of others that is told."""
    is_too_long = report.rows_done > spreadsheet.MOST_ROWS
    if report.daily_for and (is_too_long or report.faults >= FAULTS):
        with _record(report) as changes:
            changes["format"] = Format.TSV
    elif is_too_long:
        raise spreadsheet.TooManyRows


def _make_document(report: Report, until: float) -> None:
    """The picture of the period."""
    _hold_long(report, until)
    said = words.of(report)
    found = documents.pdf(report.seller, said["first_day"], said["last_day"], said["now"])
    name = files.new_name(report, report.format)
    draft = name + files.DRAFT
    with _tidy(report, name, draft):
        files.begin(draft, "", 0)
        files.append(draft, found)
        endings.done(report, name, files.finish(files.path(draft), name))


def _hold_long(report: Report, until: float) -> None:
    """It is ours for as long as the whole of it may take. Raises OutOfTime where that is more than is left."""
    if time.monotonic() + WHOLE_SECONDS > until:
        raise OutOfTime
    with _record(report, LONG_LEASE):
        pass


@contextmanager
def _tidy(report: Report, *names: str) -> Iterator[None]:
    """Whatever breaks inside leaves none of these files but the one on record: a full disk is not made fuller."""
    try:
        yield
    except BaseException:
        kept = _file_of(report)
        for name in names:
            if name != kept:
                files.remove(name)
        raise


@contextmanager
def _record(report: Report, lease: timedelta = LEASE, *, is_durable: bool = True) -> Iterator[dict[str, Any]]:
    """What is changed inside is on record with what the block read, and the report stays ours for another while.

    Raises Lost where it is no longer ours. A step that a power cut forgets is only taken again.
    """
    changes: dict[str, Any] = {}
    with transaction.atomic(durable=True):
        yield changes
        if not is_durable:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = off")
        ours = Report.objects.filter(pk=report.pk, claim=report.claim, state=ReportState.RUNNING)
        if not ours.update(claimed_until=clock.now() + _lease(report, lease), **changes):
            raise Lost
    for name, value in changes.items():
        setattr(report, name, value)


def _file_of(report: Report) -> str:
    return Report.objects.values_list("file", flat=True).get(pk=report.pk) or ""


def _hand_on(report: Report) -> None:
    """Another task may take it at once. That is no fault where a part was made, since each part takes faults away."""
    _release(report, clock.now())
    nudge(WORK, report.pk)


def _break(report: Report) -> None:
    """Try it again after a while; the fifth time was the last."""
    faults = max(1, report.faults)
    if faults < FAULTS:
        _release(report, clock.now() + PAUSE * faults, faults=faults)
    else:
        _give_up(report)


def _give_up(report: Report) -> None:
    """It has failed, and the operator is told. A daily report stays owed: its orders are in no other one (ADR 14)."""
    logger.error("report_failed", report=report.pk, seller=report.seller_id, daily_for=report.daily_for)
    if report.daily_for:
        sentence = _(
            "It could not be made yet. It is tried again every hour, and none of its orders is lost."
        )
        _release(report, clock.now() + LONG_PAUSE, error=sentence)
    else:
        endings.fail(report, _("It broke five times. Ask for it again, or tell the marketplace's support."))


def _release(report: Report, until: datetime, **changes: Any) -> None:
    ours = Report.objects.filter(pk=report.pk, claim=report.claim, state=ReportState.RUNNING)
    ours.update(claimed_until=until, **changes)
