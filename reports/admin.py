"""Reports and their chain, for the marketplace's staff to look at; operations alone write them."""

from django.contrib import admin

from accounts.staff_pages import StaffPage
from reports.feeds.admin import FeedAdmin
from reports.models import Arrival, Report, Schedule

__all__ = ["ArrivalAdmin", "FeedAdmin", "ReportAdmin", "ScheduleAdmin"]


@admin.register(Report)
class ReportAdmin(StaffPage):
    """What became of each report, newest first. Its file is the seller's."""

    list_display = (
        "created_at",
        "kind",
        "format",
        "seller",
        "daily_for",
        "state",
        "rows_done",
        "faults",
        "error",
        "finished_at",
    )
    list_select_related = ("seller",)
    list_filter = ("state", "kind", "format")
    search_fields = ("key__exact", "seller__slug__exact")
    search_help_text = "Key of the report, short name of the seller"
    ordering = ("-created_at",)
    exclude = ("file",)


@admin.register(Arrival)
class ArrivalAdmin(StaffPage):
    """Which daily report has an order."""

    list_display = ("order", "seller", "arrived_at", "report")
    list_select_related = ("order", "seller", "report")
    search_fields = ("order__number__exact",)
    search_help_text = "Order number"
    ordering = ("-pk",)


@admin.register(Schedule)
class ScheduleAdmin(StaffPage):
    """When a seller wants the daily report."""

    list_display = ("seller", "is_on", "hour", "format")
    list_select_related = ("seller",)
