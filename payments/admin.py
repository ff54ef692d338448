"""What the marketplace's staff may see of the money; nothing of it is changed by hand."""

from django.contrib import admin

from accounts.staff_pages import StaffPage
from payments.models import Dispute, LedgerEntry, Payment, ProviderCall, ProviderEvent, Statement


@admin.register(Payment)
class PaymentAdmin(StaffPage):
    """Payments; the provider's token is shown to nobody."""

    list_display = ("order_number", "seller", "state", "currency", "amount", "captured_amount", "charged_at")
    list_filter = ("state", "provider")
    list_select_related = ("seller",)
    search_fields = ("order_number__exact",)
    exclude = ("token",)


@admin.register(ProviderCall)
class ProviderCallAdmin(StaffPage):
    """Calls to the provider; those that need attention are a filter away."""

    list_display = ("payment", "operation", "state", "attempts", "needs_attention", "requested_at", "code")
    list_filter = ("needs_attention", "state", "operation")
    list_select_related = ("payment",)
    search_fields = ("payment__order_number__exact", "key__exact")


@admin.register(LedgerEntry)
class LedgerEntryAdmin(StaffPage):
    """The ledger as it was written."""

    list_display = ("order_number", "kind", "account", "amount", "currency", "at", "available_on")
    list_filter = ("kind", "account")
    search_fields = ("payment__order_number__exact",)


@admin.register(Statement)
class StatementAdmin(StaffPage):
    """Statements: which run, what the closed ones paid."""

    list_display = (
        "seller",
        "number",
        "state",
        "opens_on",
        "closes_on",
        "currency",
        "orders",
        "charges",
        "refunds",
        "fees",
        "carried_over",
        "paid_out",
    )
    list_filter = ("state",)
    list_select_related = ("seller",)
    search_fields = ("seller__slug__exact",)


@admin.register(Dispute)
class DisputeAdmin(StaffPage):
    """Disputes; evidence is handed in at the provider."""

    list_display = ("payment", "seller", "status", "amount", "currency", "reason", "respond_by", "opened_at")
    list_filter = ("status",)
    list_select_related = ("payment", "seller")
    search_fields = ("payment__order_number__exact", "reference__exact")


@admin.register(ProviderEvent)
class ProviderEventAdmin(StaffPage):
    """What the provider reported; those that need attention are a filter away."""

    list_display = ("kind", "about", "state", "source", "happened_at", "received_at", "needs_attention")
    list_filter = ("needs_attention", "state", "topic", "source")
    search_fields = ("reference__exact", "about__exact")
