"""Refunds and returns for the marketplace's staff: read all, retry what failed, refund and handle AFN returns."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.actors import Actor
from accounts.models import StaffPermission
from accounts.money import Money
from accounts.staff_pages import Act, Part, StaffPage, may, person
from inventory.models import Fulfilment
from orders.refusals import Refused
from orders.staff.order_page import address
from refunds import refunds
from refunds.models import Refund, RefundLine, Return, ReturnLine
from refunds.staff import refund as staff_refund
from refunds.staff import returns as staff_returns
from refunds.states import ReturnState

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
    actions = ("try_again", "undo")

    def has_refund_permission(self, request: HttpRequest) -> bool:
        """Return whether this member of staff may refund."""
        return may(request, StaffPermission.REFUND)

    def get_urls(self) -> list[URLPattern]:
        """Add the page on which staff refund an order."""
        permission = StaffPermission.REFUND
        view = address(self, "order/<int:pk>/", "refunds_refund_make", permission, staff_refund.refund)
        return [view, *super().get_urls()]

    @admin.display(description=gettext_lazy("amount"))
    def money(self, refund: Refund) -> str:
        return str(Money(refund.amount, refund.currency))

    @admin.action(description=gettext_lazy("Try again what has failed"), permissions=["refund"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[Refund]) -> None:
        """Each by itself; what cannot be tried again says why."""
        self._each(request, chosen, refunds.retry)

    @admin.action(description=gettext_lazy("Undo before it is sent"), permissions=["refund"])
    def undo(self, request: HttpRequest, chosen: QuerySet[Refund]) -> None:
        """Each of an AFN order by itself; what can't be undone any more says why."""

        def take_back(refund: Refund, **who: Any) -> None:
            if refund.order.fulfilment != Fulfilment.AFN:
                raise Refused(_("The seller ships this order, so the seller works on it."))
            refunds.take_back(refund, **who)

        self._each(request, chosen, take_back)

    def _each(self, request: HttpRequest, chosen: QuerySet[Refund], operation: Callable[..., Any]) -> None:
        actor = Actor.staff(person(request))
        for refund in chosen.select_related("order").order_by("pk")[:MOST_AT_ONCE]:
            try:
                operation(refund, actor=actor, now=clock.now())
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

    def get_urls(self) -> list[URLPattern]:
        """Add the pages on which staff start a return and take its steps."""
        permission = StaffPermission.RETURNS
        start = address(self, "order/<int:pk>/", "refunds_return_start", permission, staff_returns.start)
        steps = [
            address(
                self,
                f"order/<int:pk>/<str:rma>/{name}/",
                f"refunds_return_{name}",
                permission,
                partial(staff_returns.step, name=name),
            )
            for name in staff_returns.STEPS
        ]
        return [start, *steps, *super().get_urls()]

    def acts(self, request: HttpRequest, record: Return) -> list[Act]:
        """The steps that the return's status allows, for an order that the marketplace fulfills."""
        if record.order.fulfilment != Fulfilment.AFN:
            return []
        steps, found = staff_returns.steps(), []
        if may(request, StaffPermission.RETURNS):
            for name in staff_returns.allowed(record):
                url = reverse(f"admin:refunds_return_{name}", args=[record.order_id, record.rma])
                found.append(Act(steps[name].title, url))
        if may(request, StaffPermission.REFUND) and record.state != ReturnState.CLOSED:
            url = reverse("admin:refunds_refund_make", args=[record.order_id])
            found.append(Act(_("Refund"), f"{url}?{urlencode({'return': record.rma})}"))
        return found
