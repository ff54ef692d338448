"""What the marketplace's staff may see of the money; nothing of it is changed by hand."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from payments.models import LedgerEntry, Payment, ProviderCall


class ReadOnlyAdmin(admin.ModelAdmin[Model]):
    """Lists and shows; adds, changes and deletes nothing. No second count of a large table."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """Payments; the provider's token is shown to nobody."""

    list_display = ("order_number", "seller", "state", "currency", "amount", "captured_amount", "charged_at")
    list_filter = ("state", "provider")
    list_select_related = ("seller",)
    search_fields = ("order_number__exact",)
    exclude = ("token",)


@admin.register(ProviderCall)
class ProviderCallAdmin(ReadOnlyAdmin):
    """Calls to the provider; those that need attention are a filter away."""

    list_display = ("payment", "operation", "state", "attempts", "needs_attention", "requested_at", "code")
    list_filter = ("needs_attention", "state", "operation")
    list_select_related = ("payment",)
    search_fields = ("payment__order_number__exact", "key__exact", "reference__exact")


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """The ledger as it was written."""

    list_display = ("order_number", "kind", "account", "amount", "currency", "at", "available_on")
    list_filter = ("kind", "account")
    search_fields = ("order_number__exact",)
