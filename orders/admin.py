"""Orders for the marketplace's staff: read all of an order, change it only by the operations that its seller uses."""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.actors import Actor
from accounts.models import StaffPermission
from accounts.money import Money
from accounts.staff_pages import Act, Part, StaffPage, may, person
from inventory.models import Fulfilment
from orders import cancel_requests, lifecycle, sentences
from orders.lists import search
from orders.models import CancelRequest, Order, OrderEvent, OrderItem, Package
from orders.models.package import BARE
from orders.refusals import Refused
from orders.staff import cancel as staff_cancel
from orders.staff import ship as staff_ship
from orders.staff.order_page import address
from orders.states import MOVES, OPEN, SELLER_REASONS, CancelReason, OrderStatus

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
        "units_unsupplied",
        "price",
        "tax",
        "shipping",
        "shipping_tax",
        "item_discount",
        "gift_wrap_type",
        "gift_message",
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


class CancelingPage(StaffPage):
    """A page with actions that cancel."""

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        """Return whether this member of staff may cancel orders and answer requests to cancel."""
        return may(request, StaffPermission.CANCEL)


@admin.register(Order)
class OrderAdmin(CancelingPage):
    """Every order; staff fulfill those that the marketplace ships, and may cancel what has not shipped."""

    list_display = ("number", "seller", "status", "fulfilment", "money", "placed_at", "ship_by")
    list_select_related = ("seller",)
    list_filter = ("status", "fulfilment")
    search_fields = ("number__startswith",)
    search_help_text = gettext_lazy(
        "Order number or its beginning, whole tracking number, or buyer's whole email."
    )
    exclude = ("fingerprint",)
    inlines = (ItemPart, PackagePart, RequestPart, EventPart)
    actions = ("cancel",)

    @admin.display(description=gettext_lazy("total"))
    def money(self, order: Order) -> str:
        return str(Money(order.total, order.currency))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        """Find by number, tracking number or buyer's email (A1); only a whole email, so that none is spelled out."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if "@" in term:
            return queryset.alias(email=Lower("buyer_email")).filter(email=term.lower()), False
        traced = (
            Package.objects.alias(bare=BARE).filter(bare=search.bare(term)).values_list("order", flat=True)
        )
        return queryset.filter(Q(number__startswith=term) | Q(pk__in=list(traced[:MOST_AT_ONCE]))), False

    def get_urls(self) -> list[URLPattern]:
        """Add the pages on which staff fulfill an order."""
        ship, cancel = StaffPermission.SHIP, StaffPermission.CANCEL
        own = [
            address(self, "<int:pk>/ship/", "orders_order_ship", ship, staff_ship.ship),
            address(self, "<int:pk>/packages/<int:number>/", "orders_order_package", ship, staff_ship.edit),
            address(self, "<int:pk>/cancel/", "orders_order_cancel", cancel, staff_cancel.cancel),
            address(
                self, "<int:pk>/cancel-units/", "orders_order_cancel_units", cancel, staff_cancel.cancel_units
            ),
        ]
        return [*own, *super().get_urls()]

    def acts(self, request: HttpRequest, record: Order) -> list[Act]:
        """What the order's status allows, for an order that the marketplace fulfills."""
        return [
            Act(str(label), reverse(f"admin:{name}", args=[record.pk, *more]))
            for permission, label, name, *more in _acts(record)
            if may(request, permission)
        ]

    @admin.action(description=gettext_lazy("Cancel for the marketplace…"), permissions=["cancel"])
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
class CancelRequestAdmin(CancelingPage):
    """Buyers who ask to cancel; the marketplace answers for the orders that it ships itself (O21)."""

    list_display = ("order", "seller", "fulfilment", "state", "note", "requested_at", "decided_at")
    list_select_related = ("order", "seller")
    list_filter = ("state", "order__fulfilment")
    search_fields = ("order__number__startswith",)
    actions = ("accept", "decline")

    @admin.display(description=gettext_lazy("fulfilment"))
    def fulfilment(self, request: CancelRequest) -> str:
        return request.order.fulfilment

    @admin.action(description=gettext_lazy("Accept: cancel the order"), permissions=["cancel"])
    def accept(self, request: HttpRequest, asked: QuerySet[CancelRequest]) -> None:
        self._answer(request, asked, cancel_requests.accept)

    @admin.action(description=gettext_lazy("Decline: the order goes on"), permissions=["cancel"])
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


def _acts(order: Order) -> Iterator[tuple[Any, ...]]:
    """Each page for the order as it is now: permission, label, name, and what follows the key in its address.

    The pages of refunds and returns are those of another app, known by their names.
    """
    if order.fulfilment != Fulfilment.AFN:
        return
    if order.status in OPEN:
        yield StaffPermission.SHIP, _("Confirm shipment"), "orders_order_ship"
    if OrderStatus.CANCELED in MOVES[order.status]:
        yield StaffPermission.CANCEL, _("Cancel order"), "orders_order_cancel"
        yield StaffPermission.CANCEL, _("Cancel units"), "orders_order_cancel_units"
    if order.status in (OrderStatus.PARTIALLY_SHIPPED, OrderStatus.SHIPPED):
        yield StaffPermission.REFUND, _("Refund"), "refunds_refund_make"
        yield StaffPermission.RETURNS, _("Start a return"), "refunds_return_start"
    for number in order.packages.exclude(confirmed_at=None).values_list("number", flat=True):
        label = _("Edit package %(number)d") % {"number": number}
        yield StaffPermission.SHIP, label, "orders_order_package", number


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
