"""What the columns and files of reports and feeds are."""

from accounts.personal_data_register import Clock, Table
from reports import forgetting
from reports.feeds import operations
from reports.models import Report

TABLES = {
    "reports.Feed": Table(
        timed="file problem remarks",
        when="30 days after the feed's end",
        business="name",
        plain="kind digest encoding state code language",
    ),
    "reports.DoneRows": Table(plain="digest numbers"),
    "reports.Report": Table(
        timed="file query",
        when="30 days after the report was asked for",
        plain="kind format separator source language columns state error",
    ),
    "reports.ReportPart": Table(plain="orders"),
    "reports.Schedule": Table(plain="format separator columns"),
}

CLOCKS = [
    Clock("report_files", lambda now: Report.objects.too_old(now).count(), forgetting.forget),
    Clock("feed_files", lambda now: operations.old(now).count(), operations.forget),
]
