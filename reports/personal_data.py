"""What the columns and files of reports and feeds are."""

from accounts.personal_data_register import Table

TABLES = {
    "reports.Feed": Table(
        timed="file name problem remarks",
        when="30 days after the feed's end",
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
