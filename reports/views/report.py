"""One report: how far it is, its file, and the wish to stop it or to have it again (F2, F4)."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from access_log import record
from accounts import clock
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from orders.refusals import Refused
from reports import figures, making, pictures, rows, spans
from reports.models import Report
from reports.states import Format, ReportKind, ReportState
from reports.views import listing

PANEL = "report"
MOST_ROWS = 2**31 - 1
MOST_DAYS = 3 * 366
TYPES = {
    Format.TSV: "text/tab-separated-values; charset=utf-8",
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PDF: "application/pdf",
}


@requires(Right.REPORT)
@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def report(request: SellerRequest, key: uuid.UUID) -> HttpResponse:
    """The report with its progress; asked again every other second until it is over."""
    return _page(request, _found(request, key))


@requires(Right.REPORT)
@require_safe
def download(request: SellerRequest, key: uuid.UUID) -> HttpResponseBase:
    """The file, as a download and nothing else, sent while it is read. One that is gone says so (410)."""
    found = _found(request, key)
    if found.is_open:
        return redirect("reports:report", key)
    if not rows.has_file(found, clock.now()):
        return _page(request, found, status=410)
    try:
        kept = found.file.open("rb")
    except FileNotFoundError:
        return _page(request, found, status=410)
    response = FileResponse(
        kept,
        as_attachment=True,
        filename=rows.file_name(found),
        content_type=TYPES[Format(found.format)],
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    record.detail(request, orders=min(found.rows_done, MOST_ROWS))
    return response


@requires(Right.REPORT)
@require_POST
def cancel(request: SellerRequest, key: uuid.UUID) -> HttpResponse:
    """Make no more of it. One that is finished stays as it is."""
    found = _found(request, key)
    try:
        making.cancel(found, clock.now())
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("The report was canceled."))
    return redirect("reports:report", key)


@requires(Right.REPORT)
@require_POST
def again(request: SellerRequest, key: uuid.UUID) -> HttpResponse:
    """The same question once more, of the days as they are now; the same form twice is one report."""
    found = _found(request, key)
    if not listing.is_professional(request.seller):
        return listing.plan(request, status=409)
    try:
        new_key = uuid.UUID(request.POST.get("key", ""))
        made = making.ask_again(found, key=new_key, user=request.user, now=clock.now())
    except ValueError:
        messages.warning(request, _("This page has gone stale. Look at the list, and ask again there."))
        return redirect("reports:report", key)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("reports:report", key)
    return redirect("reports:report", made.key)


def _found(request: SellerRequest, key: uuid.UUID) -> Report:
    found = get_object_or_404(Report.objects.select_related("asked_by"), seller=request.seller, key=key)
    found.seller = request.seller
    return found


def _page(request: SellerRequest, found: Report, status: int = 200) -> HttpResponse:
    marketplace = request.seller.marketplace
    context = {
        "report": found,
        "row": rows.of(found, marketplace.time_zone, clock.now()),
        "is_pdf": found.format == Format.PDF,
        "may_ask_again": found.daily_for is None and found.kind != ReportKind.SELECTION,
        "again_key": uuid.uuid4(),
        "zone": marketplace.time_zone,
    }
    page = "reports/report.html"
    if request.htmx.target == PANEL:
        return render(request, f"{page}#{PANEL}", context)
    return render(request, page, {**context, **_picture(found, marketplace.time_zone)}, status=status)


def _picture(found: Report, zone: str) -> dict[str, Any]:
    """The orders of each day of the period, as the PDF shows them; nothing where there is nothing to compare."""
    span = spans.days(found, zone)
    if span is None or found.state in (ReportState.FAILED, ReportState.CANCELED):
        return {}
    if not 1 < (span[1] - span[0]).days <= MOST_DAYS:
        return {}
    days = figures.by_day(found.seller, *span)
    if not any(day.orders or day.canceled for day in days):
        return {}
    return {"picture": pictures.orders(days), "days": pictures.day_rows(days)}
