"""Listings and the stock ledger, for the marketplace's staff: stock moves by operations alone."""

from functools import partial

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from accounts.models import StaffPermission
from accounts.staff_pages import Act, StaffPage, may
from inventory import staff_count
from inventory.models import Fulfilment, Listing, ListingChange, StockMovement


@admin.register(Listing)
class ListingAdmin(StaffPage):
    """What a seller offers, and its figures."""

    list_display = ("sku", "title", "seller", "fulfilment", "on_hand", "reserved", "available", "is_active")
    list_select_related = ("seller",)
    list_filter = ("fulfilment", "is_active")
    search_fields = ("sku__exact", "asin__exact")
    search_help_text = "SKU, ASIN"

    def get_urls(self) -> list[URLPattern]:
        """Add the page on which staff count what the marketplace stores."""
        view = self.admin_site.admin_view(partial(staff_count.count, page=self))
        return [path("<int:pk>/count/", view, name="inventory_listing_count"), *super().get_urls()]

    def acts(self, request: HttpRequest, record: Listing) -> list[Act]:
        """A count, of what the marketplace stores."""
        if record.fulfilment != Fulfilment.AFN or not may(request, StaffPermission.STOCK):
            return []
        return [Act(_("Count stock"), reverse("admin:inventory_listing_count", args=[record.pk]))]


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
