"""The kinds of order reports, their formats, and the states of a report on its way (F1, F2, F4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportKind(models.TextChoices):
    """What a report lists; `kinds.py` has the columns of each."""

    NEW_ORDERS = "new_orders", _("New orders")
    UNSHIPPED = "unshipped", _("Unshipped orders")
    BY_ORDER_DATE = "all_by_order_date", _("All orders by order date")
    BY_LAST_UPDATE = "all_by_last_update", _("All orders by last update")
    CANCELED = "canceled", _("Canceled orders")
    REFUNDS = "refunds_and_returns", _("Refunds and returns")
    SETTLEMENT = "settlement", _("Settlement")
    TAX = "tax", _("Tax")
    SELECTION = "selection", _("Orders of a list")


class Format(models.TextChoices):
    """What a report's file is (F4)."""

    TSV = "tsv", _("Tab-delimited text")
    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("Excel workbook")
    PDF = "pdf", _("PDF summary")


class Separator(models.TextChoices):
    """What stands between the cells of a CSV file; decimals go with it, as spreadsheet programs expect."""

    COMMA = ",", _("Comma, amounts as 12.50")
    SEMICOLON = ";", _("Semicolon, amounts as 12,50")


class ReportState(models.TextChoices):
    """Where a report is."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being made")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


S = ReportState

MOVES: dict[str, set[str]] = {
    S.WAITING: {S.RUNNING, S.CANCELED},
    S.RUNNING: {S.DONE, S.FAILED, S.CANCELED},
    S.DONE: set(),
    S.FAILED: set(),
    S.CANCELED: set(),
}
OPEN: list[str] = [S.WAITING, S.RUNNING]
FINISHED: list[str] = [S.DONE, S.FAILED, S.CANCELED]
DAYS = (1, 2, 7, 15, 30, 60, 90)
"""The choices of “the past … days” (F2)."""
