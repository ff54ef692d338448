"""Notices, for the marketplace's staff to look at; operations alone write them."""

from django.contrib import admin

from accounts.staff_pages import StaffPage
from notifications.models import Notice, Owed


@admin.register(Notice)
class NoticeAdmin(StaffPage):
    """What became of each mail, newest first."""

    list_display = ("created_at", "kind", "seller", "order", "state", "tries", "last_error", "sent_at")
    list_select_related = ("seller", "order")
    list_filter = ("state", "kind")
    search_fields = ("order__number__exact", "message_id__exact")
    search_help_text = "Order number, Message-ID"
    ordering = ("-created_at",)


@admin.register(Owed)
class OwedAdmin(StaffPage):
    """Events whose notices could not be made."""

    list_display = ("event_id", "faults", "next_try_at")
