"""Listings and the stock ledger, for the marketplace's staff to look at; stock moves by operations alone."""

from django.contrib import admin

from accounts.staff_pages import StaffPage
from inventory.models import Listing, ListingChange, StockMovement


@admin.register(Listing)
class ListingAdmin(StaffPage):
    """What a seller offers, and its figures."""

    list_display = ("sku", "title", "seller", "fulfilment", "on_hand", "reserved", "available", "is_active")
    list_select_related = ("seller",)
    list_filter = ("fulfilment", "is_active")
    search_fields = ("sku__exact", "asin__exact")
    search_help_text = "SKU, ASIN"


@admin.register(StockMovement)
class StockMovementAdmin(StaffPage):
    """Every change of stock, newest first."""

    list_display = (
        "at",
        "listing",
        "kind",
        "on_hand",
        "reserved",
        "order_number",
        "reason",
        "actor_kind",
        "source",
    )
    list_select_related = ("listing",)
    list_filter = ("kind",)


@admin.register(ListingChange)
class ListingChangeAdmin(StaffPage):
    """What was done to listings besides their stock, newest first."""

    list_display = ("at", "listing", "kind", "old", "new", "actor_kind", "source")
    list_select_related = ("listing",)
    list_filter = ("kind",)
