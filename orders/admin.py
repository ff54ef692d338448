"""Orders for the marketplace's staff: read all of an order, change it only by the operations that its seller uses."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.actors import Actor
from accounts.money import Money
from accounts.staff_pages import Part, StaffPage, person
from inventory.models import Fulfilment
from orders import cancel_requests, lifecycle, sentences
from orders.models import CancelRequest, Order, OrderEvent, OrderItem, Package
from orders.refusals import Refused
from orders.states import SELLER_REASONS, CancelReason

MOST_AT_ONCE = 100


class ItemPart(Part):
    model = OrderItem
    fields = readonly_fields = (
        "number",
        "sku",
        "title",
        "quantity",
        "units_shipped",
        "units_canceled",
        "price",
        "tax",
        "shipping",
        "shipping_tax",
    )


class PackagePart(Part):
    model = Package
    fields = readonly_fields = ("number", "carrier_label", "tracking_number", "ship_date", "confirmed_at")


class RequestPart(Part):
    model = CancelRequest
    fields = readonly_fields = ("state", "note", "requested_at", "decided_at")


class EventPart(Part):
    model = OrderEvent
    fields = readonly_fields = ("at", "what", "who", "actor_kind", "source")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderEvent]:
        return super().get_queryset(request).select_related("actor")

    @admin.display(description=gettext_lazy("what"))
    def what(self, event: OrderEvent) -> str:
        return sentences.sentence(event)

    @admin.display(description=gettext_lazy("who"))
    def who(self, event: OrderEvent) -> str:
        return str(event.actor or "–")


class ReasonForm(forms.Form):
    """Why the marketplace cancels."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[(reason.value, reason.label) for reason in SELLER_REASONS],
        initial=CancelReason.GENERAL_ADJUSTMENT,
    )


@admin.register(Order)
class OrderAdmin(StaffPage):
    """Every order; staff may cancel what has not shipped."""

    list_display = ("number", "seller", "status", "fulfilment", "money", "placed_at", "ship_by")
    list_select_related = ("seller",)
    list_filter = ("status", "fulfilment")
    search_fields = ("number__startswith",)
    search_help_text = gettext_lazy("The order number, or how it begins.")
    exclude = ("fingerprint",)
    inlines = (ItemPart, PackagePart, RequestPart, EventPart)
    actions = ("cancel",)

    @admin.display(description=gettext_lazy("total"))
    def money(self, order: Order) -> str:
        return str(Money(order.total, order.currency))

    @admin.action(description=gettext_lazy("Cancel for the marketplace…"), permissions=["act"])
    def cancel(self, request: HttpRequest, orders: QuerySet[Order]) -> HttpResponse | None:
        """Ask for the reason, then cancel each by itself; what cannot be canceled says why."""
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return self._ask_reason(request, orders, form)
        reason = CancelReason(form.cleaned_data["reason"])

        def cancel(order: Order) -> None:
            lifecycle.cancel(order, reason=reason, actor=Actor.staff(person(request)), now=clock.now())

        report(self, request, each_apart(orders, cancel))
        return None

    def _ask_reason(self, request: HttpRequest, orders: QuerySet[Order], form: ReasonForm) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": _("Cancel for the marketplace")}
        context |= {"orders": orders[:MOST_AT_ONCE], "form": form, "opts": self.opts}
        return TemplateResponse(request, "admin/cancel_orders.html", context)


@admin.register(CancelRequest)
class CancelRequestAdmin(StaffPage):
    """Buyers who ask to cancel; the marketplace answers for the orders that it ships itself (O21)."""

    list_display = ("order", "seller", "fulfilment", "state", "note", "requested_at", "decided_at")
    list_select_related = ("order", "seller")
    list_filter = ("state", "order__fulfilment")
    search_fields = ("order__number__startswith",)
    actions = ("accept", "decline")

    @admin.display(description=gettext_lazy("fulfilment"))
    def fulfilment(self, request: CancelRequest) -> str:
        return request.order.fulfilment

    @admin.action(description=gettext_lazy("Accept: cancel the order"), permissions=["act"])
    def accept(self, request: HttpRequest, asked: QuerySet[CancelRequest]) -> None:
        self._answer(request, asked, cancel_requests.accept)

    @admin.action(description=gettext_lazy("Decline: the order goes on"), permissions=["act"])
    def decline(self, request: HttpRequest, asked: QuerySet[CancelRequest]) -> None:
        self._answer(request, asked, cancel_requests.decline)

    def _answer(
        self, request: HttpRequest, asked: QuerySet[CancelRequest], answer: Callable[..., Any]
    ) -> None:
        """Each by itself, for the orders that the marketplace ships; a seller's own stay the seller's."""
        actor = Actor.staff(person(request))

        def decide(order: Order) -> None:
            if order.fulfilment != Fulfilment.AFN:
                raise Refused(_("The seller ships this order and answers the buyer."))
            answer(order, actor=actor, now=clock.now())

        report(self, request, each_apart(Order.objects.filter(cancel_requests__in=asked), decide))


def each_apart(orders: QuerySet[Order], operation: Callable[[Order], None]) -> dict[str, str]:
    """Run it for each order by itself: {order number: the refusal's sentence, or nothing}; for none of too many."""
    chosen = list(orders.order_by("pk").distinct()[: MOST_AT_ONCE + 1])
    if len(chosen) > MOST_AT_ONCE:
        return {"": _("Choose at most %(most)d orders at once.") % {"most": MOST_AT_ONCE}}
    outcomes = {}
    for order in chosen:
        try:
            operation(order)
            outcomes[order.number] = ""
        except Refused as refusal:
            outcomes[order.number] = str(refusal)
    return outcomes


def report(page: StaffPage, request: HttpRequest, outcomes: dict[str, str]) -> None:
    """Say how many went well, and of each of the others why not."""
    done = [number for number, refusal in outcomes.items() if not refusal]
    if done:
        page.message_user(request, _("Done: %(numbers)s.") % {"numbers": ", ".join(done)})
    for number, refusal in outcomes.items():
        if refusal:
            sentence = f"{number}: {refusal}" if number else refusal
            page.message_user(request, sentence, messages.ERROR)
