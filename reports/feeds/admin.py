"""Feeds for the marketplace's staff: what was handed in, and how far it is. The file is the seller's."""

from django.contrib import admin

from accounts.staff_pages import StaffPage
from reports.feeds.models import Feed


@admin.register(Feed)
class FeedAdmin(StaffPage):
    """Newest first; one that failed says why, and can be handed in again."""

    list_display = (
        "uploaded_at",
        "kind",
        "seller",
        "name",
        "state",
        "total",
        "done_count",
        "refused_count",
        "faults",
        "problem",
        "finished_at",
    )
    list_select_related = ("seller",)
    list_filter = ("state", "kind")
    search_fields = ("key__exact", "seller__slug__exact")
    search_help_text = "Key of the feed, short name of the seller"
    ordering = ("-uploaded_at",)
    exclude = ("file",)
