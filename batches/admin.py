"""Batches for the marketplace's staff: what was asked for, and what became of it."""

from django.contrib import admin

from accounts.staff_pages import StaffPage
from batches.models import Batch, BatchRow


@admin.register(Batch)
class BatchPage(StaffPage):
    list_display = ("kind", "seller", "state", "total", "done_count", "refused_count", "created_at")
    list_filter = ("state", "kind")
    list_select_related = ("seller",)


@admin.register(BatchRow)
class BatchRowPage(StaffPage):
    list_display = ("batch", "place", "subject", "state", "code", "sentence", "faults")
    list_filter = ("state",)
    list_select_related = ("batch",)
