"""Refunds and returns for the marketplace's staff: read all of it, and try a failed refund again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.actors import Actor
from accounts.money import Money
from accounts.staff_pages import Part, StaffPage, person
from orders.refusals import Refused
from refunds import refunds
from refunds.models import Refund, RefundLine, Return, ReturnLine

MOST_AT_ONCE = 100


class RefundLinePart(Part):
    model = RefundLine
    fields = readonly_fields = ("item", "units", "price", "tax", "shipping", "shipping_tax")


class ReturnLinePart(Part):
    model = ReturnLine
    fields = readonly_fields = ("item", "units", "condition", "units_received", "units_restocked")


@admin.register(Refund)
class RefundAdmin(StaffPage):
    """Every refund; those that failed are a filter away."""

    list_display = ("order", "number", "seller", "state", "reason", "money", "requested_at", "finished_at")
    list_select_related = ("order", "seller")
    list_filter = ("state", "reason")
    search_fields = ("order__number__startswith",)
    search_help_text = gettext_lazy("The order number, or how it begins.")
    exclude = ("fingerprint",)
    inlines = (RefundLinePart,)
    actions = ("try_again",)

    @admin.display(description=gettext_lazy("amount"))
    def money(self, refund: Refund) -> str:
        return str(Money(refund.amount, refund.currency))

    @admin.action(description=gettext_lazy("Try again what has failed"), permissions=["act"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[Refund]) -> None:
        """Each by itself; what cannot be tried again says why."""
        actor = Actor.staff(person(request))
        for refund in chosen.select_related("order").order_by("pk")[:MOST_AT_ONCE]:
            try:
                refunds.retry(refund, actor=actor, now=clock.now())
                self.message_user(request, _("Done: %(numbers)s.") % {"numbers": refund.order.number})
            except Refused as refusal:
                self.message_user(request, f"{refund.order.number}: {refusal}", messages.ERROR)


@admin.register(Return)
class ReturnAdmin(StaffPage):
    """Every return with its units."""

    list_display = ("rma", "seller", "state", "reason", "requested_at", "received_at", "refunded_at")
    list_select_related = ("seller",)
    list_filter = ("state", "reason")
    search_fields = ("rma__startswith",)
    search_help_text = gettext_lazy("The RMA number, or how it begins: with the order number.")
    inlines = (ReturnLinePart,)
